"""Half hours, summed where they are."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flows_billing.usage.metered import NO_USAGE, Usage
from flows_shared.db import Connection
from flows_shared.time import Month, Period

# The spans come as arrays, not as a temporary table: no parallel plan reads one. They start and end at local midnights,
# so that no half hour has to be put on a calendar. $4 and $5 prune the partitions.
SUM_HALF_HOURS = """
    SELECT span.position, sum(interval_hh.kwh) AS kwh, count(*) AS intervals,
           min(interval_hh.timestamp) AS first, max(interval_hh.timestamp) AS last
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY
           AS span (register_id, starts_at, ends_at, position)
      JOIN flows.register_interval_hh AS interval_hh
        ON interval_hh.register_id = span.register_id
       AND interval_hh.timestamp >= span.starts_at AND interval_hh.timestamp < span.ends_at
     WHERE interval_hh.timestamp >= $4 AND interval_hh.timestamp < $5
     GROUP BY span.position
"""

MONTHLY_USAGE = """
    INSERT INTO public.monthly_usage AS usage (circuit_id, month, kwh)
    SELECT circuit_id, $2::date, sum(kwh)
      FROM flows.circuit_interval_daily
     WHERE day >= $2 AND day < $3
       AND circuit_id IN (SELECT link.circuit
                            FROM flows.meter_registry AS meter
                            JOIN flows.meter_registers AS register ON register.meter_id = meter.id
                            JOIN flows.circuit_register AS link ON link.register = register.register_id
                           WHERE meter.esco = $1)
     GROUP BY circuit_id
        ON CONFLICT (circuit_id, month) DO UPDATE SET kwh = excluded.kwh WHERE usage.kwh <> excluded.kwh
"""


async def sum_half_hours(db: Connection, spans: Sequence[tuple[UUID, Period]], *, work_mem_mb: int) -> list[Usage]:
    """What each register measured in its span, in the order asked. One statement for each monthly partition."""
    usages = [NO_USAGE] * len(spans)
    if not spans:
        return usages
    registers = [register for register, _ in spans]
    starts, ends = [span.start for _, span in spans], [span.end for _, span in spans]
    async with db.transaction(readonly=True):
        await db.execute(f"SET LOCAL work_mem = '{work_mem_mb:d}MB'")
        for part in _by_partition(Period(min(starts), max(ends))):
            for position, *sums in await db.fetch(SUM_HALF_HOURS, registers, starts, ends, part.start, part.end):
                usages[position - 1] += Usage(*sums)
    return usages


async def store_monthly_usage(db: Connection, esco: UUID, month: Month) -> None:
    """Energy by circuit in the month's local days, from the daily sums; what is there and equal stays."""
    await db.execute(MONTHLY_USAGE, esco, month.first_day, month.next().first_day)


def _by_partition(period: Period) -> Iterator[Period]:
    """The period cut at the ends of UTC months, as the partitions are.

    A local month mostly reaches an hour into a second partition; alone, that hour is found by the index.
    """
    start = period.start
    while start < period.end:
        month_ends = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        month_ends = month_ends.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        end = min(month_ends, period.end)
        yield Period(start, end)
        start = end
