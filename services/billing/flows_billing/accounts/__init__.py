"""Whom a run looks at, who pays, and what measures their supply."""
