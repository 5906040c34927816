"""At most one worker talks to a meter, whatever the number of workers and however they end."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from databases import RoleUrl
from flows_meter_sync.errors import LeaseLost
from flows_meter_sync.leases import Leases
from flows_meter_sync.simulator.config import MeterConfig
from flows_shared.db import Database
from meter_sync.conftest import MakeCommunity
from waiting import until

ADD_METERS = """
    WITH esco AS (INSERT INTO flows.escos (name, code) VALUES ('Lab', 'LAB') RETURNING id)
    INSERT INTO flows.meter_registry (serial, esco)
    SELECT 'EML' || number, id FROM esco, generate_series(1, 20) AS number RETURNING id
"""


@pytest.fixture
async def own(role_url: RoleUrl, db: Database) -> AsyncIterator[Database]:
    database = await Database.open(role_url("flows_meter_sync"), name="meter-sync", size=5)
    yield database
    await database.close()


@pytest.fixture
async def meters(db: Database) -> list[UUID]:
    async with db.connection() as connection:
        return [row["id"] for row in await connection.fetch(ADD_METERS)]


def leases(own: Database, seconds: float = 5, rest_seconds: float = 0) -> Leases:
    return Leases(own, seconds=seconds, rest_seconds=rest_seconds)


@pytest.mark.parametrize(("rest_seconds", "pace_seconds"), [(0.0, 0.0), (0.04, 0.1)])
async def test_workers_that_want_the_same_meters_never_meet_at_one(
    community: MakeCommunity, rest_seconds: float, pace_seconds: float
) -> None:
    configs = [MeterConfig(f"EML{number}", latency_ms=5, rest_seconds=rest_seconds) for number in range(8)]
    lab = await community(*configs, meter_sync_pace_seconds=pace_seconds)
    async with lab.fleet(concurrency=5) as first, lab.fleet(concurrency=5) as second, lab.fleet() as third:
        passes = [lab.sync_with(fleet, "Csq", "Voltage", "Reads") for fleet in (first, second, third) for _ in "ab"]
        for outcomes in await asyncio.gather(*passes):
            assert [outcome.reason for outcome in outcomes.values()] == [None] * len(configs)
    assert lab.simulator.refused == 0
    assert {meter.counters.connections for meter in lab.simulator.meters.values()} == {6}


async def test_meter_is_one_workers_until_it_is_released(own: Database, meters: list[UUID]) -> None:
    mine, yours = leases(own), leases(own)
    assert await mine.take(meters[:12]) == set(meters[:12])
    assert await yours.take(meters) == set(meters[12:])
    assert await mine.take(meters) == set()  # not even twice by the same worker
    async with own.connection() as connection:
        await mine.release(connection, meters[:3])
    assert await yours.take(meters) == set(meters[:3])


async def test_workers_that_take_at_the_same_time_share_the_meters(own: Database, meters: list[UUID]) -> None:
    takers = [leases(own) for _ in range(5)]
    orders = [meters, meters[::-1], meters[10:] + meters[:10], meters, meters[::-1]]
    taken = await asyncio.gather(*(taker.take(order) for taker, order in zip(takers, orders, strict=True)))
    assert sorted(meter for part in taken for meter in part) == sorted(meters)


async def test_meter_of_a_worker_that_died_is_free_after_its_lease(own: Database, meters: list[UUID]) -> None:
    dead, alive = leases(own, seconds=0.3), leases(own)
    await dead.take(meters)
    assert await alive.take(meters) == set()
    await asyncio.sleep(0.35)
    assert await alive.take(meters) == set(meters)
    with pytest.raises(LeaseLost):
        dead.check(meters[0])
    await dead.extend()
    with pytest.raises(LeaseLost):
        dead.check(meters[0])
    alive.check(meters[0])


async def test_lease_is_kept_as_long_as_the_worker_lives(own: Database, meters: list[UUID]) -> None:
    mine, yours = leases(own, seconds=0.3), leases(own)
    await mine.take(meters)
    keeping = asyncio.create_task(mine.keep())
    for _ in range(8):
        await asyncio.sleep(0.1)
        mine.check(meters[0])
        assert await yours.take(meters) == set()
    keeping.cancel()


async def test_lease_that_ended_is_not_extended_by_who_held_it(own: Database, meters: list[UUID]) -> None:
    frozen, alive = leases(own, seconds=0.3), leases(own)
    await frozen.take(meters)
    await asyncio.sleep(0.35)
    await frozen.extend()
    assert await alive.take(meters) == set(meters)


async def test_released_meter_has_its_rest_before_the_next_worker(own: Database, meters: list[UUID]) -> None:
    mine, yours = leases(own, rest_seconds=0.3), leases(own)
    await mine.take(meters)
    await mine.release_all()
    with pytest.raises(LeaseLost):
        mine.check(meters[0])
    assert await yours.take(meters) == set()
    await asyncio.sleep(0.35)
    assert await yours.take(meters) == set(meters)


async def test_fleet_that_ends_frees_its_meters_and_keeps_what_it_read(community: MakeCommunity) -> None:
    lab = await community(*(MeterConfig(f"EML{number}", latency_ms=20) for number in range(20)))

    async def begun() -> bool:
        return sum(meter.counters.requests > 0 for meter in lab.simulator.meters.values()) > 4

    async with lab.fleet(concurrency=2) as fleet:
        syncing = asyncio.create_task(lab.sync_with(fleet, "Csq"))
        await until(begun)
        syncing.cancel()
    assert await lab.fetch("SELECT FROM flows.meter_leases WHERE expires_at > now()") == []
    [[healthy]] = await lab.fetch("SELECT count(*) FROM flows.meter_shadows WHERE health = 'healthy'")
    assert 0 < healthy < 20
    assert [outcome.reason for outcome in (await lab.sync("Csq")).values()] == [None] * 20


# The server ends every connection of the fleet's role and takes no new one, as while it recovers from a crash.
AWAY = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE usename = 'flows_meter_sync' AND datname = current_database()
"""
ACCEPT = """
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT {limit}', current_database()); END $$
"""


async def test_meter_is_not_locked_when_the_database_is_away_as_its_lease_ends(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    async with lab.fleet(lease_seconds=1) as fleet:
        async with fleet.alone_with(lab.ids["EML1"]):
            await lab.execute(ACCEPT.format(limit=0))
            await lab.fetch(AWAY)
        with pytest.raises(LeaseLost):
            fleet.leases.check(lab.ids["EML1"])
        await lab.execute(ACCEPT.format(limit=-1))
        async with asyncio.timeout(20):
            assert (await lab.sync_with(fleet, "Csq"))["EML1"].reason is None
