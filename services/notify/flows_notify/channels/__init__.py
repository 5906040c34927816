"""How a message reaches a person: one file a channel, each behind the same `Channel`."""
