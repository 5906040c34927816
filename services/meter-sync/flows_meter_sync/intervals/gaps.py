"""Which half hours of a register are not held yet."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flows_meter_sync.intervals.binary import decode_timestamps
from flows_shared.db import Connection
from flows_shared.time import HALF_HOUR, Period, ceil_half_hour, floor_half_hour

# Days that the roll-ups say are not whole. Of those that hold something the half hours held come along, as one value,
# and those of which the meter has said so often that it has no reading.
UNFINISHED_DAYS = """
    SELECT register.register_id,
           greatest(calendar.starts_at, register.start_time, $2) AS starts_at,
           least(calendar.ends_at, register.end_time, $3) AS ends_at,
           coalesce((SELECT string_agg(timestamptz_send(held.timestamp), '')
                       FROM flows.register_interval_hh AS held
                      WHERE daily.intervals > 0 AND held.register_id = register.register_id
                        AND held.timestamp >= calendar.starts_at AND held.timestamp < calendar.ends_at), '')
           || coalesce((SELECT string_agg(timestamptz_send(missing.timestamp), '')
                          FROM flows.register_interval_missing_reasons AS missing
                         WHERE missing.tries >= $5 AND missing.register_id = register.register_id
                           AND missing.timestamp >= calendar.starts_at AND missing.timestamp < calendar.ends_at), '')
           AS held
      FROM flows.meter_registers AS register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.calendar_days AS calendar
        ON calendar.time_zone = esco.time_zone AND calendar.ends_at > greatest(register.start_time, $2)
       AND calendar.starts_at < least(register.end_time, $3)
      LEFT JOIN flows.register_interval_daily AS daily
        ON daily.register_id = register.register_id AND daily.day = calendar.day
     WHERE register.meter_id = ANY($1) AND (register.status = 'enabled' OR $4)
       AND coalesce(daily.intervals, 0) < calendar.half_hours
     ORDER BY register.register_id, calendar.day
"""


async def load_gaps(
    db: Connection,
    meter_ids: Collection[UUID],
    since: datetime,
    now: datetime,
    *,
    replaced: bool = False,
    tries: int | None = None,
) -> dict[UUID, list[Period]]:
    """Periods of whole half hours in `[since, now)` that are not held, by register of the meters, in order.

    With `replaced` also of registers that another one follows: their meters cannot be asked any more. With `tries` not
    those of which the meter said as often that it has no reading.
    """
    rows = await db.fetch(UNFINISHED_DAYS, meter_ids, since, floor_half_hour(now), replaced, tries)
    gaps: defaultdict[UUID, list[Period]] = defaultdict(list)
    for row in rows:
        start = ceil_half_hour(row["starts_at"])
        if start < row["ends_at"]:  # a register's whole life may lie between two half hours
            gaps[row["register_id"]] += without(Period(start, row["ends_at"]), decode_timestamps(row["held"]))
    return {register_id: merge(periods) for register_id, periods in gaps.items()}


def without(period: Period, held: Iterable[datetime]) -> list[Period]:
    """What is left of a period when these half hours are taken out."""
    left, start = [], period.start
    for at in sorted(at for at in held if at in period):
        if start < at:
            left.append(Period(start, at))
        start = at + HALF_HOUR
    return [*left, Period(start, period.end)] if start < period.end else left


def merge(periods: Sequence[Period]) -> list[Period]:
    """Periods in order, those that meet or overlap made one."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged
