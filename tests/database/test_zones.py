"""Local days of every zone: the database and flows_shared.time agree, days join up, and some zones are refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import asyncpg
import pytest

from builders import insert, make_esco, make_meter
from flows_shared.db import Connection
from flows_shared.time import DAY, HALF_HOUR, Month, is_half_hour, local_date, local_midnight

INSTANTS: Final = [datetime(2020, 1, 1, tzinfo=UTC) + DAY * number for number in range(4018)]  # to the end of 2030
# Their offsets from UTC end in :45, so that a midnight of theirs lies within a half hour.
CUTTING: Final = {"Asia/Kathmandu", "Asia/Katmandu", "Australia/Eucla", "NZ-CHAT", "Pacific/Chatham"}
# PostgreSQL takes these for one offset all year, Python some of them for zones with summer time.
AMBIGUOUS: Final = {"CET", "EET", "EST", "HST", "MET", "MST", "UCT", "WET"}
# The machine's own, and no name of the tz database.
LOCAL: Final = {"localtime"}
TWICE: Final = {"America/Havana", "Atlantic/Azores"}
SKIPPED: Final = {"Africa/Cairo", "America/Havana", "Asia/Beirut"}

PROBLEMS = "SELECT name, flows.zone_problem(name) FROM unnest($1::text[]) AS name"
OFFSETS = """
    SELECT array_agg(extract(epoch FROM (at AT TIME ZONE $1) - (at AT TIME ZONE 'UTC'))::integer ORDER BY at)
      FROM unnest($2::timestamptz[]) AS at
