"""What the complete meter sync needs: commands to meters, the source of every half hour, validation, estimation."""

from flows_shared.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql("0002_sync")


def downgrade() -> None:
    run_sql("0002_down.sql")
