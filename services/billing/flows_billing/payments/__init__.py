"""Money that people record: payments by hand, refunds, write-offs, gifts. The database posts it."""
