"""Reports that an operator asks for, kept as materialised views."""

from flows_shared.migrate import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql("0008_reports")


def downgrade() -> None:
    run_sql("0008_down.sql")
