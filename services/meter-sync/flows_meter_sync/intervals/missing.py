"""What is kept of half hours that a meter has no reading of, and what goes when one comes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from flows_meter_sync.intervals.advance import MissingHalfHour, RegisterCount
from flows_shared.db import Connection

# Another source may have brought the reading by now: then nothing is missing.
KEEP_REASONS = """
    INSERT INTO flows.register_interval_missing_reasons AS held (register_id, timestamp, reason)
    SELECT register_id, timestamp, reason
      FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS missing (register_id, timestamp, reason)
     WHERE NOT EXISTS (SELECT FROM flows.register_interval_hh AS hh
                        WHERE hh.register_id = missing.register_id AND hh.timestamp = missing.timestamp)
        ON CONFLICT (register_id, timestamp) DO UPDATE SET reason = excluded.reason, tries = held.tries + 1
"""
KEEP_COUNTS = """
    INSERT INTO flows.register_counts (register_id, timestamp, kwh)
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::numeric[])
        ON CONFLICT DO NOTHING
"""
SUPERSEDE = "SELECT flows.supersede_missing($1, $2, $3)"


async def keep_missing(db: Connection, missing: Sequence[MissingHalfHour], counts: Sequence[RegisterCount]) -> None:
    """Keep why half hours are missing, said once more, and what the register had counted where that begins and ends."""
    if missing:
        await db.execute(KEEP_REASONS, *zip(*missing, strict=True))
    if counts:
        await db.execute(KEEP_COUNTS, *zip(*dict.fromkeys(counts), strict=True))


async def supersede_missing(db: Connection, registers: Collection[UUID], since: datetime, until: datetime) -> None:
    """Drop estimates and reasons where readings have been stored in `[since, until)`: a transaction's last step."""
    await db.execute(SUPERSEDE, list(registers), since, until)
