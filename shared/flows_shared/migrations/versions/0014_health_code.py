"""Why a meter is unhealthy, as a code beside the words."""

from alembic import op

revision = "0014"
down_revision = "0013"

ADD = "ALTER TABLE flows.meter_shadows ADD COLUMN health_code text"
COMMENT = """
    COMMENT ON COLUMN flows.meter_shadows.health_code IS 'Why it is unhealthy, as meter.unreachable'
"""
# Until now only the words said that there was no way to a meter.
FILL = """
    UPDATE flows.meter_shadows
       SET health_code = CASE WHEN health_details LIKE 'no connection to the proxy %' THEN 'proxy.unreachable'
                              ELSE 'meter.unreachable' END
     WHERE health = 'unhealthy' AND health_details LIKE 'no connection to %'
"""


def upgrade() -> None:
    op.execute(ADD)
    op.execute(COMMENT)
    op.execute(FILL)
    op.execute("DROP FUNCTION IF EXISTS flows.guard_writes()")  # flows.adopt_table does what it did


def downgrade() -> None:
    op.execute("ALTER TABLE flows.meter_shadows DROP COLUMN health_code")
