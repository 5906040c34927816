"""Money in the books: refunds, write-offs, each event posted by the database, statements, statuses of invoices."""

from flows_shared.migrate import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql("0005_ledger")


def downgrade() -> None:
    run_sql("0005_down.sql")
