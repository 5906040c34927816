"""How often one may ask: by address, by user or key, and for logins by account."""
