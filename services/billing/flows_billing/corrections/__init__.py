"""Bills put right after they were issued: what differs, credit notes, and what is still to be corrected."""
