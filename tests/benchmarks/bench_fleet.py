"""A pass over 10,000 meters, against the same requests by the least client there can be, without a database."""

import asyncio
import multiprocessing
import os
import resource
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from time import perf_counter
from typing import Any, Final, cast
from uuid import UUID

import uvloop
from pydantic import SecretStr

from benchmarks.bench_sync import ADD_ESCO, ADD_METERS, Place
from benchmarks.harness import Environment, Figure, benchmark
from flows_meter_sync.emop import Exchange, objects, read
from flows_meter_sync.fleet import open_fleet
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.simulator.community import placed
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.server import Simulator
from flows_shared.db import Connection, Database, connect
from flows_shared.memory import collecting_rarely

METERS = 10_000
LATENCY_MS = 20
CONCURRENCY = 500
DEAD_SHARE = 20  # every so many-th
ROUNDS = 3
MOST_MIB = 250.0
OBJECTS: Final = (objects.SERIAL, objects.CSQ, objects.PREPAY_BALANCE, objects.READING_A)
METRICS: Final = ("SyncerSerial", "SyncerCsq", "SyncerPrepayBalance", "SyncerReads")
AWAY_SECONDS = 1.0  # a meter that was away in the last pass has so long to take a connection
FIRST_SECONDS = 5.0  # one that was not

ADD_REGISTERS = """
    INSERT INTO flows.meter_registers (meter_id, element, nature) SELECT id, 'SINGLE', 'power' FROM flows.meter_registry
"""
MOVE = "UPDATE flows.meter_registry SET ip_address = $2, port = $3 WHERE id = $1"
HEALTH = """
    SELECT count(*) FILTER (WHERE health = 'healthy') AS healthy,
           count(*) FILTER (WHERE health = 'unhealthy' AND health_code = 'meter.unreachable') AS dead
      FROM flows.meter_shadows
"""


