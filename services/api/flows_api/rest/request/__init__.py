"""What was asked: the query string, the headers and the body, understood but not yet checked against the schema."""
