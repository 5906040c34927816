"""What closes doors beside the main one: secrets that are kept as hashes, scopes that bind every way in."""

from flows_shared.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql("0013_doors")


def downgrade() -> None:
    run_sql("0013_down")
