"""Solar credits: what is paid for an installation's declared capacity."""
