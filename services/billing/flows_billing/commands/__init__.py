"""Parts of the `flows` command, a file a subject."""
