"""Invoices: numbered, stored once, never changed, and printed."""
