"""Worker processes as an operator runs them, killed and stopped in the middle of their work."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import httpx
import pytest
from arq.connections import ArqRedis

from databases import RoleUrl
from flows_local.servers import Valkey, free_port
from flows_shared.contracts.job import Call
from flows_shared.db import Database
from flows_shared.outbox import enqueue, enqueue_many
from flows_shared.queue import QueuedJob, push, queue_name
from flows_shared.relay import OUTBOX_FUNCTION
from flows_shared.telemetry.trace import bind_work
from processes import FlowsProcess
from waiting import until

SERVICE = "billing"
PROGRAM = str(Path(__file__).with_name("effects_worker.py"))
QUICK = {
    "FLOWS_OUTBOX_POLL_SECONDS": "0.1",
    "FLOWS_OUTBOX_RESEND_SECONDS": "1",
    "FLOWS_OUTBOX_LEASE_SECONDS": "1",
    "FLOWS_OUTBOX_HEARTBEAT_SECONDS": "0.2",
}
StartWorker: TypeAlias = Callable[..., FlowsProcess]


class Effects:
    """What the jobs have done, and what they have still to do."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def add(self, job: str, *arguments: Any) -> UUID:
        async with self.db.transaction() as transaction:
            return await enqueue(transaction, Call(SERVICE, job, arguments))

    async def names(self) -> list[str]:
        async with self.db.connection() as connection:
            return [row["name"] for row in await connection.fetch("SELECT name FROM effects ORDER BY name")]

    async def undone(self) -> int:
        async with self.db.connection() as connection:
            return int(await connection.fetchval("SELECT count(*) FROM flows.outbox WHERE failed_at IS NULL"))

    async def all_done(self) -> bool:
        return await self.undone() == 0

    async def running(self) -> bool:
        async with self.db.connection() as connection:
            return bool(await connection.fetchval("SELECT count(*) FROM flows.outbox WHERE lease_until > now()"))


@pytest.fixture
async def effects(db: Database) -> Effects:
    async with db.connection() as connection:
        await connection.execute("CREATE TABLE effects (name text, attempt int, request_id text)")
        await connection.execute("GRANT SELECT, INSERT ON effects TO flows_billing")
    return Effects(db)


@pytest.fixture
def start_worker(
    effects: Effects, settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path
) -> Iterator[StartWorker]:
    """Starts a worker process with the billing service's own login role; whatever still runs is killed at the end."""
    started: list[FlowsProcess] = []

    def start(**variables: str) -> FlowsProcess:
        settings = {**settings_env, "FLOWS_DATABASE_URL": role_url("flows_billing"), **QUICK, **variables}
        started.append(FlowsProcess([PROGRAM], settings, tmp_path / f"worker-{len(started)}.log"))
        started[-1].wait_for("started")
        return started[-1]

    yield start
    for process in started:
        process.kill()


async def test_jobs_run_once_each_with_two_workers(effects: Effects, start_worker: StartWorker) -> None:
    start_worker(), start_worker()
    names = [f"{number:04}" for number in range(1_000)]
    async with effects.db.transaction() as transaction:
        await enqueue_many(transaction, [Call(SERVICE, "record", (name,)) for name in names])
    await until(effects.all_done)
    assert await effects.names() == names


async def test_killed_worker_costs_its_jobs_only_a_lease(effects: Effects, start_worker: StartWorker) -> None:
    first = start_worker()
    await effects.add("record_after", "once", 1.0)
    await until(effects.running)
    first.kill()
    start_worker()
    await until(effects.all_done)
    assert await effects.names() == ["once"]


async def test_worker_killed_again_and_again_loses_and_doubles_nothing(
    effects: Effects, start_worker: StartWorker
) -> None:
    names = [f"{number:04}" for number in range(300)]
    async with effects.db.transaction() as transaction:
        await enqueue_many(transaction, [Call(SERVICE, "record_after", (name, 0.05)) for name in names])
    for _ in range(3):
        worker = start_worker(FLOWS_WORKER_MAX_JOBS="20")
        before = len(await effects.names())

        async def further(before: int = before) -> bool:
            return len(await effects.names()) >= before + 20

        await until(further)
        worker.kill()
    start_worker()
    await until(effects.all_done)
    assert await effects.names() == names


async def test_stopped_worker_finishes_what_it_runs(effects: Effects, start_worker: StartWorker) -> None:
    worker = start_worker()
    await effects.add("record_after", "finished", 1.0)
    await until(effects.running)
    assert worker.terminate() == 0
    assert await effects.names() == ["finished"]
    assert await effects.undone() == 0


async def test_job_sent_again_while_it_runs_is_still_finished_by_a_worker_told_to_stop(
    effects: Effects, start_worker: StartWorker, redis: ArqRedis
) -> None:
    worker = start_worker()
    job = await effects.add("record_after", "finished", 3.0)
    await until(effects.running)
    await push(redis, queue_name(SERVICE), [QueuedJob(f"{job}-0", OUTBOX_FUNCTION, (str(job),))], again=True)
    await effects.add("record", "after")  # once it is done, the worker has seen what was sent again

    async def seen() -> bool:
        return await effects.names() == ["after"]

    await until(seen)
    assert worker.terminate() == 0
    assert await effects.names() == ["after", "finished"]
    assert "KeyError" not in worker.log.read_text()


