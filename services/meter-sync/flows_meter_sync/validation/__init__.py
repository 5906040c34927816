"""What is wrong with half hours that are held: flagged for a person, never changed."""
