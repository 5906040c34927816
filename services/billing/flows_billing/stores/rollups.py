"""The same usages from sums by day and band, where these are whole: some fifty times fewer rows, and equal bills.

The sums by day are kept with the half hours; those by band are made here, and dropped by the database whenever a day's
half hours change. A register whose sums do not cover its span, or that came or went within a day, is left to the half
hours.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.days import Days
from flows_billing.stores.calendars import fill_calendars
from flows_billing.stores.usage import PLANNING, estimated_registers
from flows_billing.usage.metered import Usage, UsageKey, expected_half_hours
from flows_shared.db import Connection
from flows_shared.time import Month, Period, local_date, local_midnight

SUM_DAYS = """
    SELECT register_id, NULL::date AS day, NULL::text AS band, sum(kwh) AS sum, sum(intervals) AS intervals
      FROM flows.register_interval_daily
     WHERE register_id = ANY($1) AND day >= $2 AND day < $3
     GROUP BY register_id
"""
EACH_DAY = """
    SELECT register_id, day, NULL::text AS band, kwh, intervals
      FROM flows.register_interval_daily
     WHERE register_id = ANY($1) AND day >= $2 AND day < $3
"""
SUM_BANDS = """
    SELECT register_id, NULL::date AS day, band, sum(kwh), sum(intervals)
      FROM flows.register_interval_bands
     WHERE register_id = ANY($1) AND day >= $2 AND day < $3 AND profile = $4
     GROUP BY register_id, band
"""
EACH_DAYS_BANDS = """
    SELECT register_id, day, band, kwh, intervals
      FROM flows.register_interval_bands
     WHERE register_id = ANY($1) AND day >= $2 AND day < $3 AND profile = $4
"""
# The first and last half hour of each band, and day where asked: a sum that is whole has them.
BAND_EDGES = """
    SELECT CASE WHEN $4 THEN day END AS day, band, min(timestamp) AS first, max(timestamp) AS last
      FROM flows.calendar_bands
     WHERE profile = $1 AND timestamp >= $2 AND timestamp < $3
     GROUP BY 1, 2
"""
EDGES = """
    SELECT CASE WHEN $4 THEN day END AS day, NULL AS band, min(timestamp) AS first, max(timestamp) AS last
      FROM flows.calendar_half_hours
     WHERE time_zone = $1 AND timestamp >= $2 AND timestamp < $3
     GROUP BY 1, 2
"""
# Days that have half hours and no sums by band yet: new ones, and those whose half hours have changed.
MISSING_DAYS = """
    SELECT daily.register_id, daily.day
      FROM flows.register_interval_daily AS daily
     WHERE daily.register_id = ANY($1) AND daily.day >= $2 AND daily.day < $3
       AND NOT EXISTS (SELECT FROM flows.register_interval_bands AS sums
                        WHERE sums.register_id = daily.register_id AND sums.profile = $4 AND sums.day = daily.day)
"""
ADD_BAND_SUMS = f"""
    WITH missing AS MATERIALIZED ({MISSING_DAYS})
    INSERT INTO flows.register_interval_bands (register_id, profile, day, band, kwh, intervals)
    SELECT hh.register_id, $4, calendar.day, calendar.band, sum(hh.kwh), count(*)
      FROM flows.register_interval_hh AS hh
      JOIN flows.calendar_bands AS calendar ON calendar.profile = $4 AND calendar.timestamp = hh.timestamp
      JOIN missing ON missing.register_id = hh.register_id AND missing.day = calendar.day
     WHERE hh.timestamp >= $5 AND hh.timestamp < $6
     GROUP BY hh.register_id, calendar.day, calendar.band
        ON CONFLICT DO NOTHING
