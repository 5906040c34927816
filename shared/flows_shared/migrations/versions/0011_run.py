"""What makes a billing run of many accounts faster."""

from flows_shared.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql("0011_run")


def downgrade() -> None:
    run_sql("0011_down.sql")
