"""The data API's requests a second, against bare ASGI and asyncpg with the same rows (floor_api.py)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from statistics import median
from time import perf_counter
from typing import Final, TypeAlias

from benchmarks.harness import Environment, Figure, benchmark
from flows_local.servers import free_port
from flows_shared.db import connect

ROWS: Final = 5_000
CLIENTS: Final = 8
SECONDS: Final = 2.0
ROUNDS: Final = 3

FILL = f"""
    CREATE SCHEMA bench;
    CREATE TABLE bench.homes (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE bench.meters (id int PRIMARY KEY, serial text NOT NULL, home int NOT NULL REFERENCES bench.homes);
    CREATE TABLE bench.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
    INSERT INTO bench.homes SELECT n, 'Home ' || n FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO bench.meters SELECT n, 'EML' || n, n FROM generate_series(1, {ROWS}) AS n;
    ANALYZE bench.homes, bench.meters;
    CREATE ROLE bench_anon;
    GRANT USAGE ON SCHEMA bench TO bench_anon;
    GRANT ALL ON ALL TABLES IN SCHEMA bench TO bench_anon;
"""

Make: TypeAlias = Callable[[int], bytes]


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def _one(number: int) -> bytes:
    return _get(f"/meters?id=eq.{number % ROWS + 1}")


def _hundred(number: int) -> bytes:
    return _get(f"/meters?id=gte.{number % 1_000}&order=serial&limit=100")


def _embed(_number: int) -> bytes:
    return _get("/meters?select=id,serial,homes(name)&limit=1000")


def _insert(number: int) -> bytes:
    body = f'{{"body":"note {number}"}}'
    head = f"POST /notes HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n{body}".encode()


CASES: Final[dict[str, tuple[Make, float]]] = {
    "one row by key": (_one, 0.6),
    "100 rows filtered and ordered": (_hundred, 0.9),
    "1,000 rows with one embed": (_embed, 0.9),
    "insert of one row": (_insert, 0.6),
}


@benchmark("api")
async def api(environment: Environment) -> list[Figure]:
    url = await environment.database()
    admin = await connect(url, name="bench")
    await admin.execute(FILL)
    await admin.execute(f"ALTER DATABASE {url.rpartition('/')[2].partition('?')[0]} SET search_path = bench")
    await admin.close()
    settings = {
        "FLOWS_API_REST_DB_URI": url,
        "FLOWS_API_REST_DB_SCHEMAS": "bench",
        "FLOWS_API_REST_DB_ANON_ROLE": "bench_anon",
        "FLOWS_API_REST_DB_ONE_TRIP": "true",  # as in the gateway
        "FLOWS_LOG_LEVEL": "warning",
    }
    figures = []
    async with (
        _served(["-m", "uvicorn", "--factory", "flows_api.rest.standalone:create_app"], settings) as ours,
        _served(["-m", "uvicorn", "benchmarks.floor_api:app"], {"FLOOR_URL": url}) as floor,
    ):
        for name, (make, goal) in CASES.items():
            rates: dict[int, list[float]] = {floor: [], ours: []}
            for _ in range(ROUNDS):
                for port, measured in rates.items():
                    measured.append(await _rate(port, make))
            base, own = median(rates[floor]), median(rates[ours])
            reference = f"bare ASGI and asyncpg: {base:,.0f} requests/s"
            figures.append(Figure(f"data API: {name}", own, "requests/s", reference, own / base, goal, "at least"))
    return figures


@asynccontextmanager
async def _served(arguments: list[str], settings: dict[str, str]) -> AsyncIterator[int]:
    port = free_port()
    command = [sys.executable, *arguments, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **settings})
    try:
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                break
        else:
            raise RuntimeError(f"{' '.join(command)} does not listen")
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _rate(port: int, make: Make) -> float:
    """Requests a second, by clients that each ask again as soon as they are answered."""
    numbers, start = count(), perf_counter()
    done = await asyncio.gather(*(_ask(port, make, numbers, start + SECONDS) for _ in range(CLIENTS)))
    return sum(done) / (perf_counter() - start)


async def _ask(port: int, make: Make, numbers: Iterator[int], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while perf_counter() < until:
        writer.write(make(next(numbers)))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith((b"http/1.1 200", b"http/1.1 201")):
            raise RuntimeError(head.decode())
        _, found, rest = head.partition(b"content-length: ")
        if found:
            await reader.readexactly(int(rest.partition(b"\r\n")[0]))
        answered += 1
    writer.close()
    return answered
