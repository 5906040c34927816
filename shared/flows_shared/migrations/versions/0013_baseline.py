"""Both schemas' tables. Until then the numbers 0001 to 0013 led here: a database that is at 0013 stays as it is."""

from flows_shared.migrate import run_sql

revision = "0013"
down_revision = None

# Of `schema/`, which is applied after the migrations: what defaults and checks of tables call.
CALLED_BY_TABLES = ("allow_execute", "claims", "actor", "is_iban", "refuse_off_the_clock")


def upgrade() -> None:
    run_sql("migrations/sql/0013_roles.sql")
    for name in CALLED_BY_TABLES:
        run_sql(f"schema/functions/flows/{name}.sql")
    run_sql("migrations/sql/0013_tables")


def downgrade() -> None:
    run_sql("migrations/sql/0013_down.sql")
