"""Half hours, summed where they are."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from flows_billing.usage.metered import Span, Usage, half_hours_touched
from flows_shared.db import Connection
from flows_shared.time import Month, Period

# Plain conditions, no join: so the planner knows how many rows come, and reads whole partitions in parallel for many
# registers, by index for few. A span starts and ends at local midnights, so no half hour has to be put on a calendar.
SUM_HALF_HOURS = """
    SELECT register_id, sum(kwh) AS kwh, count(*) AS intervals, min(timestamp) AS first, max(timestamp) AS last
      FROM flows.register_interval_hh
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
     GROUP BY register_id
"""

# The same statement is for one register and for all of them: a plan made once for both would suit neither.
PLANNING = "SET LOCAL work_mem = '{work_mem_mb:d}MB'; SET LOCAL plan_cache_mode = 'force_custom_plan'"

# A register belongs to a circuit for whole readings of its own, so the day of a change counts for both.
MONTHLY_USAGE = """
    WITH link AS MATERIALIZED (
        SELECT link.circuit, link.register,
               greatest($2::date, (link.start_time AT TIME ZONE esco.time_zone)::date) AS first_day,
               least($3::date, (link.end_time AT TIME ZONE esco.time_zone)::date + 1) AS end_day
          FROM flows.escos AS esco
          JOIN flows.meter_registry AS meter ON meter.esco = esco.id
          JOIN flows.meter_registers AS register ON register.meter_id = meter.id
          JOIN flows.circuit_register AS link ON link.register = register.register_id
         WHERE esco.id = $1
    )
    INSERT INTO public.monthly_usage AS usage (circuit_id, month, kwh)
    SELECT link.circuit, $2::date, sum(daily.kwh)
      FROM link
      JOIN flows.register_interval_daily AS daily ON daily.register_id = link.register
       AND daily.day >= link.first_day AND daily.day < link.end_day
     WHERE daily.day >= $2::date AND daily.day < $3::date
     GROUP BY link.circuit
        ON CONFLICT (circuit_id, month) DO UPDATE SET kwh = excluded.kwh WHERE usage.kwh <> excluded.kwh
"""


async def sum_half_hours(db: Connection, spans: Collection[Span], *, work_mem_mb: int) -> dict[Span, Usage]:
    """What each register measured in its span; nothing is known of a span that is left out.

    One statement for all registers that share their time: mostly the month, or its parts where a tariff changes.
    """
    registers: defaultdict[tuple[Period, Period], list[UUID]] = defaultdict(list)
    for register, time in spans:
        registers[half_hours_touched(time), time].append(register)
    usages: dict[Span, Usage] = {}
    async with db.transaction(readonly=True):
        await db.execute(PLANNING.format(work_mem_mb=work_mem_mb))
        for (touched, time), sharing in registers.items():
            rows = await db.fetch(SUM_HALF_HOURS, sharing, touched.start, touched.end)
            usages |= {(register, time): Usage(*sums) for register, *sums in rows}
    return usages


async def store_monthly_usage(db: Connection, esco: UUID, month: Month) -> None:
    """Energy by circuit in the month's local days, from the daily sums; what is there and equal stays."""
    await db.execute(MONTHLY_USAGE, esco, month.first_day, month.next().first_day)
