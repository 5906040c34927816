"""PostgreSQL, or one connection of it, that stands still: leases are kept by another one, and nobody waits for ever."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from arq.connections import ArqRedis

from builders import make_esco, make_meter
from databases import RoleUrl
from flows_local.servers import Postgres
from flows_meter_sync.errors import LeaseLost
from flows_meter_sync.leases import Leases
from flows_shared.contracts.job import Call, Handler
from flows_shared.db import Database
from flows_shared.jobs import JobRunner, Worker
from flows_shared.outbox import enqueue
from flows_shared.settings import ServiceSettings, load_settings
from flows_shared.tasks import cancel_all
from waiting import until

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name LIKE $1"


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def backends(db: Database, name: str) -> list[int]:
    async with db.connection() as connection:
        return [row["pid"] for row in await connection.fetch(BACKENDS, name)]


async def value(db: Database, query: str, *arguments: Any) -> Any:
    async with db.connection() as connection:
        return await connection.fetchval(query, *arguments)


@pytest.fixture
async def own(role_url: RoleUrl) -> AsyncIterator[Database]:
    database = await Database.open(role_url("flows_meter_sync"), name="frozen meter-sync", size=1)
    yield database
    database.pool.terminate()


@pytest.fixture
async def meter(db: Database) -> UUID:
    async with db.transaction() as transaction:
        return (await make_meter(transaction, await make_esco(transaction))).id


async def test_job_keeps_its_lease_while_the_heartbeats_connection_stands_still(
    db: Database, settings_env: dict[str, str], redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(_worker: Worker[ServiceSettings]) -> None:
        await finish.wait()

    async def lease() -> datetime | None:
        at: datetime | None = await value(db, "SELECT lease_until FROM flows.outbox WHERE id = $1", job)
        return at

    async def beats() -> bool:
        return bool(await backends(db, "billing leases")) and await lease() is not None

    async def is_extended() -> bool:
        now = await lease()
        return now is not None and before is not None and now > before

    monkeypatch.setenv("FLOWS_OUTBOX_LEASE_SECONDS", "3")
    monkeypatch.setenv("FLOWS_OUTBOX_HEARTBEAT_SECONDS", "0.2")
    monkeypatch.setenv("FLOWS_OUTBOX_POLL_SECONDS", "0.1")
    worker, finish = Worker("billing", load_settings(ServiceSettings), db, redis), asyncio.Event()
    runner = JobRunner(worker, [Handler("wait", wait)])
    async with db.transaction() as transaction:
        job = await enqueue(transaction, Call("billing", "wait"))
    running = asyncio.create_task(runner.run(str(job)))
    heartbeat = asyncio.create_task(runner.keep_leases())
    await until(beats)
    with frozen(*await backends(db, "billing leases")):
        before = await lease()
        await until(is_extended)
        before = await lease()
        await until(is_extended)
    finish.set()
    await running
    await cancel_all([heartbeat])


async def test_meter_stays_leased_while_the_connection_of_its_lease_stands_still(
    db: Database, own: Database, meter: UUID
) -> None:
    leases, ends = Leases(own, seconds=3, rest_seconds=0), "SELECT expires_at FROM flows.meter_leases"
    await leases.take([meter])
    first = await value(db, ends)

    async def is_extended() -> bool:
        leases.check(meter)
        return bool(await value(db, ends) > first)

    keeping = asyncio.create_task(leases.keep())
    with frozen(*await backends(db, "frozen meter-sync")):
        await until(is_extended)
    await cancel_all([keeping])


async def test_nobody_waits_for_a_server_that_stands_still(
    db: Database, own: Database, meter: UUID, postgres: Postgres
) -> None:
    leases = Leases(own, seconds=6, rest_seconds=0)
    await leases.take([meter])
    assert postgres.process is not None
    with frozen(postgres.process.pid, *await backends(db, "%")):
        async with asyncio.timeout(20):
            for _ in "ab":  # the connection that was there, and a new one that nobody takes
                with pytest.raises(TimeoutError):
                    await leases.extend()
    again = Leases(own, seconds=6, rest_seconds=0)

    async def is_free() -> bool:
        return await again.take([meter]) == {meter}

    await until(is_free)
    with pytest.raises(LeaseLost):
        leases.check(meter)
