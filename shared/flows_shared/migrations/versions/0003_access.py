"""What the data API and its access need: API keys, invites, recovery, sessions."""

from flows_shared.migrate import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql("0003_access")


def downgrade() -> None:
    run_sql("0003_down.sql")
