"""Billing runs: one for a community and month, asked for as often as one likes."""