"""
MIDNIGHTS = "SELECT array_agg(flows.local_midnight(day, $1) ORDER BY day) FROM unnest($2::date[]) AS day"
DATES = "SELECT array_agg(flows.local_date(at, $1) ORDER BY at) FROM unnest($2::timestamptz[]) AS at"


def offsets(zone: ZoneInfo) -> list[int]:
    """Seconds from UTC, a day at a time."""
    return [int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds()) for at in INSTANTS]


def days_around(zone: ZoneInfo) -> list[date]:
    """Three days before to three days after each change of the offset, and some of the others."""
    known = offsets(zone)
    changed = [at for at, before, after in zip(INSTANTS, known, known[1:], strict=False) if before != after]
    near = {local_date(at, zone) + DAY * shift for at in changed for shift in range(-2, 4)}
    return sorted(near | {local_date(at, zone) for at in INSTANTS[::37]})


async def knows_other_rules(tx: Connection, zone: ZoneInfo) -> bool:
    """Whether the two tables of zones differ, told by offsets alone, without a word of days."""
    return bool(await tx.fetchval(OFFSETS, zone.key, INSTANTS) != offsets(zone))


async def test_every_zone_of_the_tz_database_is_served_or_refused_by_name(tx: Connection) -> None:
    """From 2020 to 2030. Of which zones PostgreSQL and Python know other rules depends on their editions."""
    names = sorted(available_timezones() - LOCAL)
    problems = {name: problem for name, problem in await tx.fetch(PROBLEMS, names) if problem}
    unknown = {name for name, problem in problems.items() if problem.endswith("is not known")}
    assert {name for name, problem in problems.items() if "cut half hours" in problem} == CUTTING - unknown
    assert {name for name, problem in problems.items() if "short for one offset" in problem} == AMBIGUOUS - unknown
    assert len(names) - len(problems) > 550
    other = set()
    for zone in (ZoneInfo(name) for name in names if name not in problems):
        if await knows_other_rules(tx, zone):
            other.add(zone.key)
            continue
        days = days_around(zone)
        starts = [local_midnight(day, zone) for day in days]
        assert await tx.fetchval(MIDNIGHTS, zone.key, days) == starts, zone.key
        # The first instant is of the day and the one before is not; the day's half hours are those from it to the next.
        instants = sorted({edge for start in starts for edge in (start - timedelta(seconds=1), start)})
        assert await tx.fetchval(DATES, zone.key, instants) == [local_date(at, zone) for at in instants], zone.key
        for day, start in zip(days, starts, strict=True):
            assert is_half_hour(start), (zone.key, day)
            assert local_date(start - timedelta(seconds=1), zone) < day, (zone.key, day)
            assert local_date(start, zone) == day, (zone.key, day)
            end = local_midnight(day + DAY, zone)
            halves = [start + HALF_HOUR * number for number in range((end - start) // HALF_HOUR)]
            assert {local_date(at, zone) for at in halves} == {day}, (zone.key, day)
    assert other.isdisjoint(TWICE | SKIPPED | {"Europe/London"})
    assert len(other) < 30, f"PostgreSQL and Python know other rules of {sorted(other)}"


@pytest.mark.parametrize(
    ("zone", "day", "start", "half_hours"),
    [
        ("Europe/London", date(2026, 10, 25), "2026-10-24T23:00Z", 50),
        ("Atlantic/Azores", date(2026, 10, 25), "2026-10-25T00:00Z", 50),  # 00:00 to 01:00 comes twice
        ("Atlantic/Azores", date(2026, 3, 29), "2026-03-29T01:00Z", 46),  # begins at 01:00
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00Z", 50),
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00Z", 46),
        ("Asia/Beirut", date(2026, 10, 24), "2026-10-23T21:00Z", 50),  # goes back at its end, into itself
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00Z", 49),  # by half an hour
    ],
)
async def test_day_of_a_change_begins_at_its_first_instant(
    tx: Connection, zone: str, day: date, start: str, half_hours: int
) -> None:
    begins, ends = await tx.fetchval(MIDNIGHTS, zone, [day, day + DAY])
    assert begins == datetime.fromisoformat(start) == local_midnight(day, ZoneInfo(zone))
    assert (ends - begins) // HALF_HOUR == half_hours
    await make_esco(tx, time_zone=zone)
    await tx.execute("SELECT flows.extend_calendar($1, $2, $2)", zone, day)
    known = await tx.fetchrow("SELECT * FROM flows.calendar_days WHERE time_zone = $1 AND day = $2", zone, day)
    assert known is not None
    assert (known["starts_at"], known["ends_at"], known["half_hours"]) == (begins, ends, half_hours)
    held = "SELECT count(*) FROM flows.calendar_half_hours WHERE time_zone = $1 AND day = $2"
    assert await tx.fetchval(held, zone, day) == half_hours


@pytest.mark.parametrize(
    ("zone", "reason"),
    [
        ("Asia/Kathmandu", r'time zone "Asia/Kathmandu" is 05:45:00 from UTC: its midnights cut half hours'),
        ("Pacific/Chatham", r'time zone "Pacific/Chatham" is 13:45:00 from UTC: its midnights cut half hours'),
        ("CET", r'time zone "CET" is also short for one offset all year: name a place'),
        ("Mars/Olympus", r'time zone "Mars/Olympus" is not known'),
        ("europe/london", r'time zone "europe/london" is not known'),
        ("", r'time zone "" is not known'),
    ],
)
async def test_zone_that_half_hours_cannot_serve_is_refused_by_name(tx: Connection, zone: str, reason: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=reason):
        async with tx.transaction():
            await make_esco(tx, time_zone=zone)
    esco = await make_esco(tx)
    with pytest.raises(asyncpg.CheckViolationError, match=reason):
        await tx.execute("UPDATE flows.escos SET time_zone = $2 WHERE id = $1", esco, zone)


async def test_roll_ups_follow_a_community_into_another_zone(tx: Connection) -> None:
    """0.1 kWh in each of 48 half hours from 00:00 UTC on 1 July: 4.8 kWh in UTC, 4.6 and 0.2 in London."""
    esco = await make_esco(tx, time_zone="UTC")
    register = (await make_meter(tx, esco)).register
    for number in range(48):
        at = datetime(2026, 7, 1, tzinfo=UTC) + HALF_HOUR * number
        await insert(tx, "flows.register_interval_hh", register_id=register, timestamp=at, kwh=Decimal("0.1"))
    days = "SELECT day, kwh::text, intervals FROM flows.register_interval_daily WHERE register_id = $1 ORDER BY day"
    assert [tuple(row) for row in await tx.fetch(days, register)] == [(date(2026, 7, 1), "4.8", 48)]
    await tx.execute("UPDATE flows.escos SET time_zone = 'Europe/London' WHERE id = $1", esco)
    assert [tuple(row) for row in await tx.fetch(days, register)] == [
        (date(2026, 7, 1), "4.6", 46),
        (date(2026, 7, 2), "0.2", 2),
    ]


async def test_circuit_counts_each_half_hour_on_one_day_where_midnight_comes_twice(tx: Connection) -> None:
    """0.1 kWh a half hour in the Azores: 4.8 kWh on the 24th, 5.0 on the 25th; 148.8 + 0.2 in October."""
    zone, october = ZoneInfo("Atlantic/Azores"), Month(2026, 10)
    esco = await make_esco(tx, time_zone=zone.key)
    register = (await make_meter(tx, esco)).register
    circuit = (await insert(tx, "flows.circuits", type="power", name="Azores"))["id"]
    joined = local_midnight(date(2026, 10, 25), zone)
    await insert(tx, "flows.circuit_register", circuit=circuit, register=register, start_time=joined)
    await tx.execute(
        """INSERT INTO flows.register_interval_hh
           SELECT $1, at, 0.1 FROM unnest($2::timestamptz[]) AS at""",
        register,
        list(october.period(zone).half_hours()),
    )
    daily = "SELECT kwh::text FROM flows.register_interval_daily WHERE register_id = $1 AND day = $2"
    assert await tx.fetchval(daily, register, date(2026, 10, 24)) == "4.8"
    assert await tx.fetchval(daily, register, date(2026, 10, 25)) == "5.0"
    missing = "SELECT date FROM flows.register_interval_hh_missing WHERE register_id = $1 AND date BETWEEN $2 AND $3"
    assert await tx.fetch(missing, register, october.first_day, date(2026, 10, 31)) == []
    circuits = "SELECT day, kwh::text FROM flows.circuit_interval_daily WHERE circuit_id = $1 ORDER BY day"
    assert [tuple(row) for row in await tx.fetch(circuits, circuit)] == [
        (date(2026, 10, 25), "5.0"),
        *((date(2026, 10, day), "4.8") for day in range(26, 32)),
    ]


# Prepaid tariffs reach meters by their own rule.
LEFT = {"public.meters_missing_future_tariffs"}
CONVERTING = """
    SELECT format('%s.%s', pronamespace::regnamespace, proname) AS name
      FROM pg_proc
     WHERE pronamespace IN ('flows'::regnamespace, 'public'::regnamespace) AND prosrc ~* '::timestamp AT TIME ZONE'
     UNION ALL
    SELECT format('%s.%s', relnamespace::regnamespace, relname)
      FROM pg_class
     WHERE relnamespace IN ('flows'::regnamespace, 'public'::regnamespace, 'reports'::regnamespace)
       AND relkind IN ('v', 'm') AND pg_get_viewdef(oid) ~* 'timestamp without time zone[)]* AT TIME ZONE'
