"""What is missing of registers, and what meters said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flows_meter_sync.intervals.gaps import load_gaps
from flows_meter_sync.intervals.registers import MeterRegister
from flows_shared.db import Connection
from flows_shared.time import HALF_HOUR, Period

REASONS = """
    SELECT register_id, timestamp, reason, tries FROM flows.register_interval_missing_reasons
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3 ORDER BY timestamp
"""
ESTIMATES = """
    SELECT register_id, timestamp FROM flows.register_interval_estimates
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Half hours without a reading that follow each other; `estimated`: how many have an estimate.

    `tries` is how often the meter said so, of the half hour of which it did most often.
    """

    register: MeterRegister
    period: Period
    reasons: Sequence[str]
    tries: int
    estimated: int

    @property
    def half_hours(self) -> int:
        return self.period.duration // HALF_HOUR


async def find_gaps(db: Connection, registers: Sequence[MeterRegister], period: Period) -> list[Gap]:
    """The gaps of the registers in a period, in order."""
    meters = list({register.meter_id for register in registers})
    gaps = await load_gaps(db, meters, period.start, period.end, replaced=True)
    ids = [register.id for register in registers]
    said: dict[tuple[UUID, datetime], tuple[str, int]] = {
        (row["register_id"], row["timestamp"]): (row["reason"], row["tries"])
        for row in await db.fetch(REASONS, ids, period.start, period.end)
    }
    estimates = {tuple(row) for row in await db.fetch(ESTIMATES, ids, period.start, period.end)}
    return [
        Gap(
            register,
            gap,
            list(dict.fromkeys(said[key][0] for key in keys if key in said)),
            max((said[key][1] for key in keys if key in said), default=0),
            sum(key in estimates for key in keys),
        )
        for register in registers
        for gap in gaps.get(register.id, [])
        if (keys := [(register.id, at) for at in gap.half_hours()])
    ]
