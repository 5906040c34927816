"""Months of half hours and local days are made ahead of time, each once."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from builders import insert, make_esco, make_meter
from flows_shared.db import Connection, connect

MAKE = "SELECT flows.ensure_interval_partitions($1::text::date, $2::text::date)"
MONTHS = """
    SELECT array(SELECT right(relname, 7) FROM pg_class
                  WHERE relispartition AND relkind = 'r' AND relname LIKE 'register_interval_hh_' || $1 || '%'
                  ORDER BY 1)
"""


async def test_months_are_made_once_and_only_those_that_are_asked_for(tx: Connection) -> None:
    assert await tx.fetchval(MAKE, "2039-11-30", "2040-01-01") == 3
    assert await tx.fetchval(MAKE, "2039-12-01", "2040-02-01") == 1
    assert await tx.fetchval(MAKE, "2039-12-01", "2040-02-29") == 0
    assert await tx.fetchval(MONTHS, "2039") == ["2039_11", "2039_12"]
    assert await tx.fetchval(MONTHS, "2040") == ["2040_01", "2040_02"]


async def test_half_hour_lies_in_the_month_of_its_utc_time(tx: Connection) -> None:
    await tx.fetchval(MAKE, "2039-06-01", "2039-07-31")
    register = (await make_meter(tx, await make_esco(tx))).register
    july = datetime(2039, 7, 1, tzinfo=UTC)
    for timestamp in (july - timedelta(minutes=30), july):
        await insert(tx, "flows.register_interval_hh", register_id=register, timestamp=timestamp, kwh=1)
    lies_in = "SELECT right(tableoid::regclass::text, 7) FROM flows.register_interval_hh ORDER BY timestamp"
    assert [row[0] for row in await tx.fetch(lies_in)] == ["2039_06", "2039_07"]


async def test_half_hour_of_a_month_that_is_not_made_is_refused(tx: Connection) -> None:
    register = (await make_meter(tx, await make_esco(tx))).register
    with pytest.raises(asyncpg.CheckViolationError, match="no partition"):
        await insert(
            tx,
            "flows.register_interval_hh",
            register_id=register,
            timestamp=datetime(2045, 1, 1, tzinfo=UTC),
            kwh=1,
        )


async def test_new_database_holds_last_year_and_the_months_to_come(tx: Connection) -> None:
    assert await tx.fetchval("SELECT flows.ensure_interval_partitions(current_date - 365, current_date + 90)") == 0


async def test_daily_job_makes_time_ahead(tx: Connection) -> None:
    zone = "America/St_Johns"
    await make_esco(tx, time_zone=zone)
    await tx.execute("DELETE FROM flows.calendar_half_hours WHERE time_zone = $1 AND day > current_date + 100", zone)
    await tx.execute("DELETE FROM flows.calendar_days WHERE time_zone = $1 AND day > current_date + 100", zone)
    await tx.execute("SELECT flows.prepare_time()")
    ahead = "SELECT max(day) - current_date FROM flows.calendar_days WHERE time_zone = $1"
    assert await tx.fetchval(ahead, zone) == 400
    wrong = """SELECT day FROM flows.calendar_days
                 LEFT JOIN flows.calendar_half_hours AS half_hour USING (time_zone, day)
                WHERE time_zone = $1 GROUP BY day, half_hours HAVING count(half_hour.timestamp) <> half_hours"""
    assert await tx.fetch(wrong, zone) == []


async def test_community_in_an_unknown_time_zone_is_refused(tx: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match='time zone "Mars/Olympus" is not known'):
        await make_esco(tx, time_zone="Mars/Olympus")


async def test_several_processes_make_the_same_months_at_once(calendar_url: str) -> None:
    connections = [await connect(calendar_url, name="tests") for _ in range(4)]
    made = await asyncio.gather(*(each.fetchval(MAKE, "2051-01-01", "2051-06-30") for each in connections))
    assert sum(made) == 6
    await asyncio.gather(*(each.close() for each in connections))
