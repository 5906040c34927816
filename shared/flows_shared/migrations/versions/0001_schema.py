"""Both schemas: tables, views, functions, triggers, roles, row level security."""

from flows_shared.migrate import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql("0001_schema")


def downgrade() -> None:
    run_sql("0001_down.sql")
