"""The data API's requests a second, against bare ASGI and asyncpg with the same rows (floor_api.py).

By itself, and within the gateway: with its logins, limits, log and metrics, as a machine with a token asks it. Beside
them PostGraphile on the same database, where npm can install it.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from subprocess import DEVNULL
from time import perf_counter
from typing import Final, TypeAlias
from uuid import UUID

from benchmarks.harness import Environment, Figure, benchmark
from flows_local.servers import free_port
from flows_shared.db import connect
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token

ROWS: Final = 5_000
CLIENTS: Final = 8
SECONDS: Final = 2.0
ROUNDS: Final = 3
GATEWAY_GOAL: Final = 0.3
POSTGRAPHILE: Final = "4.14.1"
INSTALL_SECONDS: Final = 120
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flows-bench"

FILL = f"""
    CREATE SCHEMA bench;
    CREATE TABLE bench.homes (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE bench.meters (id int PRIMARY KEY, serial text NOT NULL, home int NOT NULL REFERENCES bench.homes);
    CREATE TABLE bench.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
    INSERT INTO bench.homes SELECT n, 'Home ' || n FROM generate_series(1, {ROWS}) AS n;
    INSERT INTO bench.meters SELECT n, 'EML' || n, n FROM generate_series(1, {ROWS}) AS n;
    ANALYZE bench.homes, bench.meters;
    CREATE ROLE bench_anon;
    GRANT USAGE ON SCHEMA bench TO bench_anon, service;
    GRANT ALL ON ALL TABLES IN SCHEMA bench TO bench_anon, service;
"""
SECRET: Final = "a secret for measuring, long enough"
TOKEN: Final = sign_token(
    SECRET,
    subject=str(UUID(int=1)),
    role="service",
    lifetime=timedelta(hours=1),
    now=utc_now(),
    audience="authenticated",
    issuer="flows",
)

Make: TypeAlias = Callable[[int], bytes]


def _get(path: str, headers: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode()


def _one(number: int) -> bytes:
    return _get(f"/meters?id=eq.{number % ROWS + 1}")


def _one_of_gateway(number: int) -> bytes:
    headers = f"apikey: anon\r\nAuthorization: Bearer {TOKEN}\r\n"
    return _get(f"/rest/v1/meters?id=eq.{number % ROWS + 1}", headers)


def _one_of_graphql(number: int) -> bytes:
    query = f'{{"query":"{{meterById(id:{number % ROWS + 1}){{id serial home}}}}"}}'
    return _post("/graphql", query)


def _hundred(number: int) -> bytes:
    return _get(f"/meters?id=gte.{number % 1_000}&order=serial&limit=100")


def _embed(_number: int) -> bytes:
    return _get("/meters?select=id,serial,homes(name)&limit=1000")


def _insert(number: int) -> bytes:
    return _post("/notes", f'{{"body":"note {number}"}}')


def _post(path: str, body: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
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
    gateway_settings = {
        "FLOWS_DATABASE_URL": environment.postgres.url(url.rpartition("/")[2], "flows_gateway"),
        "FLOWS_REDIS_URL": environment.redis_url,
        "FLOWS_JWT_SECRET": SECRET,
        "FLOWS_API_REST_DB_SCHEMAS": "bench,public,flows",
        "FLOWS_API_RATE_ADDRESS": "100000000/min",
        "FLOWS_API_RATE_USER": "100000000/min",
    }
    async with (
        _served(["-m", "uvicorn", "--factory", "flows_api.rest.standalone:create_app"], settings) as ours,
        _served(["-m", "uvicorn", "--factory", "flows_api.app:create_app"], gateway_settings) as gateway,
        _served(["-m", "uvicorn", "benchmarks.floor_api:app"], {"FLOOR_URL": url}) as floor,
    ):
        figures = [
            await _figure(f"data API: {name}", {floor: make, ours: make}, goal) for name, (make, goal) in CASES.items()
        ]
        figures.append(await _figure("gateway: one row by key", {floor: _one, gateway: _one_of_gateway}, GATEWAY_GOAL))
        figures += await _beside(environment, url, floor)
    return figures


async def _figure(name: str, asked: dict[int, Make], goal: float) -> Figure:
    """The second port's rate, against that of the first."""
    rates: dict[int, list[float]] = {port: [] for port in asked}
    for _ in range(ROUNDS):
        for port, make in asked.items():
            rates[port].append(await _rate(port, make))
    base, own = (median(measured) for measured in rates.values())
    reference = f"bare ASGI and asyncpg: {base:,.0f} requests/s"
    return Figure(name, own, "requests/s", reference, own / base, goal, "at least")


async def _beside(environment: Environment, url: str, floor: int) -> list[Figure]:
    """What others make of the same rows; it has no goal."""
    place = await _postgraphile()
    if place is None:
        print("PostGraphile is left out: npm cannot install it here", file=sys.stderr)
        return []
    port = free_port()
    command = ["node", str(place / "node_modules/postgraphile/cli.js"), "-c", url, "-s", "bench", "-p", str(port)]
    command += ["--disable-graphiql", "--disable-query-log", "--max-pool-size", "10"]
    async with _running(command, {"NODE_ENV": "production"}, port):
        return [await _figure("PostGraphile: one row by key", {floor: _one, port: _one_of_graphql}, 0.0)]


async def _postgraphile() -> Path | None:
    """Installed once on this machine, if npm and a registry are there."""
    place = CACHE / f"postgraphile-{POSTGRAPHILE}"
    if not place.exists() and shutil.which("npm"):
        making = place.with_name(f"{place.name}.{os.getpid()}")
        making.mkdir(parents=True)
        install = ["npm", "install", "--prefix", str(making), "--no-audit", "--no-fund", f"postgraphile@{POSTGRAPHILE}"]
        process = await asyncio.create_subprocess_exec(*install, stdout=DEVNULL, stderr=DEVNULL)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), INSTALL_SECONDS)
        if process.returncode is None:
            process.kill()
        if process.returncode == 0:
            making.rename(place)
    return place if place.exists() else None


@asynccontextmanager
async def _served(arguments: list[str], settings: dict[str, str]) -> AsyncIterator[int]:
    port = free_port()
    command = [sys.executable, *arguments, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    async with _running(command, settings, port):
        yield port


@asynccontextmanager
async def _running(command: list[str], settings: dict[str, str], port: int) -> AsyncIterator[None]:
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            if not await _listening(port):
                log.seek(0)
                raise RuntimeError(f"{command} does not listen: {log.read()[-2_000:].decode()}")
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _listening(port: int) -> bool:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return True
    return False


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
