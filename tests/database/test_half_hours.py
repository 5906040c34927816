"""Half hours begin on the clock, in every table that holds them and whoever writes."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_esco, make_meter
from flows_shared.db import Connection
from flows_shared.time import floor_half_hour, is_half_hour

HOLDING = """
    SELECT format('%s.%s', relnamespace::regnamespace, relname)
      FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE conname = 'timestamp_is_a_half_hour' AND NOT relispartition
"""
ADD = {
    "flows.register_interval_hh": "(register_id, timestamp, kwh) VALUES ($1, $2, 1)",
    "flows.register_interval_estimates": "(register_id, timestamp, kwh, method) VALUES ($1, $2, 1, 'linear')",
    "flows.register_interval_missing_reasons": "(register_id, timestamp, reason) VALUES ($1, $2, 'power fail')",
    "flows.register_interval_sources": "(register_id, timestamp, source, detail) VALUES ($1, $2, 'imported', 'a.csv')",
    "flows.register_interval_flags": "(register_id, timestamp, rule, kwh, details) VALUES ($1, $2, 'spike', 9, '')",
    "public.sharing_half_hours": """(sharing_group, timestamp, generation_kwh, consumption_kwh, shared_kwh, others_kwh)
                                    VALUES ($1, $2, 1, 1, 1, 0)""",
}
OFF = [
    (datetime(2026, 10, 5, 10, 7, tzinfo=UTC), r"no half hour begins at 2026-10-05T10:07:00Z"),
    (datetime(2026, 10, 5, 10, 0, 3, tzinfo=UTC), r"no half hour begins at 2026-10-05T10:00:03Z"),
    (datetime(2026, 10, 5, 10, 0, 0, 1, tzinfo=UTC), r"no half hour begins at 2026-10-05T10:00:00.000001Z"),
]


@pytest.mark.parametrize("table", ADD)
@pytest.mark.parametrize(("at", "message"), OFF)
async def test_half_hour_off_the_clock_is_refused_by_its_time(
    tx: Connection, table: str, at: datetime, message: str
) -> None:
    register = (await make_meter(tx, await make_esco(tx))).register
    with pytest.raises(asyncpg.CheckViolationError, match=message):
        await tx.execute(f"INSERT INTO {table} {ADD[table]}", register, at)


async def test_every_table_of_half_hours_is_tried_above(tx: Connection) -> None:
    assert {row[0] for row in await tx.fetch(HOLDING)} == ADD.keys()


async def test_reading_cannot_be_moved_off_the_clock(tx: Connection) -> None:
    register = (await make_meter(tx, await make_esco(tx))).register
    at = datetime(2026, 10, 5, 10, tzinfo=UTC)
    await tx.execute(f"INSERT INTO flows.register_interval_hh {ADD['flows.register_interval_hh']}", register, at)
    move = "UPDATE flows.register_interval_hh SET timestamp = timestamp + interval '1 second' WHERE register_id = $1"
    with pytest.raises(asyncpg.CheckViolationError, match="no half hour begins at 2026-10-05T10:00:01Z"):
        await tx.execute(move, register)


async def test_endless_time_is_no_half_hour(tx: Connection) -> None:
    register = (await make_meter(tx, await make_esco(tx))).register
    add = "INSERT INTO flows.register_interval_estimates VALUES ($1, 'infinity', 1, 'linear')"
    with pytest.raises(asyncpg.CheckViolationError, match="timestamp_from_2000_to_2199"):
        await tx.execute(add, register)


async def test_copy_into_a_partition_is_refused_whole(tx: Connection) -> None:
    """As meter-sync writes: past the parent and its triggers."""
    register = (await make_meter(tx, await make_esco(tx))).register
    on, off = datetime(2026, 10, 5, 10, tzinfo=UTC), datetime(2026, 10, 5, 10, 31, tzinfo=UTC)
    with pytest.raises(asyncpg.CheckViolationError, match="no half hour begins at 2026-10-05T10:31:00Z"):
        async with tx.transaction():
            await tx.copy_records_to_table(
                "register_interval_hh_2026_10", schema_name="flows", records=[(register, on, 1), (register, off, 1)]
            )
    assert await tx.fetchval("SELECT count(*) FROM flows.register_interval_hh WHERE register_id = $1", register) == 0


async def test_month_made_later_refuses_too(tx: Connection) -> None:
    register = (await make_meter(tx, await make_esco(tx))).register
    await tx.execute("SELECT flows.ensure_interval_partitions('2044-02-01', '2044-02-29')")
    add = "INSERT INTO flows.register_interval_hh VALUES ($1, '2044-02-29 23:59Z', 1)"
    with pytest.raises(asyncpg.CheckViolationError, match="no half hour begins at 2044-02-29T23:59:00Z"):
        await tx.execute(add, register)


@given(at=st.datetimes(timezones=st.just(UTC)))
def test_start_of_a_half_hour_is_one_and_no_other_instant_of_it(at: datetime) -> None:
    start = floor_half_hour(at)
    assert is_half_hour(start)
    assert is_half_hour(at) == (at == start)
    assert not is_half_hour(start + timedelta(microseconds=1))