@benchmark("fleet")
async def fleet(environment: Environment) -> list[Figure]:
    """All alive; one in twenty dead; two workers, whose meters overlap."""
    url = await environment.database()
    admin = await connect(url, name="bench")
    own_url = url.replace("//postgres@", "//flows_meter_sync@")
    with ExitStack() as stack:
        simulator = stack.enter_context(process(_simulate))
        places: list[Place] = await asyncio.to_thread(simulator.recv)
        ids = await _register(admin, places)
        bare_client, first, second = [
            stack.enter_context(process(target, argument))
            for target, argument in ((_ask_barely, places), (_work, own_url), (_work, own_url))
        ]
        bare: list[float] = []
        alive: list[float] = []
        for _ in range(ROUNDS):
            bare.append((await _tell(bare_client, None))[0])
            alive.append((await _tell(first, ids))[0])
        seconds, mebibytes = await _tell(first, ids)
        alive.append(seconds)
        assert await _health(admin) == (METERS, 0)
        passes = await asyncio.gather(_tell(first, ids[: METERS * 6 // 10]), _tell(second, ids[METERS * 4 // 10 :]))
        shared = max(seconds for seconds, _ in passes)
        refused = await _tell(simulator, None)
        assert refused == 0, f"{refused} meters were talked to by two at once"
        with black_hole() as port:
            dead = ids[::DEAD_SHARE]
            await admin.executemany(MOVE, [(id, f"127.79.{n // 250}.{n % 250 + 1}", port) for n, id in enumerate(dead)])
            await _tell(first, ids)  # finds out who is away
            with_dead = min([(await _tell(first, ids))[0] for _ in range(ROUNDS)])
            assert await _health(admin) == (METERS - len(dead), len(dead))
    await admin.close()
    fastest, least = min(bare), min(alive)
    reference, all_alive = f"bare client: {fastest:.2f} s", f"none dead: {least:.2f} s"
    return [
        Figure(f"pass over {METERS} meters", least, "s", reference, least / fastest, 1.5, "at most"),
        Figure("the same, shared by two workers", shared, "s", reference, shared / fastest, 1.5, "at most"),
        Figure("worker's memory", mebibytes, "MiB", f"{MOST_MIB:g} MiB", mebibytes / MOST_MIB, 1, "at most"),
        Figure(f"pass with {len(dead)} dead", with_dead, "s", all_alive, with_dead / least, 1.2, "at most"),
    ]


async def _health(db: Connection) -> tuple[int, int]:
    """How many meters are well, and how many have no way to them."""
    row = await db.fetchrow(HEALTH)
    assert row is not None
    return row["healthy"], row["dead"]


async def _register(admin: Connection, places: Sequence[Place]) -> list[UUID]:
    await admin.execute(ADD_METERS, await admin.fetchval(ADD_ESCO), *zip(*places, strict=True))
    await admin.execute(ADD_REGISTERS)
    await admin.execute("ANALYZE flows.meter_registry, flows.meter_shadows, flows.meter_registers")
    return [row["id"] for row in await admin.fetch("SELECT id FROM flows.meter_registry ORDER BY serial")]


async def _tell(pipe: "Pipe[Any, Any]", what: object) -> Any:
    await asyncio.to_thread(pipe.send, what)
    return await asyncio.to_thread(pipe.recv)


@contextmanager
def process(target: Any, *arguments: object) -> "Iterator[Pipe[Any, Any]]":
    """A process of its own, with a pipe to it."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    child = spawning.Process(target=target, args=(theirs, *arguments), daemon=True)
    child.start()
    try:
        yield ours
    finally:
        child.terminate()
        child.join()


@contextmanager
def black_hole() -> Iterator[int]:
    """A port of every loopback address at which nothing answers: its queue is full."""
    with socket.socket() as listener, ExitStack() as waiting:
        listener.bind(("0.0.0.0", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        for _ in range(4):
            filler = waiting.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port


def _simulate(pipe: "Pipe[Any, Any]") -> None:
    uvloop.run(_serve(pipe))


async def _serve(pipe: "Pipe[Any, Any]") -> None:
    """Tell the meters' places, and then how many connections were refused each time that somebody asks."""
    configs = [MeterConfig(f"EML{number:08}", prepay=True, latency_ms=LATENCY_MS) for number in range(METERS)]
    async with Simulator(placed(configs, "127.77.0.1", 0)) as simulator:
        pipe.send([Place(serial, *simulator.place(serial), "EMA1.w", True) for serial in simulator.meters])

        def tell() -> None:
            pipe.recv()
            pipe.send(simulator.refused)

        asyncio.get_running_loop().add_reader(pipe.fileno(), tell)
        with collecting_rarely():
            await asyncio.Event().wait()


def _work(pipe: "Pipe[Any, Any]", url: str) -> None:
    with Path(os.devnull).open("w") as log:
        sys.stdout = log
        uvloop.run(_sync(pipe, url))


async def _sync(pipe: "Pipe[Any, Any]", url: str) -> None:
    """A worker's fleet: each list of meters that comes is a pass."""
    settings = SyncSettings(
        meter_sync_networks="127.0.0.0/8",
        database_url=SecretStr(url),
        meter_sync_concurrency=CONCURRENCY,
        meter_sync_pace_seconds=0,
        meter_sync_connect_timeout_seconds=FIRST_SECONDS,
        meter_sync_away_timeout_seconds=AWAY_SECONDS,
        meter_sync_attempts=2,
    )
    db = await Database.open(url, name="bench meter-sync", size=5)
    async with open_fleet(db, settings) as fleet:
        while True:
            ids = await asyncio.to_thread(pipe.recv)
            started = perf_counter()
            await fleet.sync(ids, METRICS)
            pipe.send((perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


class Asker(asyncio.Protocol):
    """Asks its questions one after the other, and looks at nothing but where an answer ends."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self.left, self.buffer = list(reversed(requests)), b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.left.pop())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if len(self.buffer) < 2 or len(self.buffer) <= self.buffer[1]:
            return
        self.buffer = b""
        if self.left:
            self.transport.write(self.left.pop())
        else:
            self.transport.abort()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError())


def _ask_barely(pipe: "Pipe[Any, Any]", places: Sequence[Place]) -> None:
    uvloop.run(_pass_barely(pipe, places))


async def _pass_barely(pipe: "Pipe[Any, Any]", places: Sequence[Place]) -> None:
    loop = asyncio.get_running_loop()
    requests = [Exchange(read(wanted)).encode() for wanted in OBJECTS]

    async def ask(left: "Iterator[Place]") -> None:
        for place in left:
            _, asker = await loop.create_connection(lambda: Asker(requests), place.host, place.port)
            await asker.done

    while True:
        await asyncio.to_thread(pipe.recv)
        started, left = perf_counter(), iter(places)
        await asyncio.gather(*(ask(left) for _ in range(CONCURRENCY)))
        pipe.send((perf_counter() - started, 0.0))
