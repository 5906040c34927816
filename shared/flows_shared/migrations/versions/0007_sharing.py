"""Energy sharing, and which invoice a solar credit landed on."""

from flows_shared.migrate import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql("0007_sharing")


def downgrade() -> None:
    run_sql("0007_down.sql")
