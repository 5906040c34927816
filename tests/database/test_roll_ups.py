"""The sum of a register's day follows from its half hours, whoever writes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from access import acting_as
from builders import insert, make_esco, make_meter
from flows_shared.db import Connection

DAY = date(2026, 6, 30)  # British summer time: the local day begins at 23:00 UTC
FIRST = datetime(2026, 6, 29, 23, 0, tzinfo=UTC)
NEXT_DAY, NEXT_FIRST = date(2026, 7, 1), datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
async def register(tx: Connection) -> UUID:
    await tx.execute("SELECT flows.ensure_interval_partitions('2026-06-01', '2026-07-31')")
    meter = await make_meter(tx, await make_esco(tx))
    return meter.register


async def put(tx: Connection, register: UUID, *half_hours: tuple[datetime, int]) -> None:
    """In one statement; a half hour that is there gets the new value."""
    await tx.execute(
        """INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
           SELECT $1, timestamp, kwh FROM unnest($2::timestamptz[], $3::numeric[]) AS half_hour (timestamp, kwh)
               ON CONFLICT (register_id, timestamp) DO UPDATE SET kwh = EXCLUDED.kwh""",
        register,
        [timestamp for timestamp, _ in half_hours],
        [kwh for _, kwh in half_hours],
    )


async def days(tx: Connection, register: UUID) -> dict[date, tuple[Any, int]]:
    sums = "SELECT day, kwh, intervals FROM flows.register_interval_daily WHERE register_id = $1"
    return {row["day"]: (row["kwh"], row["intervals"]) for row in await tx.fetch(sums, register)}


@pytest.mark.parametrize("writer", ["service", "flows_meter_sync", "none"])
async def test_day_is_summed_as_its_half_hours_come_by_local_day(tx: Connection, register: UUID, writer: str) -> None:
    async with acting_as(tx, writer):
        await put(tx, register, (FIRST - HALF_HOUR, 100), (FIRST, 1), (NEXT_FIRST - HALF_HOUR, 2), (NEXT_FIRST, 50))
        assert await days(tx, register) == {
            DAY - timedelta(days=1): (100, 1),
            DAY: (3, 2),
            NEXT_DAY: (50, 1),
        }
        await put(tx, register, (FIRST + HALF_HOUR, 4), (FIRST, 9))
    assert (await days(tx, register))[DAY] == (15, 3)


async def test_day_follows_a_half_hour_that_moves_to_another_month(tx: Connection, register: UUID) -> None:
    august = datetime(2026, 7, 31, 12, tzinfo=UTC)
    await put(tx, register, (FIRST, 1), (FIRST + HALF_HOUR, 2))
    await tx.execute("UPDATE flows.register_interval_hh SET timestamp = $1 WHERE timestamp = $2", august, FIRST)
    assert await days(tx, register) == {DAY: (2, 1), date(2026, 7, 31): (1, 1)}


async def test_day_follows_half_hours_that_go(tx: Connection, register: UUID) -> None:
    await put(tx, register, (FIRST, 1), (FIRST + HALF_HOUR, 2), (NEXT_FIRST, 4))
    await tx.execute("DELETE FROM flows.register_interval_hh WHERE timestamp = $1", FIRST)
    assert await days(tx, register) == {DAY: (2, 1), NEXT_DAY: (4, 1)}
    await tx.execute("DELETE FROM flows.register_interval_hh WHERE timestamp < $1", NEXT_FIRST)
    assert await days(tx, register) == {NEXT_DAY: (4, 1)}


async def test_day_that_is_named_twice_or_has_nothing_is_summed_once_or_not(tx: Connection, register: UUID) -> None:
    await put(tx, register, (FIRST, 1), (FIRST + HALF_HOUR, 2))
    named = [(register, day, 0, 0) for day in (DAY, DAY, NEXT_DAY)]
    await tx.execute("SELECT flows.sum_register_days($1::flows.register_interval_daily[])", named)
    assert await days(tx, register) == {DAY: (3, 2)}


async def test_one_registers_half_hours_are_no_others(tx: Connection, register: UUID) -> None:
    other = (await make_meter(tx, await make_esco(tx))).register
    await put(tx, register, (FIRST, 1))
    await put(tx, other, (FIRST, 7))
    assert (await days(tx, register), await days(tx, other)) == ({DAY: (1, 1)}, {DAY: (7, 1)})


async def test_local_day_is_that_of_the_community(tx: Connection) -> None:
    await tx.execute("SELECT flows.ensure_interval_partitions('2026-06-01', '2026-06-30')")
    berlin = (await make_meter(tx, await make_esco(tx, time_zone="Europe/Berlin"))).register
    await put(tx, berlin, (FIRST - HALF_HOUR, 1), (NEXT_FIRST - 2 * HALF_HOUR, 2))
    assert await days(tx, berlin) == {DAY: (1, 1), NEXT_DAY: (2, 1)}


async def test_half_hour_of_an_unknown_register_is_refused(tx: Connection, register: UUID) -> None:
    unknown = uuid4()
    with pytest.raises(asyncpg.ForeignKeyViolationError, match=str(unknown)):
        async with tx.transaction():
            await put(tx, unknown, (FIRST, 1))
    assert await tx.fetch("SELECT FROM flows.register_interval_hh") == []


async def test_half_hours_go_with_their_register(tx: Connection, register: UUID) -> None:
    await put(tx, register, (FIRST, 1))
    await tx.execute("DELETE FROM flows.meter_registers WHERE register_id = $1", register)
    for table in ("register_interval_hh", "register_interval_daily"):
        assert await tx.fetch(f"SELECT FROM flows.{table}") == []


async def test_reading_supersedes_its_estimate(tx: Connection, register: UUID) -> None:
    estimates = "SELECT timestamp FROM flows.register_interval_estimates"
    for timestamp in (FIRST, FIRST + HALF_HOUR):
        estimate = {"register_id": register, "timestamp": timestamp, "kwh": 3, "method": "linear"}
        await insert(tx, "flows.register_interval_estimates", **estimate)
    await put(tx, register, (FIRST, 1))
    assert [row["timestamp"] for row in await tx.fetch(estimates)] == [FIRST + HALF_HOUR]
    assert await days(tx, register) == {DAY: (1, 1)}
