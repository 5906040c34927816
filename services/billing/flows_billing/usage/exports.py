"""What a register counted out: between the readings that were the last at the edges of a time."""

from collections.abc import Collection
from uuid import UUID

from flows_billing.usage.metered import Exported
from flows_shared.db import Connection
from flows_shared.time import Period

# The last reading by each edge, so that times that follow each other share one; by the start, also the first one after.
EXPORTED = """
    SELECT asked.number - 1, last.read - first.read, first.timestamp, last.timestamp
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[])
           WITH ORDINALITY AS asked (register, start, "end", number)
      JOIN LATERAL (SELECT read, timestamp FROM flows.register_export
                     WHERE register_id = asked.register AND timestamp <= asked."end"
                     ORDER BY timestamp DESC LIMIT 1) AS last ON true
      JOIN LATERAL (SELECT read, timestamp FROM (
                        (SELECT read, timestamp FROM flows.register_export
                          WHERE register_id = asked.register AND timestamp <= asked.start
                          ORDER BY timestamp DESC LIMIT 1)
                        UNION ALL
                        (SELECT read, timestamp FROM flows.register_export
                          WHERE register_id = asked.register AND timestamp > asked.start
                          ORDER BY timestamp LIMIT 1)) AS near
                     ORDER BY timestamp LIMIT 1) AS first ON true
     WHERE first.timestamp < last.timestamp
"""


async def exported(db: Connection, asked: Collection[tuple[UUID, Period]]) -> dict[tuple[UUID, Period], Exported]:
    """What each register exported in its time; one without two readings is left out."""
    keys = list(asked)
    columns = [key[0] for key in keys], [key[1].start for key in keys], [key[1].end for key in keys]
    return {keys[number]: Exported(*values) for number, *values in await db.fetch(EXPORTED, *columns)}
