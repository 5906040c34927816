"""The controls of a month's end, and their evidence as files."""
