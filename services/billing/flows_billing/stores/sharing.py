"""Groups, what their meters measured, and what came of a month, in the database."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.days import Days
from flows_billing.sharing.allocation import UNKNOWN, Allocation, Metered, Readings, Series, kwh, series_of, within
from flows_billing.sharing.terms import WHOLE, Group, Member, Sharing, SharingMeter, SharingTerms
from flows_shared.db import Connection
from flows_shared.time import HALF_HOUR, Month, Period

GROUPS = "SELECT id, name, site FROM public.sharing_groups WHERE esco = $1 ORDER BY name"
TERMS = """
    SELECT sharing_group, id, period_start, method, redistribute, internal_rate, surplus_rate, includes_vat
      FROM public.sharing_terms WHERE sharing_group = ANY($1) AND period_start < $2
     ORDER BY sharing_group, period_start
"""
MEMBERS = """
    SELECT sharing_group, property, start_date, end_date, coefficient, priority, surplus_ratio
      FROM public.sharing_members
     WHERE sharing_group = ANY($1) AND start_date < $3 AND (end_date IS NULL OR end_date >= $2)
"""
METERS = """
    SELECT meter.sharing_group, meter.register, meter.role, meter.valid_from, meter.valid_to, register.start_time,
           register.end_time
      FROM public.sharing_meters AS meter
      JOIN flows.meter_registers AS register ON register.register_id = meter.register
     WHERE meter.sharing_group = ANY($1) AND meter.valid_from < $3 AND (meter.valid_to IS NULL OR meter.valid_to > $2)
     ORDER BY meter.register, meter.valid_from
"""
# The homes of the group, and the others behind its site's boundary.
HOME_REGISTERS = """
    WITH home AS MATERIALIZED (
        SELECT id, supply_meter FROM public.properties WHERE id = ANY($1) OR site = $2
    )
    SELECT home.id, register_id, greatest(start_time, $3), least(end_time, $4)
      FROM home JOIN flows.meter_line(ARRAY(SELECT supply_meter FROM home)) AS line ON line.meter = home.supply_meter
     WHERE nature <> 'solar' AND start_time < $4 AND (end_time IS NULL OR end_time > $3)
     ORDER BY home.id, register_id
"""
# A number that is none, or too large to be true, fails its own account's bill; here it counts as nothing.
SERIES = """
    SELECT register_id, array_agg((extract(epoch FROM timestamp - $2) / 1800)::integer),
           array_agg(CASE WHEN kwh > 0 AND kwh < 1e8 THEN floor(kwh * 1000)::bigint ELSE 0 END)
      FROM flows.register_intervals
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
     GROUP BY register_id
