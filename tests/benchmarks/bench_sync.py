"""A pass over 500 meters, against what their own answers take."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

import uvloop
from pydantic import SecretStr

from benchmarks.harness import Environment, Figure, benchmark
from flows_meter_sync.fleet import Fleet, open_fleet
from flows_meter_sync.registry import due_meters, due_metrics
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.simulator.community import mixture
from flows_meter_sync.simulator.server import Simulator
from flows_shared.db import Database
from flows_shared.memory import collecting_rarely

METERS = 500
LATENCY_MS = 20
CONCURRENCY = 50
ROUNDS = 5
GOAL = 1.3
MOST_QUESTIONS = 5  # a three-phase meter: its signal, three voltages, its events
PACE_SECONDS = 2.0
MOST_A_SECOND = 40

ADD_ESCO = "INSERT INTO flows.escos (name, code) VALUES ('Bench', 'BENCH') RETURNING id"
ADD_METERS = """
    INSERT INTO flows.meter_registry (serial, esco, ip_address, port, hardware, prepay_enabled)
    SELECT serial, $1, host::inet, port, hardware, prepay
      FROM unnest($2::text[], $3::text[], $4::integer[], $5::text[], $6::boolean[])
        AS meter (serial, host, port, hardware, prepay)
"""
HEALTHY = "SELECT count(*) FROM flows.meter_shadows WHERE health = 'healthy'"


class Place(NamedTuple):
    """Where a simulated meter listens, and what it is."""

    serial: str
    host: str
    port: int
    hardware: str
    prepay: bool


class Meters:
    """Simulated meters in a process of their own."""

    def __init__(self, pipe: "Pipe[Any, Any]") -> None:
        self._pipe = pipe
        self.places: list[Place] = pipe.recv()

    def requests(self) -> int:
        """How many they have been asked, all together."""
        self._pipe.send(None)
        count: int = self._pipe.recv()
        return count


@benchmark("sync")
async def sync(environment: Environment) -> list[Figure]:
    """All hourly metrics of every meter, stored; the meters' events were read before, as in any hour but the first."""
    url = await environment.database()
    with simulated_meters() as meters:
        changed = {"meter_sync_concurrency": CONCURRENCY, "meter_sync_pace_seconds": 0}
        seconds, requests = await asyncio.to_thread(uvloop.run, _measure(url, meters, ROUNDS, changed))
    answers = requests * LATENCY_MS / 1000 / CONCURRENCY
    reference = f"{requests} answers of {LATENCY_MS} ms / {CONCURRENCY}: {answers:.2f} s"
    return [Figure(f"sync of {METERS} meters", seconds, "s", reference, seconds / answers, GOAL, "at most")]


@benchmark("closing")
async def closing(environment: Environment) -> list[Figure]:
    """The same at defaults, of meters that close after each answer: what the slowest of them takes is the limit."""
    url = await environment.database()
    with simulated_meters(keep_open=False) as meters:
        seconds, requests = await asyncio.to_thread(uvloop.run, _measure(url, meters, 1, {}))
    questions = MOST_QUESTIONS
    least = (questions - 1) * PACE_SECONDS + questions * LATENCY_MS / 1000
    reference = f"{questions} questions with {PACE_SECONDS:g} s between two: {least:.2f} s"
    name = f"sync of {METERS} meters that close, {requests / METERS:.1f} questions each"
    speed, wanted = METERS / seconds, f"{MOST_A_SECOND} a second"
    return [
        Figure(name, seconds, "s", reference, seconds / least, GOAL, "at most"),
        Figure("meters that close", speed, "a second", wanted, speed / MOST_A_SECOND, 1, "at least"),
    ]


async def _measure(url: str, meters: Meters, rounds: int, changed: dict[str, Any]) -> tuple[float, int]:
    """Median seconds of a pass, and the requests of one."""
    admin = await Database.open(url, name="bench", size=1)
    async with admin.transaction() as transaction:
        await transaction.execute(ADD_METERS, await transaction.fetchval(ADD_ESCO), *zip(*meters.places, strict=True))
        ids, metrics = await due_meters(transaction), await due_metrics(transaction, "hourly")
    own_url = url.replace("//postgres@", "//flows_meter_sync@")
    db = await Database.open(own_url, name="bench meter-sync", size=5)
    settings = SyncSettings(meter_sync_networks="127.0.0.0/8", database_url=SecretStr(own_url)).model_copy(
        update=changed
    )
    async with open_fleet(db, settings) as fleet:
        await _pass(fleet, ids, metrics)
        await asyncio.sleep(settings.meter_sync_pace_seconds)  # the meters' rest after it
        before = meters.requests()
        seconds = [await _pass(fleet, ids, metrics) for _ in range(rounds)]
        requests = (meters.requests() - before) // rounds
    async with admin.connection() as connection:
        assert await connection.fetchval(HEALTHY) == METERS
    await db.close()
    await admin.close()
    return median(seconds), requests


async def _pass(fleet: Fleet, ids: list[UUID], metrics: list[str]) -> float:
    started = perf_counter()
    outcomes = await fleet.sync(ids, metrics)
    assert [outcome.reason for outcome in outcomes] == [None] * METERS
    return perf_counter() - started


@contextmanager
def simulated_meters(
    count: int = METERS, latency_ms: float = LATENCY_MS, *, keep_open: bool = True
) -> Iterator[Meters]:
    """Meters on one address, until the context ends."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_simulate, args=(theirs, count, latency_ms, keep_open), daemon=True)
    process.start()
    try:
        yield Meters(ours)
    finally:
        process.terminate()
        process.join()


def _simulate(pipe: "Pipe[Any, Any]", count: int, latency_ms: float, keep_open: bool) -> None:
    uvloop.run(_serve(pipe, count, latency_ms, keep_open))


async def _serve(pipe: "Pipe[Any, Any]", count: int, latency_ms: float, keep_open: bool) -> None:
    """Tell the meters' places, and then the number of requests each time that somebody asks."""
    configs = [replace(config, port=0) for config in mixture(count, latency_ms=latency_ms, keep_open=keep_open)]
    async with Simulator(configs) as simulator:

        def tell() -> None:
            pipe.recv()
            pipe.send(sum(meter.counters.requests for meter in simulator.meters.values()))

        asyncio.get_running_loop().add_reader(pipe.fileno(), tell)
        pipe.send(
            [
                Place(serial, *simulator.place(serial), str(meter.config.hardware), meter.config.prepay)
                for serial, meter in simulator.meters.items()
            ]
        )
        with collecting_rarely():
            await asyncio.Event().wait()
