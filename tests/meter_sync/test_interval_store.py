"""Half hours into the database, as the service's own login role."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from databases import RoleUrl
from flows_meter_sync.intervals.gaps import load_gaps
from flows_meter_sync.intervals.series import MISSING, IntervalSeries
from flows_meter_sync.intervals.store import store_intervals
from flows_shared.db import Database
from flows_shared.time import HALF_HOUR, LONDON, Period

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)

ADD_REGISTER = """
    WITH esco AS (INSERT INTO flows.escos (name, code) VALUES ('Lab', 'LAB') RETURNING id),
         meter AS (INSERT INTO flows.meter_registry (serial, esco) SELECT 'EML1', id FROM esco RETURNING id)
    INSERT INTO flows.meter_registers (meter_id, element, nature, start_time)
    SELECT id, 'SINGLE', 'power', $1 FROM meter RETURNING register_id, meter_id
"""
HELD = "SELECT timestamp, kwh FROM flows.register_interval_hh ORDER BY timestamp"
DAYS = "SELECT day, kwh, intervals FROM flows.register_interval_daily ORDER BY day"
# What the roll-ups have to be, by time zone conversion of every row.
SUMMED = """
    SELECT (timestamp AT TIME ZONE 'Europe/London')::date, sum(kwh), count(*)
      FROM flows.register_interval_hh GROUP BY 1 ORDER BY 1
"""


class Store:
    """One register, and the service's connection."""

    def __init__(self, own: Database, register_id: UUID, meter_id: UUID) -> None:
        self.own, self.register_id, self.meter_id = own, register_id, meter_id

    def run(self, start: datetime, *energy: int) -> IntervalSeries:
        return IntervalSeries(self.register_id, LONDON, start, energy)

    async def add(self, *runs: IntervalSeries) -> int:
        async with self.own.transaction() as transaction:
            return await store_intervals(transaction, runs)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.own.connection() as connection:
            return [tuple(row) for row in await connection.fetch(query)]

    async def gaps(self, since: datetime, now: datetime) -> list[Period]:
        async with self.own.connection() as connection:
            return (await load_gaps(connection, [self.meter_id], since, now)).get(self.register_id, [])


@pytest.fixture
async def store(db: Database, role_url: RoleUrl) -> AsyncIterator[Store]:
    async with db.connection() as connection:
        row = await connection.fetchrow(ADD_REGISTER, MONDAY)
        assert row is not None
    own = await Database.open(role_url("flows_meter_sync"), name="meter-sync", size=3)
    yield Store(own, *row)
    await own.close()


async def test_half_hours_are_stored_as_kwh_with_their_day(store: Store) -> None:
    assert await store.add(store.run(MONDAY, 0, 1_230, 99_999_990, 5, 10_000)) == 5
    kwh = [str(row[1]) for row in await store.rows(HELD)]
    assert kwh == ["0.000", "0.123", "9999.999", "0.0005", "1.000"]
    assert await store.rows(DAYS) == [(date(2026, 1, 5), Decimal("10001.1225"), 5)]


async def test_second_time_changes_nothing(store: Store) -> None:
    await store.add(store.run(MONDAY, 10, 20, 30))
    before = await store.rows(HELD), await store.rows(DAYS)
    assert await store.add(store.run(MONDAY, 10, 20, 30)) == 0
    assert (await store.rows(HELD), await store.rows(DAYS)) == before


async def test_what_is_held_stays_and_what_is_new_is_added(store: Store) -> None:
    await store.add(store.run(MONDAY + HALF_HOUR, 20, MISSING, 40))
    assert await store.add(store.run(MONDAY, 1, 999, 3, 999, 5)) == 3
    assert [row[1] * 10_000 for row in await store.rows(HELD)] == [1, 20, 3, 40, 5]
    assert await store.rows(DAYS) == await store.rows(SUMMED)


async def test_missing_half_hours_are_no_rows(store: Store) -> None:
    assert await store.add(store.run(MONDAY, MISSING, MISSING)) == 0
    assert await store.add(store.run(MONDAY, MISSING, 5)) == 1
    assert await store.rows(HELD) == [(MONDAY + HALF_HOUR, Decimal("0.0005"))]