async def test_stopped_worker_hands_back_what_takes_longer_than_the_grace(
    effects: Effects, start_worker: StartWorker
) -> None:
    worker = start_worker(FLOWS_WORKER_GRACE_SECONDS="0.2", FLOWS_OUTBOX_LEASE_SECONDS="60")
    await effects.add("record_after", "handed back", 3.0)
    await until(effects.running)
    assert worker.terminate(seconds=3) == 0
    assert not await effects.running()
    start_worker(FLOWS_OUTBOX_LEASE_SECONDS="60")
    await until(effects.all_done)
    assert await effects.names() == ["handed back"]


async def test_job_that_swallows_a_cancellation_does_not_keep_its_worker_from_stopping(
    effects: Effects, start_worker: StartWorker
) -> None:
    worker = start_worker(FLOWS_WORKER_GRACE_SECONDS="0.1")
    await effects.add("swallow_a_cancellation")
    await until(effects.running)
    assert worker.terminate() == 0
    assert await effects.undone() == 1


async def test_retry_and_failure_end_as_they_should(effects: Effects, start_worker: StartWorker) -> None:
    start_worker()
    await effects.add("record_at_third_try", "third time lucky")
    await effects.add("fail", "no tariff")
    await until(effects.all_done)
    assert await effects.names() == ["third time lucky"]
    async with effects.db.connection() as connection:
        assert await connection.fetchval("SELECT last_error FROM flows.outbox") == "ValueError: no tariff"


async def test_request_id_follows_from_job_to_job_and_into_the_logs(
    effects: Effects, start_worker: StartWorker
) -> None:
    worker = start_worker()
    with bind_work(request_id="req-42"):
        await effects.add("record_follower", "followed")
    await until(effects.all_done)
    async with effects.db.connection() as connection:
        assert await connection.fetchval("SELECT request_id FROM effects") == "req-42"
    logged = {(event["job"], event["request_id"], event["outcome"]) for event in worker.events("job")}
    assert logged == {("record_follower", "req-42", "done"), ("record", "req-42", "done")}


async def test_worker_tells_its_health_and_metrics(effects: Effects, start_worker: StartWorker) -> None:
    port = free_port()
    worker = start_worker(FLOWS_WORKER_METRICS_PORT=str(port))
    await effects.add("record", "measured")
    await until(effects.all_done)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        metrics = (await client.get("/metrics")).text
    assert ready.json() == {"status": "ready", "checks": {"database": "ok", "queue": "ok"}}
    assert 'flows_job_seconds_count{job="record",outcome="done",service="billing"} 1.0' in metrics
    assert 'flows_outbox_rows{service="billing",state="failed"} 0.0' in metrics
    assert 'flows_outbox_lag_seconds{service="billing"}' in metrics
    assert worker.terminate() == 0


async def test_settings_are_logged_without_their_secrets(
    start_worker: StartWorker, settings_env: dict[str, str]
) -> None:
    [starting] = start_worker().events("starting")
    assert starting["settings"]["FLOWS_JWT_SECRET"] == "***"
    assert settings_env["FLOWS_JWT_SECRET"] not in json.dumps(starting)
    assert starting["settings"]["FLOWS_OUTBOX_RESEND_SECONDS"] == "1.0"


async def test_flushed_queue_loses_no_work(effects: Effects, start_worker: StartWorker, redis: ArqRedis) -> None:
    worker = start_worker(FLOWS_WORKER_MAX_JOBS="1")
    await effects.add("record_after", "a", 0.5)
    await until(effects.running)
    await effects.add("record", "b")

    async def queued() -> bool:
        return int(await redis.zcard(queue_name(SERVICE))) >= 2

    await until(queued)
    await redis.flushdb()
    await until(effects.all_done)
    assert await effects.names() == ["a", "b"]
    assert worker.events("outbox_sent_again")


@pytest.fixture
def valkey(server_directory: Path) -> Iterator[Valkey]:
    """A server of the test's own, to be killed."""
    with Valkey(server_directory / "valkey") as server:
        yield server


async def test_worker_outlives_its_queue_server(effects: Effects, start_worker: StartWorker, valkey: Valkey) -> None:
    worker = start_worker(FLOWS_REDIS_URL=valkey.url())
    await effects.add("record_after", "running while it died", 1.0)
    await until(effects.running)
    valkey.kill()
    await effects.add("record", "written while it was away")
    worker.wait_for("queue_lost")
    valkey.restart()
    await until(effects.all_done)
    assert await effects.names() == ["running while it died", "written while it was away"]
    assert worker.terminate() == 0


async def test_worker_starts_and_stops_without_its_queue_server(
    effects: Effects, start_worker: StartWorker, valkey: Valkey
) -> None:
    valkey.kill()
    worker = start_worker(FLOWS_REDIS_URL=valkey.url())
    worker.wait_for("queue_lost")
    await effects.add("record", "waits")
    valkey.restart()
    await until(effects.all_done)
    valkey.kill()
    worker.wait_for("queue_lost", count=len(worker.events("queue_lost")) + 1)
    assert worker.terminate() == 0


def test_monitoring_port_in_use_ends_the_start(settings_env: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        variables = {**settings_env, "FLOWS_WORKER_METRICS_PORT": str(port)}
        with FlowsProcess([PROGRAM], variables, tmp_path / "worker.log") as worker:
            assert worker.process.wait(20) == 1
    assert f"FLOWS_WORKER_METRICS_PORT: cannot listen on 127.0.0.1:{port}" in worker.log.read_text()
