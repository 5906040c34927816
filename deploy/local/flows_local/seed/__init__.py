"""A community to try Flows with: the same homes, people and prices each time, as plain rows."""
