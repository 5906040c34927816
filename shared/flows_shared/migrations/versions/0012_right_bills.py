"""What makes bills right for everyone: dated sharing, values that can be, half hours on the clock, sealed invoices."""

from flows_shared.migrate import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql("0012_right_bills")


def downgrade() -> None:
    run_sql("0012_down")
