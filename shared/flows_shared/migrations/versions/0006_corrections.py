"""Credit notes, what makes a bill wrong after it was issued, the back-bill guard, and final bills."""

from flows_shared.migrate import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql("0006_corrections")


def downgrade() -> None:
    run_sql("0006_down.sql")