"""
SLICE: Final = 500  # registers read at once

STORE_HALF_HOURS = """
    INSERT INTO public.sharing_half_hours AS stored (
        sharing_group, timestamp, generation_kwh, consumption_kwh, shared_kwh, others_kwh, boundary_import_kwh,
        boundary_export_kwh)
    SELECT $1, row.*
      FROM unnest($2::timestamptz[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
                  $8::numeric[]) AS row
        ON CONFLICT (sharing_group, timestamp) DO UPDATE
       SET generation_kwh = excluded.generation_kwh, consumption_kwh = excluded.consumption_kwh,
           shared_kwh = excluded.shared_kwh, others_kwh = excluded.others_kwh,
           boundary_import_kwh = excluded.boundary_import_kwh, boundary_export_kwh = excluded.boundary_export_kwh
     WHERE (stored.generation_kwh, stored.consumption_kwh, stored.shared_kwh, stored.others_kwh,
            stored.boundary_import_kwh, stored.boundary_export_kwh)
           IS DISTINCT FROM (excluded.generation_kwh, excluded.consumption_kwh, excluded.shared_kwh,
                             excluded.others_kwh, excluded.boundary_import_kwh, excluded.boundary_export_kwh)
"""
FORGET_MONTHS = """
    DELETE FROM public.sharing_months WHERE sharing_group = $1 AND month = $2 AND property <> ALL($3)
"""
STORE_MONTHS = """
    INSERT INTO public.sharing_months AS stored (
        sharing_group, month, property, consumption_kwh, shared_kwh, surplus_kwh)
    SELECT $1, $2, row.* FROM unnest($3::uuid[], $4::numeric[], $5::numeric[], $6::numeric[]) AS row
        ON CONFLICT (sharing_group, property, month) DO UPDATE
       SET consumption_kwh = excluded.consumption_kwh, shared_kwh = excluded.shared_kwh,
           surplus_kwh = excluded.surplus_kwh
     WHERE (stored.consumption_kwh, stored.shared_kwh, stored.surplus_kwh)
           IS DISTINCT FROM (excluded.consumption_kwh, excluded.shared_kwh, excluded.surplus_kwh)
"""


async def sharing_in(db: Connection, esco: UUID, month: Month) -> Sharing:
    """The community's groups with the terms, members and meters of the month."""
    days = month.first_day, month.next().first_day
    groups = await db.fetch(GROUPS, esco)
    ids = [row["id"] for row in groups]
    if not ids:
        return Sharing()
    terms, members = await _terms(db, ids, days[1]), await _members(db, ids, *days)
    meters = await _meters(db, ids, *days)
    return Sharing(
        tuple(
            Group(id, name, site, tuple(terms[id]), tuple(members[id]), tuple(meters[id])) for id, name, site in groups
        )
    )


async def read_series(db: Connection, group: Group, month: Month, zone: ZoneInfo) -> Readings:
    """What the group's homes and meters measured in a month, each register within its life."""
    period = month.period(zone)
    lives: defaultdict[UUID, dict[UUID, Period]] = defaultdict(dict)
    members = [member.home for member in group.members]
    for home, register, start, end in await db.fetch(HOME_REGISTERS, members, group.site, period.start, period.end):
        lives[home][register] = Period(start, end)
    supply = await _series(db, [register for each in lives.values() for register in each], period, 0)
    own = await _series(db, [meter.register for meter in group.meters], period, UNKNOWN)
    nothing = series_of((period.end - period.start) // HALF_HOUR, UNKNOWN)
    return Readings(
        period=period,
        homes={
            home: {
                register: within(supply[register], period, life)
                for register, life in registers.items()
                if register in supply
            }
            for home, registers in lives.items()
        },
        meters=[
            Metered(meter.role, time, own.get(meter.register, nothing))
            for meter in group.meters
            if (time := meter.time_in(Days.of(month), zone))
        ],
    )


async def store_allocation(db: Connection, found: Allocation, month: Month) -> None:
    """Keep what came of a month; what is there and equal stays."""
    times = list(found.readings.period.half_hours())
    came, went = found.boundary()
    columns = found.generation, found.consumption, found.shared, found.others, came, went
    known = [list(map(_known_kwh, series)) for series in columns]
    known[0] = [value or Decimal(0) for value in known[0]]
    homes = list(found.shared_by_home)
    sums = (
        [kwh(found.consumed_by_home[home]) for home in homes],
        [kwh(sum(found.shared_by_home[home])) for home in homes],
        [kwh(sum(found.surplus_by_home.get(home, ()))) for home in homes],
    )
    async with db.transaction():
        await db.execute(STORE_HALF_HOURS, found.group.id, times, *known)
        await db.execute(FORGET_MONTHS, found.group.id, month.first_day, homes)
        await db.execute(STORE_MONTHS, found.group.id, month.first_day, homes, *sums)


def _known_kwh(wh: int) -> Decimal | None:
    return None if wh == UNKNOWN else kwh(wh)


async def _terms(db: Connection, groups: Sequence[UUID], end: date) -> Mapping[UUID, list[SharingTerms]]:
    found: defaultdict[UUID, list[SharingTerms]] = defaultdict(list)
    for row in await db.fetch(TERMS, groups, end):
        found[row["sharing_group"]].append(SharingTerms(*row))
    return found


async def _members(db: Connection, groups: Sequence[UUID], start: date, end: date) -> Mapping[UUID, list[Member]]:
    found: defaultdict[UUID, list[Member]] = defaultdict(list)
    for group, home, first, last, coefficient, priority, surplus in await db.fetch(MEMBERS, groups, start, end):
        parts = int(coefficient * WHOLE), priority, int(surplus * WHOLE)
        found[group].append(Member(home, first, last, *parts))
    return found


async def _meters(db: Connection, groups: Sequence[UUID], start: date, end: date) -> Mapping[UUID, list[SharingMeter]]:
    found: defaultdict[UUID, list[SharingMeter]] = defaultdict(list)
    for group, *values in await db.fetch(METERS, groups, start, end):
        found[group].append(SharingMeter(*values))
    return found


async def _series(db: Connection, registers: Sequence[UUID], period: Period, unmeasured: int) -> dict[UUID, Series]:
    length = (period.end - period.start) // HALF_HOUR
    found: dict[UUID, Series] = {}
    for first in range(0, len(registers), SLICE):
        for register, places, values in await db.fetch(
            SERIES, registers[first : first + SLICE], period.start, period.end
        ):
            series = found[register] = array("q", [unmeasured]) * length
            for place, wh in zip(places, values, strict=True):
                series[place] = wh
    return found
