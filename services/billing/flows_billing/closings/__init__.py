"""Final bills: who moves out, what their meter had counted then, and whose the home is from the next day on."""
