"""A plan as SQL: values are parameters; names are those of the schema cache, or quoted."""
