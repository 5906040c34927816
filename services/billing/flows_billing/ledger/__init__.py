"""The double-entry ledger: what a bill posts."""
