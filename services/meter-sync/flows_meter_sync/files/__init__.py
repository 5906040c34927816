"""Half hours in CSV files: the field's, one a meter and day, and ours, one for many meters."""
