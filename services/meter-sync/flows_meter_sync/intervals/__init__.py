"""Half-hourly energy: derived from what a meter counted, summed by local day, stored once."""
