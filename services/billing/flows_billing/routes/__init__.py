"""Routes of the billing service, a file a subject."""
