"""What gentler logins need: refresh tokens that may be sent again, changes of the address, links to other pages."""

from flows_shared.migrate import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql("0010_access")


def downgrade() -> None:
    run_sql("0010_down.sql")
