"""Bills that wait for a person: over half hours that look wrong, or that the meter's own count contradicts."""
