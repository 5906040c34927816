"""Alembic's environment. `flows_shared.migrate` hands the connection in, within a transaction that it owns."""

from alembic import context

from flows_shared.migrate import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], **VERSION_TABLE)
context.run_migrations()
