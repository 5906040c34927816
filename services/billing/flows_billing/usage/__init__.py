"""Energy by register, summed from half hours."""
