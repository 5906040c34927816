"""Prices: which of them holds on which day."""
