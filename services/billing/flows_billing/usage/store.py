"""Half hours, summed where they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from flows_billing.tariffs.bands import DAYS_ONLY, BandedHalfHour
from flows_billing.usage.metered import Need, Usage, half_hours_touched
from flows_billing.usage.slots import Slot, Slots, slots_of, usages_of
from flows_shared.db import Connection
from flows_shared.time import Month, Period

Usages: TypeAlias = Mapping[Need, tuple[Usage, ...]]
Calendars: TypeAlias = Mapping[UUID, Sequence[BandedHalfHour]]

# Plain conditions, no join: so the planner knows how many rows come, and reads whole partitions in parallel for many
# registers, by index for few. A span starts and ends at local midnights, so no half hour has to be put on a calendar.
SUM_HALF_HOURS = """
    SELECT register_id, 0 AS slot, sum(kwh) AS kwh, count(*) AS intervals, min(timestamp) AS first,
           max(timestamp) AS last
      FROM flows.register_interval_hh
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
     GROUP BY register_id
"""
# The calendar comes as two arrays: a function that returns rows can be joined by every parallel worker.
SUM_SLOTS = """
    SELECT register_id, calendar.slot, sum(kwh) AS kwh, count(*) AS intervals, min(timestamp) AS first,
           max(timestamp) AS last
      FROM flows.register_interval_hh
      JOIN unnest($4::timestamptz[], $5::smallint[]) AS calendar (timestamp, slot) USING (timestamp)
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
     GROUP BY register_id, calendar.slot
"""
ESTIMATED = """
    SELECT register_id, timestamp FROM flows.estimated_intervals
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
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

WHOLE = Slots((), (), (Slot({}, None),))


async def sum_half_hours(
    db: Connection, needs: Collection[Need], calendars: Calendars, *, work_mem_mb: int
) -> dict[Need, tuple[Usage, ...]]:
    """What each register measured in its span; nothing is known of a need that is left out.

    One statement for all registers that share their time: mostly the month, or its parts where a tariff changes.
    """
    sharing: defaultdict[tuple[Period, bool], list[Need]] = defaultdict(list)
    for need in needs:
        sharing[half_hours_touched(need.span), need.by_day].append(need)
    usages: dict[Need, tuple[Usage, ...]] = {}
    async with db.transaction(readonly=True):
        await db.execute(PLANNING.format(work_mem_mb=work_mem_mb))
        for (time, by_day), group in sharing.items():
            usages |= await _sum_group(db, group, time, calendars, by_day)
    return usages


async def _sum_group(
    db: Connection, needs: Sequence[Need], time: Period, calendars: Calendars, by_day: bool
) -> dict[Need, tuple[Usage, ...]]:
    profiles = {need.profile for need in needs if need.profile} or ({DAYS_ONLY.id} if by_day else set())
    slots = slots_of(time, calendars, profiles, by_day) if profiles else WHOLE
    registers = list({need.register for need in needs})
    estimated = await _estimated(db, registers, time, slots)
    arguments = (registers, time.start, time.end)
    rows = await (
        db.fetch(SUM_SLOTS, *arguments, slots.timestamps, slots.numbers)
        if profiles
        else db.fetch(SUM_HALF_HOURS, *arguments)
    )
    sums: defaultdict[UUID, list[tuple[Slot, Usage]]] = defaultdict(list)
    for register, number, kwh, intervals, first, last in rows:
        usage = Usage(kwh, intervals, first, last, estimated.get((register, number), 0))
        sums[register].append((slots.by_number[number], usage))
    return {need: usages_of(need, sums[need.register]) for need in needs if need.register in sums}


async def _estimated(
    db: Connection, registers: Sequence[UUID], time: Period, slots: Slots
) -> Mapping[tuple[UUID, int], int]:
    """How many half hours were estimated, by register and slot; they are few."""
    numbers: dict[datetime, int] = dict(zip(slots.timestamps, slots.numbers, strict=True))
    counts: defaultdict[tuple[UUID, int], int] = defaultdict(int)
    for register, timestamp in await estimated_half_hours(db, registers, time):
        counts[register, numbers.get(timestamp, 0)] += 1
    return counts


async def estimated_half_hours(db: Connection, registers: Sequence[UUID], time: Period) -> list[tuple[UUID, datetime]]:
    """Register and start of each half hour that was not measured."""
    return [tuple(row) for row in await db.fetch(ESTIMATED, registers, time.start, time.end)]


async def store_monthly_usage(db: Connection, esco: UUID, month: Month) -> None:
    """Energy by circuit in the month's local days, from the daily sums; what is there and equal stays."""
    await db.execute(MONTHLY_USAGE, esco, month.first_day, month.next().first_day)
