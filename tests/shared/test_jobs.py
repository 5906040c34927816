"""How a run of a job ends, and what of it others can see."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from flows_shared.contracts.job import Call, Handler
from flows_shared.db import Database
from flows_shared.jobs import JobRunner, Worker, complete_job
from flows_shared.outbox import enqueue
from flows_shared.settings import ServiceSettings
from flows_shared.tasks import cancel_all
from flows_shared.telemetry.trace import bind_work, current_request_id
from shared.bench import SERVICE, Bench
from waiting import until

HEARTBEATS = """
    SELECT pid FROM pg_stat_activity
     WHERE application_name = 'billing leases' AND datname = current_database() AND state = 'idle'
"""


async def test_job_on_the_queue_twice_runs_once(bench: Bench) -> None:
    job_id = await bench.add("note", "once")
    await bench.send()
    await asyncio.gather(*(bench.runner.run(str(job_id)) for _ in range(10)))
    assert bench.ran == [("once", 1)]


async def test_retry_keeps_its_reason_and_waits(bench: Bench) -> None:
    job_id = await bench.add("retry", 60)
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert (row["last_error"], row["attempts"], row["sent_at"]) == ("ValueError: not yet", 1, None)
    assert 50 < (row["not_before"] - datetime.now(UTC)).total_seconds() <= 60
    assert await bench.send() == 0
    await bench.runner.run(str(job_id))  # a copy that was on the queue too
    row = await bench.row(job_id)
    assert row is not None
    assert row["attempts"] == 1


async def test_job_that_nothing_helps_is_given_up(bench: Bench) -> None:
    job_id = await bench.add("retry", 0)
    await bench.set(job_id, "attempts = 49")
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert row["failed_at"] is not None
    assert row["last_error"] == "gave up after 50 attempts: ValueError: not yet"


async def test_job_that_kills_its_worker_each_time_is_given_up(bench: Bench) -> None:
    job_id = await bench.add("note")
    await bench.set(job_id, "attempts = 50, sent_at = now(), lease_until = now() - interval '1 s'")
    await bench.send(lapsed=True)
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert row["failed_at"] is not None
    assert bench.ran == []


async def test_job_that_loses_the_database_runs_again(bench: Bench) -> None:
    job_id = await bench.add("drop_connection")
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert row["failed_at"] is None
    assert row["sent_at"] is None
    assert "terminating connection" in row["last_error"]


async def test_job_of_a_newer_release_waits_for_a_worker_that_knows_it(bench: Bench) -> None:
    job_id = await bench.add("invented_tomorrow")
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert row["failed_at"] is None
    assert "knows no job 'invented_tomorrow'" in row["last_error"]


async def test_job_that_takes_too_long_has_failed(
    bench: Bench, settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sleep(_worker: Worker[ServiceSettings]) -> None:
        await asyncio.sleep(60)

    monkeypatch.setenv("FLOWS_WORKER_JOB_TIMEOUT_SECONDS", "0.1")
    runner = JobRunner(bench.worker(), [Handler("sleep", sleep)])
    job_id = await bench.add("sleep")
    await runner.run(str(job_id))
    row = await bench.row(job_id)
    assert row is not None
    assert row["last_error"] == "TimeoutError: ran longer than 0.1 s"


async def test_run_that_was_taken_over_cannot_commit(bench: Bench) -> None:
    async def slow(_worker: Worker[ServiceSettings]) -> None:
        await bench.set(job_id, "attempts = 2, lease_until = now() + interval '10 s'")  # as another worker would
        async with bench.db.transaction() as transaction:
            await enqueue(transaction, Call(SERVICE, "note", ("must not be",)))
            await complete_job(transaction)

    bench.runner.handlers = {"slow": Handler("slow", slow)}
    job_id = await bench.add("slow")
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert (row["attempts"], row["failed_at"]) == (2, None)
    assert await bench.send() == 0


async def test_leases_of_running_jobs_are_extended(
    bench: Bench, settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(_worker: Worker[ServiceSettings]) -> None:
        await finish.wait()

    monkeypatch.setenv("FLOWS_OUTBOX_LEASE_SECONDS", "0.5")
    monkeypatch.setenv("FLOWS_OUTBOX_HEARTBEAT_SECONDS", "0.1")
    runner, finish = JobRunner(bench.worker(), [Handler("wait", wait)]), asyncio.Event()
    job_id = await bench.add("wait")
    heartbeat = asyncio.create_task(runner.keep_leases())
    running = asyncio.create_task(runner.run(str(job_id)))
    for _ in range(10):
        await asyncio.sleep(0.1)
        assert await bench.send(lapsed=True) == 0
    finish.set()
    await running
    heartbeat.cancel()
    assert await bench.row(job_id) is None


async def test_idle_worker_notices_that_the_connection_of_its_leases_died(
    bench: Bench, settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    monkeypatch.setenv("FLOWS_OUTBOX_HEARTBEAT_SECONDS", "0.1")
    monkeypatch.setenv("FLOWS_OUTBOX_POLL_SECONDS", "0.1")
    runner = JobRunner(bench.worker(), [])
    heartbeat = asyncio.create_task(runner.keep_leases())

    async def pids() -> set[int]:
        async with db.connection() as connection:
            return {row["pid"] for row in await connection.fetch(HEARTBEATS)}

    async def beats() -> bool:
        return bool(await pids() - died)

    died: set[int] = set()
    await until(beats)
    died = await pids()
    async with db.connection() as connection:
        await connection.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", died)
    await until(beats)
    await cancel_all([heartbeat])


async def test_new_connection_of_leases_extends_them_at_once(
    bench: Bench, settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(_worker: Worker[ServiceSettings]) -> None:
        await finish.wait()

    monkeypatch.setenv("FLOWS_OUTBOX_LEASE_SECONDS", "3600")
    monkeypatch.setenv("FLOWS_OUTBOX_HEARTBEAT_SECONDS", "1200")
    runner, finish = JobRunner(bench.worker(), [Handler("wait", wait)]), asyncio.Event()
    job_id = await bench.add("wait")
    running = asyncio.create_task(runner.run(str(job_id)))

    async def is_leased(seconds: int) -> bool:
        row = await bench.row(job_id)
        return bool(row and row["lease_until"] and (row["lease_until"] - datetime.now(UTC)).total_seconds() > seconds)

    await until(partial(is_leased, 0))
    await bench.set(job_id, "lease_until = now() + interval '60 s'")
    heartbeat = asyncio.create_task(runner.keep_leases())
    await until(partial(is_leased, 3000))
    finish.set()
    await running
    await cancel_all([heartbeat])


async def test_key_enqueued_while_its_job_runs_makes_it_run_once_more(bench: Bench) -> None:
    async def change_meanwhile(_worker: Worker[ServiceSettings]) -> None:
        bench.ran.append("saw the old state")
        if len(bench.ran) == 1:
            await bench.add("change_meanwhile", key="meter")

    bench.runner.handlers = {"change_meanwhile": Handler("change_meanwhile", change_meanwhile)}
    job_id = await bench.add("change_meanwhile", key="meter")
    for _ in range(3):
        await bench.send()
        await bench.run_queued()
    assert len(bench.ran) == 2
    assert await bench.row(job_id) is None


async def test_key_enqueued_before_the_job_completes_itself_is_not_lost(bench: Bench) -> None:
    async def complete(_worker: Worker[ServiceSettings]) -> None:
        bench.ran.append("ran")
        if len(bench.ran) == 1:
            await bench.add("complete", key="meter")
        async with bench.db.transaction() as transaction:
            await complete_job(transaction)
        await bench.send()  # another worker's relay, before this job returns

    bench.runner.handlers = {"complete": Handler("complete", complete)}
    job_id = await bench.add("complete", key="meter")
    for _ in range(3):
        await bench.send()
        await bench.run_queued()
    assert len(bench.ran) == 2
    assert await bench.row(job_id) is None


async def test_request_id_follows_into_the_row_the_job_and_its_own_rows(bench: Bench) -> None:
    async def follow(_worker: Worker[ServiceSettings]) -> None:
        bench.ran.append(current_request_id())
        if len(bench.ran) == 1:
            await bench.add("follow")

    bench.runner.handlers = {"follow": Handler("follow", follow)}
    with bind_work(request_id="req-1"):
        await bench.add("follow")
    for _ in range(2):
        await bench.send()
        await bench.run_queued()
    assert bench.ran == ["req-1", "req-1"]
