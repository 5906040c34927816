"""What a register counted out: between the readings that were the last at the edges of a time."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from flows_billing.usage.metered import Exported
from flows_shared.db import Connection
from flows_shared.time import Period

# The last reading by each edge, so that times that follow each other share one; by the start, also the first one after.
# A reading at an edge from which the one beside it is too far for the fuse in the time is none to be paid for.
EXPORTED = """
    SELECT asked.number - 1, last.read - first.read, first.timestamp, last.timestamp,
           near.read - first.read NOT BETWEEN 0 AND fuse.kwh * near.half_hours
           OR last.read - far.read NOT BETWEEN 0 AND fuse.kwh * far.half_hours
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
      JOIN LATERAL (SELECT read, ceil(extract(epoch FROM timestamp - first.timestamp) / 1800) AS half_hours
                      FROM flows.register_export
                     WHERE register_id = asked.register AND timestamp > first.timestamp AND timestamp <= last.timestamp
                     ORDER BY timestamp LIMIT 1) AS near ON true
      JOIN LATERAL (SELECT read, ceil(extract(epoch FROM last.timestamp - timestamp) / 1800) AS half_hours
                      FROM flows.register_export
                     WHERE register_id = asked.register AND timestamp < last.timestamp AND timestamp >= first.timestamp
                     ORDER BY timestamp DESC LIMIT 1) AS far ON true
      JOIN LATERAL (SELECT coalesce(max(head.fuse_rating), $4) * 3 * 253 / 2000.0 AS kwh
                      FROM flows.meter_registers AS held
                      LEFT JOIN flows.service_head_meter AS wired ON wired.meter = held.meter_id
                      LEFT JOIN flows.service_head_registry AS head ON head.id = wired.service_head
                     WHERE held.register_id = asked.register) AS fuse ON true
     WHERE first.timestamp < last.timestamp
"""
# Where no fuse is known. A supply has at most three phases, and 253 V (docs/decisions/0015).
METER_AMPERES: Final = 100


async def exported(db: Connection, asked: Collection[tuple[UUID, Period]]) -> dict[tuple[UUID, Period], Exported]:
    """What each register exported in its time; one without two readings is left out."""
    keys = list(asked)
    columns = [key[0] for key in keys], [key[1].start for key in keys], [key[1].end for key in keys]
    return {keys[number]: Exported(*values) for number, *values in await db.fetch(EXPORTED, *columns, METER_AMPERES)}
