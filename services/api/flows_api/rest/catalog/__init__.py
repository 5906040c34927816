"""The schema cache: what PostgreSQL's catalog says of the exposed schemas."""
