"""Half hours as people and files handle them: gaps, checks, estimates, import and export."""
