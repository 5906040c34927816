"""What makes a billing run of many accounts faster."""

from flows_shared.migrate import run_sql

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    run_sql("0012_run")


def downgrade() -> None:
    run_sql("0012_down.sql")
