"""Bills of a month: judged, previewed, simulated, and what they cost."""
