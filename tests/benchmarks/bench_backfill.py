"""A month of half hours of 1,000 meters over EMOP into the table, against COPY of the same rows; then once more."""

import asyncio
from datetime import timedelta
from time import perf_counter
from uuid import UUID

import uvloop
from pydantic import SecretStr

from benchmarks.bench_sync import ADD_ESCO, ADD_METERS, Meters, simulated_meters
from benchmarks.harness import Environment, Figure, benchmark
from flows_meter_sync.fleet import Fleet, open_fleet
from flows_meter_sync.registry import due_meters
from flows_meter_sync.settings import SyncSettings
from flows_shared.db import Database
from flows_shared.time import floor_half_hour, utc_now

METERS = 1_000
DAYS = 30
CONCURRENCY = 100
GOAL = 0.15

# One register each, of the single or first element: twin and solar meters too have an import log.
ADD_REGISTERS = """
    INSERT INTO flows.meter_registers (meter_id, element, nature, start_time)
    SELECT id, CASE WHEN hardware = 'C1.w' THEN 'A' ELSE 'SINGLE' END, 'power', $1 FROM flows.meter_registry
"""
ROWS = "SELECT register_id, timestamp, kwh FROM flows.register_interval_hh"
PLAIN = "CREATE TABLE plain (register_id uuid, timestamp timestamptz, kwh numeric)"


@benchmark("backfill")
async def backfill(environment: Environment) -> list[Figure]:
    """Connections are kept open, as the simulated meters let; the second pass must find nothing to store."""
    url = await environment.database()
    with simulated_meters(METERS, latency_ms=0) as meters:
        rows, seconds, again = await asyncio.to_thread(uvloop.run, _measure(url, meters))
    copied = await asyncio.to_thread(uvloop.run, _copy(url))
    reference = f"copy_records_to_table, no keys: {rows / copied:,.0f} rows/s"
    return [
        Figure(f"back-fill of {DAYS} days", rows / seconds, "rows/s", reference, copied / seconds, GOAL, "at least"),
        Figure("the same again", again, "s", f"the first time: {seconds:.1f} s", again / seconds, 0.1, "at most"),
    ]


async def _measure(url: str, meters: Meters) -> tuple[int, float, float]:
    """Rows stored, the seconds that took, and the seconds of a pass that finds all there."""
    now = floor_half_hour(utc_now())
    own_url = url.replace("//postgres@", "//flows_meter_sync@")
    admin, own = await Database.open(url, name="bench", size=1), await Database.open(own_url, name="bench", size=5)
    async with admin.transaction() as transaction:
        await transaction.execute(ADD_METERS, await transaction.fetchval(ADD_ESCO), *zip(*meters.places, strict=True))
        await transaction.execute(ADD_REGISTERS, now - timedelta(days=DAYS))
        ids = await due_meters(transaction)
    settings = SyncSettings(
        meter_sync_networks="127.0.0.0/8",
        database_url=SecretStr(own_url),
        meter_sync_concurrency=CONCURRENCY,
        meter_sync_pace_seconds=0,
    )
    async with open_fleet(own, settings, lambda: now) as fleet:
        stored, seconds = await _pass(fleet, ids)
        nothing, again = await _pass(fleet, ids)
    await own.close()
    await admin.close()
    assert (stored, nothing) == (METERS * DAYS * 48, 0)
    return stored, seconds, again


async def _pass(fleet: Fleet, ids: list[UUID]) -> tuple[int, float]:
    started = perf_counter()
    outcomes = await fleet.sync(ids, ["SyncerProfileLog"])
    assert [outcome.reason for outcome in outcomes] == [None] * METERS
    return sum(outcome.readings for outcome in outcomes), perf_counter() - started


async def _copy(url: str) -> float:
    db = await Database.open(url, name="bench", size=1)
    async with db.connection() as connection:
        rows = [tuple(row) for row in await connection.fetch(ROWS)]
        await connection.execute(PLAIN)
        started = perf_counter()
        await connection.copy_records_to_table("plain", records=rows, columns=("register_id", "timestamp", "kwh"))
        seconds = perf_counter() - started
    await db.close()
    return seconds
