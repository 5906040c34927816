"""Visits to meters: read, told in a report, stored."""
