"""What provable billing needs: tariff components, VAT statuses, corrections, sharing, reports."""

from flows_shared.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql("0004_billing")


def downgrade() -> None:
    run_sql("0004_down.sql")
