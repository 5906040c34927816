"""Half hours given up, meter exchanges that bills follow, prices with VAT in meters, databases to follow."""

from flows_shared.migrate import run_sql

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    run_sql("0009_meters")


def downgrade() -> None:
    run_sql("0009_down.sql")
