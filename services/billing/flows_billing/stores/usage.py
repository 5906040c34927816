"""Half hours, summed where they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from flows_billing.usage.metered import Usage, UsageKey, half_hours_touched, sum_usages
from flows_shared.db import Connection
from flows_shared.time import Month, Period

# Plain conditions, no join: so the planner knows how many rows come, and reads whole partitions in parallel for many
# registers, by index for few. A span starts and ends at local midnights, so no half hour has to be put on a calendar.
SUM_HALF_HOURS = """
    SELECT register_id, NULL::date AS day, NULL::text AS band, sum(kwh) AS kwh, count(*) AS intervals,
           min(timestamp) AS first, max(timestamp) AS last
      FROM flows.{readings}
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
     GROUP BY register_id
"""
# The calendar is a table with statistics: joined as an array, it was hashed the wrong way round, by one process alone.
SUM_BANDS = """
    SELECT register_id, NULL::date AS day, calendar.band, sum(kwh) AS kwh, count(*) AS intervals,
           min(timestamp) AS first, max(timestamp) AS last
      FROM flows.{readings} JOIN flows.calendar_bands AS calendar USING (timestamp)
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3 AND calendar.profile = $4
     GROUP BY register_id, calendar.band
"""
SUM_DAYS_AND_BANDS = """
    SELECT register_id, calendar.day, calendar.band, sum(kwh) AS kwh, count(*) AS intervals,
           min(timestamp) AS first, max(timestamp) AS last
      FROM flows.{readings} JOIN flows.calendar_bands AS calendar USING (timestamp)
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3 AND calendar.profile = $4
     GROUP BY register_id, calendar.day, calendar.band
"""
SUM_DAYS = """
    SELECT register_id, calendar.day, NULL::text AS band, sum(kwh) AS kwh, count(*) AS intervals,
           min(timestamp) AS first, max(timestamp) AS last
      FROM flows.{readings} JOIN flows.calendar_half_hours AS calendar USING (timestamp)
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3 AND calendar.time_zone = $4
     GROUP BY register_id, calendar.day
"""
# A register that has every half hour of the time has those of each band, so its first and last are the calendar's: no
# minimum and maximum a row, and one group a register. What is off the clock's half hours is not joined, as above.
BANDS = """
    SELECT band, count(*) AS intervals, min(timestamp) AS first, max(timestamp) AS last
      FROM flows.calendar_bands
     WHERE profile = $1 AND timestamp >= $2 AND timestamp < $3
     GROUP BY band
     ORDER BY band
"""
SUM_WHOLE = """
    SELECT register_id, {sums}
      FROM flows.register_interval_hh JOIN flows.calendar_bands AS calendar USING (timestamp)
     WHERE {of_these} AND timestamp >= $2 AND timestamp < $3 AND calendar.profile = $4
     GROUP BY register_id
    HAVING count(*) = $5
"""
OF_THESE = "register_id = ANY($1)"
# To look a register up costs a tenth of the sum: for most of all registers, those of the others are summed with them.
OF_ALL = "$1::uuid[] IS NOT NULL"
REGISTERS = "SELECT count(*) FROM flows.meter_registers"
SUM_OF_BAND = "sum(kwh) FILTER (WHERE calendar.band = ${number})"
STATEMENTS = {
    (False, False): SUM_HALF_HOURS,
    (True, False): SUM_BANDS,
    (True, True): SUM_DAYS_AND_BANDS,
    (False, True): SUM_DAYS,
}
# The view adds what was estimated to what was measured; only registers that have estimates pay for it.
MEASURED, WITH_ESTIMATES = "register_interval_hh", "register_intervals"
ESTIMATED = """
    SELECT guess.register_id, calendar.day, bands.band, count(*)
      FROM flows.estimated_intervals AS guess
      JOIN flows.calendar_half_hours AS calendar ON calendar.timestamp = guess.timestamp AND calendar.time_zone = $4
      LEFT JOIN flows.calendar_bands AS bands ON bands.timestamp = guess.timestamp AND bands.profile = $5
     WHERE guess.register_id = ANY($1) AND guess.timestamp >= $2 AND guess.timestamp < $3
     GROUP BY guess.register_id, calendar.day, bands.band
"""

# The same statement is for one register and for all of them: a plan made once for both would suit neither.
PLANNING = "SET LOCAL work_mem = '{work_mem_mb:d}MB'; SET LOCAL plan_cache_mode = 'force_custom_plan'"

# A register belongs to a circuit for whole readings of its own, so the day of a change counts for both. What is
# estimated is billed, so it is used: few half hours, found by their registers.
MONTHLY_USAGE = """
    WITH link AS MATERIALIZED (
        SELECT link.circuit, link.register,
               greatest($2::date, flows.local_date(link.start_time, esco.time_zone)) AS first_day,
               least($3::date, flows.local_date(link.end_time, esco.time_zone) + 1) AS end_day,
               esco.time_zone
          FROM flows.escos AS esco
          JOIN flows.meter_registry AS meter ON meter.esco = esco.id
          JOIN flows.meter_registers AS register ON register.meter_id = meter.id
          JOIN flows.circuit_register AS link ON link.register = register.register_id
         WHERE esco.id = $1
    ), used AS (
        SELECT link.circuit, daily.kwh
          FROM link
          JOIN flows.register_interval_daily AS daily ON daily.register_id = link.register
           AND daily.day >= link.first_day AND daily.day < link.end_day
         WHERE daily.day >= $2::date AND daily.day < $3::date
         UNION ALL
        SELECT link.circuit, guess.kwh
          FROM link
          JOIN flows.estimated_intervals AS guess ON guess.register_id = link.register
           AND guess.timestamp >= flows.local_midnight(link.first_day, link.time_zone)
           AND guess.timestamp < flows.local_midnight(link.end_day, link.time_zone)
    )
    INSERT INTO public.monthly_usage AS usage (circuit_id, month, kwh)
    SELECT circuit, $2::date, sum(kwh) FROM used GROUP BY circuit
    HAVING sum(kwh) BETWEEN 0 AND 1e9  -- what an old NaN makes of a circuit keeps no other from being stored
        ON CONFLICT (circuit_id, month) DO UPDATE SET kwh = excluded.kwh WHERE usage.kwh <> excluded.kwh
