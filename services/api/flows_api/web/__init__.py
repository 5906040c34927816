"""What a browser shows: the landing page and the API's documentation."""
