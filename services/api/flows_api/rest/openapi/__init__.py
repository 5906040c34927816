"""The exposed tables, views and functions as OpenAPI 3.1, from the schema cache."""
