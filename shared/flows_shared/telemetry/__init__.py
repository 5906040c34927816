"""What a process tells about itself: logs, metrics, health, and the id that follows a piece of work."""
