"""What was issued, checked against its sources, its seals, its series and the books."""
