"""The communities that bills are for, and which of their months are over."""
