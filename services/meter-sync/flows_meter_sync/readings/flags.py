"""Flags into their table."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.validation.rules import Flag
from flows_shared.db import Connection
from flows_shared.time import Period

# What the rules do not find any more is well again: a corrected reading has no flag.
DROP = """
    DELETE FROM flows.register_interval_flags AS flag
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
       AND NOT EXISTS (SELECT FROM unnest($4::uuid[], $5::timestamptz[], $6::text[])
                                AS found (register_id, timestamp, rule)
                        WHERE found.register_id = flag.register_id AND found.timestamp = flag.timestamp
                          AND found.rule = flag.rule)
"""
KEEP = """
    INSERT INTO flows.register_interval_flags AS held (register_id, timestamp, rule, kwh, details)
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::numeric[], $5::text[])
        ON CONFLICT (register_id, timestamp, rule) DO UPDATE SET kwh = excluded.kwh, details = excluded.details
     WHERE (held.kwh, held.details) <> (excluded.kwh, excluded.details)
"""


async def store_flags(
    db: Connection, registers: Collection[UUID], period: Period, flags: Sequence[tuple[UUID, Flag]]
) -> None:
    """Let these be the flags of the registers in the period."""
    keys = [(id, flag.timestamp, flag.rule) for id, flag in flags]
    ids, timestamps, rules = zip(*keys, strict=True) if keys else ((), (), ())
    await db.execute(DROP, list(registers), period.start, period.end, ids, timestamps, rules)
    if flags:
        energies = [Decimal(flag.energy) / KWH_STEPS for _, flag in flags]
        await db.execute(KEEP, ids, timestamps, rules, energies, [flag.details for _, flag in flags])