"""


async def sum_half_hours(
    db: Connection, usage_keys: Collection[UsageKey], zone: ZoneInfo, *, work_mem_mb: int
) -> dict[UsageKey, tuple[Usage, ...]]:
    """What each register measured in its span; nothing is known of a key that is left out.

    One statement for all registers that share their time: mostly the month, or its parts where a tariff changes.
    """
    usages: dict[UsageKey, tuple[Usage, ...]] = {}
    async with db.transaction(readonly=True):
        await db.execute(PLANNING.format(work_mem_mb=work_mem_mb))
        for (time, profile, by_day), group in _groups(usage_keys).items():
            usages |= await _sum_group(db, group, time, profile, by_day, zone)
    return usages


def _groups(usage_keys: Collection[UsageKey]) -> dict[tuple[Period, UUID | None, bool], list[UsageKey]]:
    """Keys that one statement serves. Whole sums go with a profile's, of which they are the sums over its bands."""
    groups: defaultdict[tuple[Period, UUID | None, bool], list[UsageKey]] = defaultdict(list)
    for usage_key in usage_keys:
        groups[half_hours_touched(usage_key.span), usage_key.profile, usage_key.by_day].append(usage_key)
    for time, profile, by_day in list(groups):
        if profile and not by_day and (time, None, False) in groups:
            groups[time, profile, by_day] += groups.pop((time, None, False))
    return groups


async def _sum_group(
    db: Connection, usage_keys: Sequence[UsageKey], time: Period, profile: UUID | None, by_day: bool, zone: ZoneInfo
) -> dict[UsageKey, tuple[Usage, ...]]:
    registers = list({usage_key.register for usage_key in usage_keys})
    calendar = profile or (zone.key if by_day else None)
    arguments = registers, time.start, time.end
    guesses = await db.fetch(ESTIMATED, *arguments, zone.key, profile)
    estimated = _counts(guesses, by_day)
    statement = STATEMENTS[profile is not None, by_day]
    guessing = {row["register_id"] for row in guesses}
    measured = set(registers) - guessing
    sums: defaultdict[UUID, list[Usage]] = defaultdict(list)
    if profile and not by_day and measured:
        sums.update(await _sum_whole(db, list(measured), time, profile))
    for readings, ids in ((MEASURED, measured - sums.keys()), (WITH_ESTIMATES, guessing)):
        if not ids:
            continue
        rows = await db.fetch(
            statement.format(readings=readings), list(ids), time.start, time.end, *([calendar] if calendar else [])
        )
        for register, day, band, kwh, intervals, first, last in rows:
            guessed = estimated.get((register, day, band), 0)
            sums[register].append(Usage(kwh, intervals, first, last, guessed, band, day))
    return {
        usage_key: _usages(usage_key, sums[usage_key.register])
        for usage_key in usage_keys
        if usage_key.register in sums
    }


async def _sum_whole(db: Connection, registers: Sequence[UUID], time: Period, profile: UUID) -> dict[UUID, list[Usage]]:
    """By band, for the registers that measured every half hour; the others are left out."""
    bands = await db.fetch(BANDS, profile, time.start, time.end)
    if not bands:
        return {}
    asked, known = set(registers), await db.fetchval(REGISTERS)
    statement = SUM_WHOLE.format(
        sums=", ".join(SUM_OF_BAND.format(number=6 + n) for n in range(len(bands))),
        of_these=OF_ALL if len(asked) * 4 > known * 3 else OF_THESE,
    )
    count, names = sum(band["intervals"] for band in bands), [band["band"] for band in bands]
    return {
        register: [
            Usage(kwh, band["intervals"], band["first"], band["last"], band=band["band"])
            for band, kwh in zip(bands, sums, strict=True)
        ]
        for register, *sums in await db.fetch(statement, registers, time.start, time.end, profile, count, *names)
        if register in asked
    }


def _counts(guesses: Sequence[asyncpg.Record], by_day: bool) -> Mapping[tuple[UUID, date | None, str | None], int]:
    counts: defaultdict[tuple[UUID, date | None, str | None], int] = defaultdict(int)
    for register, day, band, count in guesses:
        counts[register, day if by_day else None, band] += count
    return counts


def _usages(usage_key: UsageKey, sums: Sequence[Usage]) -> tuple[Usage, ...]:
    """By day and band as asked for, in this order; whole where the key is of no profile."""
    if usage_key.profile or usage_key.by_day:
        return tuple(sorted(sums, key=lambda usage: (usage.day or date.min, usage.band or "")))
    return (sum_usages(sums),)


async def estimated_registers(db: Connection, registers: Sequence[UUID], time: Period, zone: ZoneInfo) -> set[UUID]:
    """Those of which some half hours were not measured."""
    return {row[0] for row in await db.fetch(ESTIMATED, registers, time.start, time.end, zone.key, None)}


async def store_monthly_usage(db: Connection, esco: UUID, month: Month) -> None:
    """Energy by circuit in the month's local days, measured or estimated; what is there and equal stays."""
    await db.execute(MONTHLY_USAGE, esco, month.first_day, month.next().first_day)
