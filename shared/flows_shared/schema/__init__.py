"""What of the database is code: functions, views, what guards each table, and data that is the same everywhere."""