"""


async def test_where_a_local_day_begins_is_asked_of_one_function(tx: Connection) -> None:
    assert {row["name"] for row in await tx.fetch(CONVERTING)} == LEFT


async def test_calendar_is_put_right_when_the_rules_of_a_zone_have_changed(tx: Connection) -> None:
    """As if a calendar had been made by rules under which 2 June began an hour late."""
    zone, day = "America/St_Johns", date(2026, 6, 1)
    await make_esco(tx, time_zone=zone)
    calendar = "SELECT * FROM flows.calendar_{} WHERE time_zone = $1 AND day BETWEEN $2 AND $3 ORDER BY 2"
    whole = [await tx.fetch(calendar.format(table), zone, day, day + DAY) for table in ("days", "half_hours")]
    for moved, on in (("ends_at", day), ("starts_at", day + DAY)):
        await tx.execute(
            f"UPDATE flows.calendar_days SET {moved} = {moved} + interval '1 hour' WHERE time_zone = $1 AND day = $2",
            zone,
            on,
        )
    await tx.execute(
        """UPDATE flows.calendar_half_hours SET day = day - 1, local_time = local_time + interval '23 hours'
            WHERE time_zone = $1 AND day = $2 AND local_time < '01:00'""",
        zone,
        day + DAY,
    )
    await tx.execute("SELECT flows.extend_calendar($1, $2, $3)", zone, day, day + DAY)
    assert [await tx.fetch(calendar.format(table), zone, day, day + DAY) for table in ("days", "half_hours")] == whole
