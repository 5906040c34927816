"""Energy sharing: a community's generation, allocated to its members half hour by half hour."""