"""
# Two writers of band sums take turns; a sync that changes a day meanwhile waits for nobody, and drops its sums after.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtext('flows.register_interval_bands'))"


async def add_band_sums(
    db: Connection, usage_keys: Iterable[UsageKey], month: Month, zone: ZoneInfo, *, work_mem_mb: int
) -> None:
    """Sum by band the days of the month that are not summed yet."""
    registers: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for usage_key in usage_keys:
        if usage_key.profile:
            registers[usage_key.profile].add(usage_key.register)
    days, time = Days.of(month), month.period(zone)
    async with db.transaction():
        await fill_calendars(db, registers, month, zone)
        await db.execute(PLANNING.format(work_mem_mb=work_mem_mb))
        await db.execute(TAKE_TURNS)
        for profile, ids in registers.items():
            await db.execute(ADD_BAND_SUMS, list(ids), days.start, days.end, profile, time.start, time.end)


async def sum_roll_ups(
    db: Connection, usage_keys: Collection[UsageKey], zone: ZoneInfo, *, work_mem_mb: int
) -> dict[UsageKey, tuple[Usage, ...]]:
    """The usages of the keys that whole sums cover; the others are left out."""
    sharing: defaultdict[tuple[Period, UUID | None, bool], list[UsageKey]] = defaultdict(list)
    for usage_key in usage_keys:
        sharing[usage_key.span, usage_key.profile, usage_key.by_day].append(usage_key)
    usages: dict[UsageKey, tuple[Usage, ...]] = {}
    async with db.transaction(readonly=True):
        await db.execute(PLANNING.format(work_mem_mb=work_mem_mb))
        for (span, _, _), group in sharing.items():
            if _is_whole_days(span, zone):
                usages |= await _sum_group(db, group, zone)
    return usages


def _is_whole_days(span: Period, zone: ZoneInfo) -> bool:
    return all(local_midnight(local_date(at, zone), zone) == at for at in (span.start, span.end))


Edges = dict[tuple[date | None, str | None], tuple[datetime, datetime]]


async def _edges(db: Connection, usage_key: UsageKey, zone: ZoneInfo) -> Edges:
    statement, calendar = (BAND_EDGES, usage_key.profile) if usage_key.profile else (EDGES, zone.key)
    rows = await db.fetch(statement, calendar, usage_key.span.start, usage_key.span.end, usage_key.by_day)
    return {(day, band): (first, last) for day, band, first, last in rows}


async def _sum_group(
    db: Connection, usage_keys: Sequence[UsageKey], zone: ZoneInfo
) -> dict[UsageKey, tuple[Usage, ...]]:
    """Keys of one span, profile and way to judge."""
    usage_key = usage_keys[0]
    edges = await _edges(db, usage_key, zone)
    statement = {
        (False, False): SUM_DAYS,
        (False, True): EACH_DAY,
        (True, False): SUM_BANDS,
        (True, True): EACH_DAYS_BANDS,
    }[usage_key.profile is not None, usage_key.by_day]
    registers = [usage_key.register for usage_key in usage_keys]
    days = local_date(usage_key.span.start, zone), local_date(usage_key.span.end, zone)
    arguments = (registers, *days, usage_key.profile) if usage_key.profile else (registers, *days)
    estimated = await estimated_registers(db, registers, usage_key.span, zone)
    sums: defaultdict[UUID, list[Usage]] = defaultdict(list)
    for register, day, band, kwh, intervals in await db.fetch(statement, *arguments):
        if register not in estimated and (day, band) in edges:
            sums[register].append(Usage(kwh, int(intervals), *edges[day, band], band=band, day=day))
    expected = expected_half_hours(usage_key.span)
    whole = {register for register, usages in sums.items() if sum(usage.intervals for usage in usages) == expected}
    if usage_key.profile:
        # A day may change while its sums by band are made: then they are not those of the day.
        days_kwh = {row["register_id"]: row["sum"] for row in await db.fetch(SUM_DAYS, registers, *days)}
        whole = {register for register in whole if _kwh(sums[register]) == days_kwh.get(register)}
    return {usage_key: _sorted(sums[usage_key.register]) for usage_key in usage_keys if usage_key.register in whole}


def _kwh(usages: Iterable[Usage]) -> Decimal:
    return sum((usage.kwh for usage in usages), Decimal(0))


def _sorted(usages: Sequence[Usage]) -> tuple[Usage, ...]:
    return tuple(sorted(usages, key=lambda usage: (usage.day or date.min, usage.band or "")))
