"""What VAT is charged, and how it sums up."""
