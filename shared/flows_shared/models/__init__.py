"""SQLModel classes of every table, as the migrations make them: `models.flows` and `models.public`, as the schemas."""
