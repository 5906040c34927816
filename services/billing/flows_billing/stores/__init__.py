"""SQL of the rules' rooms: what bills are made of, read and kept."""
