"""Reports, made again after each run and every hour."""