async def test_run_over_months_and_clock_changes_is_summed_by_local_day(store: Store) -> None:
    start = datetime(2026, 3, 27, tzinfo=UTC)
    assert await store.add(store.run(start, *range(48 * 8))) == 48 * 8
    days = await store.rows(DAYS)
    assert days == await store.rows(SUMMED)
    assert {day: count for day, _, count in days}[date(2026, 3, 29)] == 46


@pytest.mark.parametrize("zone", ["Atlantic/Azores", "America/Havana", "Africa/Cairo"])
async def test_day_begins_for_the_store_where_it_begins_for_the_database(store: Store, db: Database, zone: str) -> None:
    """Where midnight comes twice or not at all: what the store summed, the database sums to the same."""
    async with db.connection() as connection:
        await connection.execute("UPDATE flows.escos SET time_zone = $1", zone)
    run = IntervalSeries(store.register_id, ZoneInfo(zone), datetime(2026, 3, 1, tzinfo=UTC), tuple([1_000] * 48 * 260))
    assert await store.add(run) == 48 * 260
    stored = await store.rows(DAYS)
    async with db.connection() as connection:
        await connection.execute("SELECT flows.sum_esco_days(id) FROM flows.escos")
    assert await store.rows(DAYS) == stored
    assert {count for _, _, count in stored[1:-1]} == {46, 48, 50}
    assert await store.gaps(run.start, run.end) == []


async def test_month_without_a_partition_gets_one(store: Store, db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute("DROP TABLE flows.register_interval_hh_2026_01")
    assert await store.add(store.run(MONDAY, 1)) == 1


async def test_register_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await store.add(IntervalSeries(UUID(int=7), LONDON, MONDAY, (1,)))
    assert await store.rows(HELD) == []


async def test_row_that_another_writer_adds_meanwhile_is_not_stored_twice(store: Store, db: Database) -> None:
    async with db.connection() as other, other.transaction():
        await other.execute(
            "INSERT INTO flows.register_interval_hh VALUES ($1, $2, 7)", store.register_id, MONDAY + HALF_HOUR
        )
        async with store.own.transaction() as mine:
            await mine.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):  # it waits to see whether the other one commits
                await store_intervals(mine, [store.run(MONDAY, 1, 2, 3)])
    assert await store.add(store.run(MONDAY, 1, 2, 3)) == 2
    assert [row[1] for row in await store.rows(HELD)] == [Decimal("0.0001"), Decimal(7), Decimal("0.0003")]
    assert await store.rows(DAYS) == await store.rows(SUMMED)


async def test_gaps_of_a_new_register_begin_with_it(store: Store) -> None:
    now = MONDAY + timedelta(days=2, hours=5, minutes=50)
    assert await store.gaps(MONDAY - timedelta(days=9), now) == [Period(MONDAY, MONDAY + timedelta(days=2, hours=5.5))]


async def test_gaps_are_the_half_hours_not_held(store: Store) -> None:
    await store.add(store.run(MONDAY, *[1] * 20, *[MISSING] * 3, *[1] * 73, 1, 1))
    now = MONDAY + timedelta(days=2, hours=2)
    assert await store.gaps(MONDAY, now) == [
        Period(MONDAY + 20 * HALF_HOUR, MONDAY + 23 * HALF_HOUR),
        Period(MONDAY + 98 * HALF_HOUR, now),
    ]


async def test_whole_days_are_no_gaps_and_a_day_of_50_half_hours_is_whole_with_50(store: Store) -> None:
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)
    await store.add(store.run(start, *[1] * 49))
    last = start + 49 * HALF_HOUR
    assert await store.gaps(start, start + timedelta(days=1, hours=1)) == [Period(last, last + HALF_HOUR)]
    await store.add(store.run(last, 1))
    assert await store.gaps(start, start + timedelta(days=1, hours=1)) == []


async def test_gaps_end_with_a_register_that_was_replaced(store: Store, db: Database) -> None:
    async with db.connection() as connection:
        await connection.execute("UPDATE flows.meter_registers SET end_time = $1", MONDAY + timedelta(hours=3))
    assert await store.gaps(MONDAY, MONDAY + timedelta(days=3)) == [Period(MONDAY, MONDAY + timedelta(hours=3))]
