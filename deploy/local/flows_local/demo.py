"""`flows demo`: everything on this machine, with a community that has been read, billed and told."""

import asyncio
import fcntl
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from flows_api.auth.anon import anon_key
from flows_local.greeting import greet
from flows_local.mail_sink import MailSink
from flows_local.month import bill, enqueue_reads, is_billed, wait_for_mails, wait_for_reads
from flows_local.ports import free_ports, is_free
from flows_local.processes import Supervisor
from flows_local.programs import DATABASE, Places, gateway_settings, services, simulator
from flows_local.progress import Steps, show_steps
from flows_local.seed.network import ESCO
from flows_local.seed.seed import Seeded, seed
from flows_local.seed.store import set_app_url
from flows_local.servers import Postgres, Valkey
from flows_local.settings import FRIENDLY_PORT, DemoSettings
from flows_local.simulated import describe_meters, place_meters
from flows_shared.db import Connection, connect
from flows_shared.errors import ConflictError
from flows_shared.logs import configure_logging
from flows_shared.migrate import upgrade
from flows_shared.settings import LogSettings
from flows_shared.time import LONDON, Month, local_date, utc_now

# A crash of the machine may cost the last moments, never more.
POSTGRES_SETTINGS = {"synchronous_commit": "off"}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PlaceTaken(ConflictError):
    """Something else has the port or the data directory."""

    code = "local.place_taken"


async def run_demo(settings: DemoSettings) -> None:
    """Start everything, and end it on Ctrl-C or SIGTERM."""
    configure_logging(LogSettings(log_level="warning", log_format="text"), "demo")
    data = settings.data_dir.expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True)
    _cancel_on_signals()
    with _claimed(data):
        try:
            await _demo(settings, data)
        except asyncio.CancelledError:
            print(f"\nStopped; the data stays in {data}", flush=True)


async def _demo(settings: DemoSettings, data: Path) -> None:
    async with AsyncExitStack() as stack:
        with show_steps() as steps:
            with steps.step("Starting PostgreSQL and Valkey"):
                places = _start_servers(stack, settings, data)
                mails = stack.enter_context(MailSink(data / "mails", places.mail_port))
            with steps.step(f"Preparing the database and {settings.demo_homes} homes"):
                db = await stack.enter_async_context(_open_database(places.postgres))
                seeded, meters = await _prepare(db, settings, places)
                (data / "meters.yaml").write_text(meters)
            supervisor = await stack.enter_async_context(Supervisor(data / "logs"))
            with steps.step("Starting the simulator, four services and three workers"):
                for program in (simulator(data / "meters.yaml"), *services(places)):
                    supervisor.start(program)
                await supervisor.wait_until_ready()
            await supervisor.guard(_catch_up(db, places, seeded, steps))
        anon = anon_key(gateway_settings(places), utc_now())
        print(greet(places.gateway_url, data, mails.directory, mails.count(), seeded, anon), flush=True)
        await supervisor.watch()


def _start_servers(stack: AsyncExitStack, settings: DemoSettings, data: Path) -> Places:
    postgres_port, valkey_port, mail_port, other_port = free_ports(4)
    postgres = Postgres(data / "postgres", port=postgres_port, settings=POSTGRES_SETTINGS)
    valkey = Valkey(data / "valkey", port=valkey_port)
    gateway_port = _gateway_port(settings, other_port)
    stack.enter_context(postgres)
    stack.enter_context(valkey)
    return Places(postgres, valkey, gateway_port, mail_port, _jwt_secret(data / "jwt-secret"))


async def _prepare(db: Connection, settings: DemoSettings, places: Places) -> tuple[Seeded, str]:
    """Migrate, seed what is not there yet, give the meters their places; and what the simulator is told of them."""
    now = utc_now()
    await upgrade(places.postgres.url(DATABASE))
    async with db.transaction():
        seeded = await seed(db, settings.demo_homes, now, places.gateway_url)
        await set_app_url(db, ESCO, places.gateway_url)
        meters = await place_meters(db)
        return seeded, await describe_meters(db, meters, now)


async def _catch_up(db: Connection, places: Places, seeded: Seeded, steps: Steps) -> None:
    """Have the meters read; wait for it, and for last month's bills and mails, unless an earlier start did."""
    jobs = await enqueue_reads(db)
    month = Month.of(local_date(utc_now(), LONDON)).previous()
    if not seeded.added and await is_billed(db, month):
        return
    with steps.step(f"Reading {seeded.meters} meters, back to the start of {month}") as step:
        await wait_for_reads(db, jobs, step)
    async with httpx.AsyncClient(base_url=places.gateway_url, timeout=30) as gateway:
        with steps.step(f"Billing {month}") as step:
            await bill(gateway, seeded.admin, month, step)
    with steps.step("Mailing the invoices") as step:
        await wait_for_mails(db, step)


@asynccontextmanager
async def _open_database(postgres: Postgres) -> AsyncIterator[Connection]:
    """The demo's database, made at the first start."""
    server = await connect(postgres.url(), name="flows demo")
    try:
        if not await server.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", DATABASE):
            await server.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await server.close()
    connection = await connect(postgres.url(DATABASE), name="flows demo")
    try:
        yield connection
    finally:
        connection.terminate()


def _gateway_port(settings: DemoSettings, other: int) -> int:
    if settings.demo_port is None:
        return FRIENDLY_PORT if is_free(FRIENDLY_PORT) else other
    if not is_free(settings.demo_port):
        raise PlaceTaken(f"FLOWS_DEMO_PORT: something else listens on port {settings.demo_port}")
    return settings.demo_port


def _jwt_secret(file: Path) -> str:
    """Made at the first start; tokens given then are good after the next."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


@contextmanager
def _claimed(data: Path) -> Iterator[None]:
    """One demo at a time in a data directory; the claim ends with the process, however it ends."""
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PlaceTaken(f"a demo is running in {data}: end it, or set FLOWS_DATA_DIR to another place") from None
        yield


def _cancel_on_signals() -> None:
    """The first signal cancels; while everything is being ended no other one changes that."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def stop() -> None:
        for number in SIGNALS:
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
