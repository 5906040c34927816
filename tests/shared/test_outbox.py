"""Enqueue, relay and run in this process, step by step, as the billing service's own login role."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from arq import Retry
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix

from databases import RoleUrl
from flows_shared.db import CONNECTION_LOST, Database, connect
from flows_shared.jobs import JobRunner, complete_job
from flows_shared.outbox import enqueue, enqueue_many, failed_jobs, retry_failed
from flows_shared.queue import QUEUE_ERRORS, queue_name
from flows_shared.relay import Relay
from flows_shared.settings import ServiceSettings, load_settings
from flows_shared.telemetry.trace import bind_work, current_request_id
from waiting import until

SERVICE = "billing"
QUEUE = queue_name(SERVICE)


class Bench:
    """A relay and a runner of one service, driven by hand; what ran is in `ran`."""

    def __init__(self, db: Database, redis: ArqRedis, settings: ServiceSettings) -> None:
        self.db, self.redis = db, redis
        self.relay = Relay(SERVICE, settings, redis)
        self.runner = JobRunner(SERVICE, [self.note, self.retry, self.fail, self.drop_connection], db, settings)
        self.ran: list[Any] = []

    async def note(self, ctx: dict[str, Any], *arguments: Any) -> None:
        self.ran.append((*arguments, ctx["job_try"]))

    async def retry(self, _ctx: dict[str, Any], seconds: float) -> None:
        raise Retry(defer=seconds) from ValueError("not yet")

    async def fail(self, _ctx: dict[str, Any], reason: str) -> None:
        raise ValueError(reason)

    async def drop_connection(self, _ctx: dict[str, Any]) -> None:
        async with self.db.connection() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    async def add(self, job: str, *arguments: Any, **options: Any) -> UUID:
        async with self.db.transaction() as transaction:
            return await enqueue(transaction, SERVICE, job, *arguments, **options)

    async def send(self, *, lapsed: bool = False) -> int:
        async with self.db.connection() as connection:
            return await self.relay.send_due(connection, lapsed=lapsed)

    async def run_queued(self) -> None:
        """Run what is on the queue as a worker would, and take it off."""
        for queued in await self.redis.zrange(QUEUE, 0, -1):
            await self.redis.zrem(QUEUE, queued)
            await self.runner.run({}, queued.decode()[:36])

    async def row(self, job_id: UUID) -> asyncpg.Record | None:
        async with self.db.connection() as connection:
            return await connection.fetchrow("SELECT * FROM flows.outbox WHERE id = $1", job_id)

    async def set(self, job_id: UUID, assignment: str) -> None:
        async with self.db.connection() as connection:
            await connection.execute(f"UPDATE flows.outbox SET {assignment} WHERE id = $1", job_id)


@pytest.fixture
async def bench(settings_env: dict[str, str], role_url: RoleUrl, redis: ArqRedis) -> AsyncIterator[Bench]:
    database = await Database.open(role_url("flows_billing"), name="tests", size=5)
    yield Bench(database, redis, load_settings(ServiceSettings))
    await database.close()


async def test_committed_row_runs_once_and_is_gone(bench: Bench) -> None:
    job_id = await bench.add("note", "invoice", 7, None, {"deep": [1.5, True]})
    assert await bench.send() == 1
    await bench.run_queued()
    assert bench.ran == [("invoice", 7, None, {"deep": [1.5, True]}, 1)]
    assert await bench.row(job_id) is None
    assert await bench.send() == 0


async def test_row_that_is_rolled_back_never_runs(bench: Bench) -> None:
    with suppress(KeyError):
        async with bench.db.transaction() as transaction:
            await enqueue(transaction, SERVICE, "note", "lost")
            raise KeyError
    assert await bench.send() == 0


async def test_many_rows_are_one_statement_with_an_id_each(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        ids = await enqueue_many(transaction, SERVICE, "note", [[number, "x"] for number in range(1_200)])
    assert len(set(ids)) == 1_200
    assert await bench.send() == 1_200
    assert await bench.redis.zcard(QUEUE) == 1_200


async def test_no_rows_are_no_work(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        assert await enqueue_many(transaction, SERVICE, "note", []) == []


async def test_row_waits_for_its_time(bench: Bench) -> None:
    job_id = await bench.add("note", not_before=datetime.now(UTC) + timedelta(hours=1))
    assert await bench.send() == 0
    await bench.set(job_id, "not_before = now()")
    assert await bench.send() == 1


async def test_other_services_rows_are_left_alone(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        await enqueue(transaction, "notify", "note")
    assert await bench.send() == 0


async def test_same_key_is_queued_once_while_undone(bench: Bench) -> None:
    first = await bench.add("note", "early", key="account 1")
    assert await bench.add("note", "late", key="account 1") == first
    assert await bench.add("note", "other", key="account 2") != first
    await bench.send()
    await bench.run_queued()
    assert sorted(bench.ran) == [("late", 1), ("other", 1)]
    assert await bench.add("note", "again", key="account 1") != first


async def test_same_key_twice_in_one_call_is_one_row(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        ids = await enqueue_many(transaction, SERVICE, "note", [[1], [2], [3]], keys=["a", "b", "a"])
    assert len(ids) == 2
    await bench.send()
    await bench.run_queued()
    assert sorted(bench.ran) == [(2, 1), (3, 1)]


async def test_key_enqueued_while_its_job_runs_makes_it_run_once_more(bench: Bench) -> None:
    async def change_meanwhile(_ctx: dict[str, Any]) -> None:
        bench.ran.append("saw the old state")
        if len(bench.ran) == 1:
            await bench.add("change_meanwhile", key="meter")

    bench.runner.jobs = {"change_meanwhile": change_meanwhile}
    job_id = await bench.add("change_meanwhile", key="meter")
    for _ in range(3):
        await bench.send()
        await bench.run_queued()
    assert len(bench.ran) == 2
    assert await bench.row(job_id) is None


async def test_job_on_the_queue_twice_runs_once(bench: Bench) -> None:
    job_id = await bench.add("note", "once")
    await bench.send()
    await asyncio.gather(*(bench.runner.run({}, str(job_id)) for _ in range(10)))
    assert bench.ran == [("once", 1)]


async def test_relays_at_the_same_time_send_each_row_once(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        await enqueue_many(transaction, SERVICE, "note", [[number] for number in range(3_000)])
    assert sum(await asyncio.gather(*(bench.send() for _ in range(4)))) == 3_000
    assert await bench.redis.zcard(QUEUE) == 3_000


async def test_row_stays_due_when_the_queue_does_not_answer(bench: Bench, settings_env: dict[str, str]) -> None:
    await bench.add("note")
    gone: ArqRedis = ArqRedis.from_url("redis://127.0.0.1:1")
    relay = Relay(SERVICE, load_settings(ServiceSettings), gone)
    with pytest.raises(QUEUE_ERRORS):
        async with bench.db.connection() as connection:
            await relay.send_due(connection)
    assert await bench.send() == 1


async def test_row_that_redis_lost_is_sent_again(bench: Bench) -> None:
    job_id = await bench.add("note", "kept")
    await bench.send()
    await bench.redis.flushdb()
    assert await bench.send(lapsed=True) == 0
    await bench.set(job_id, "sent_at = now() - interval '31 s'")
    assert await bench.send(lapsed=True) == 1
    await bench.run_queued()
    assert bench.ran == [("kept", 1)]


async def test_row_that_only_waits_long_is_not_queued_twice(bench: Bench) -> None:
    job_id = await bench.add("note")
    await bench.send()
    await bench.set(job_id, "sent_at = now() - interval '31 s'")
    await bench.send(lapsed=True)
    assert await bench.redis.zcard(QUEUE) == 1


async def test_job_taken_off_by_a_worker_that_died_before_its_lease_is_free_again(bench: Bench) -> None:
    job_id = await bench.add("note")
    await bench.send()
    taken = f"{in_progress_key_prefix}{job_id}-0"
    await bench.redis.set(taken, b"1")
    await bench.set(job_id, "sent_at = now() - interval '31 s'")
    await bench.send(lapsed=True)
    assert not await bench.redis.exists(taken)


async def test_lapsed_lease_is_sent_under_a_new_id_and_a_held_one_is_not(bench: Bench) -> None:
    job_id = await bench.add("note", "again")
    await bench.send()
    await bench.set(job_id, "lease_until = now() + interval '10 s', attempts = 1")
    assert await bench.send(lapsed=True) == 0
    await bench.set(job_id, "lease_until = now() - interval '1 s'")
    assert await bench.send(lapsed=True) == 1
    assert await bench.redis.zrange(QUEUE, 0, -1) == [f"{job_id}-0".encode(), f"{job_id}-1".encode()]
    await bench.run_queued()
    assert bench.ran == [("again", 2)]


async def test_retry_keeps_its_reason_and_waits(bench: Bench) -> None:
    job_id = await bench.add("retry", 60)
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert (row["last_error"], row["attempts"], row["sent_at"]) == ("ValueError: not yet", 1, None)
    assert 50 < (row["not_before"] - datetime.now(UTC)).total_seconds() <= 60
    assert await bench.send() == 0
    await bench.runner.run({}, str(job_id))  # a copy that was on the queue too
    row = await bench.row(job_id)
    assert row is not None
    assert row["attempts"] == 1


async def test_failure_is_kept_for_the_operator_who_may_retry_it(bench: Bench) -> None:
    await bench.add("fail", "no tariff", key="account 1")
    await bench.send()
    await bench.run_queued()
    async with bench.db.connection() as connection:
        [failed] = await failed_jobs(connection, SERVICE)
        assert (failed.job, failed.arguments, failed.last_error) == ("fail", ["no tariff"], "ValueError: no tariff")
        assert await failed_jobs(connection, "notify") == []
        assert await bench.send(lapsed=True) == 0
        assert await retry_failed(connection, [failed.id]) == 1
        assert await failed_jobs(connection) == []
    assert await bench.send() == 1


async def test_failed_job_does_not_keep_its_key_from_new_work(bench: Bench) -> None:
    await bench.add("fail", "first", key="account 1")
    await bench.send()
    await bench.run_queued()
    await bench.add("note", key="account 1")
    await bench.add("fail", "second", key="account 1")
    async with bench.db.connection() as connection:
        assert await retry_failed(connection) == 0  # the same work is queued already
        assert await failed_jobs(connection) == []


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
    async def sleep(_ctx: dict[str, Any]) -> None:
        await asyncio.sleep(60)

    monkeypatch.setenv("FLOWS_WORKER_JOB_TIMEOUT_SECONDS", "0.1")
    runner = JobRunner(SERVICE, [sleep], bench.db, load_settings(ServiceSettings))
    job_id = await bench.add("sleep")
    await runner.run({}, str(job_id))
    row = await bench.row(job_id)
    assert row is not None
    assert row["last_error"] == "TimeoutError: ran longer than 0.1 s"


async def test_run_that_was_taken_over_cannot_commit(bench: Bench) -> None:
    async def slow(_ctx: dict[str, Any]) -> None:
        await bench.set(job_id, "attempts = 2, lease_until = now() + interval '10 s'")  # as another worker would
        async with bench.db.transaction() as transaction:
            await enqueue(transaction, SERVICE, "note", "must not be")
            await complete_job(transaction)

    bench.runner.jobs = {"slow": slow}
    job_id = await bench.add("slow")
    await bench.send()
    await bench.run_queued()
    row = await bench.row(job_id)
    assert row is not None
    assert (row["attempts"], row["failed_at"]) == (2, None)
    assert await bench.send() == 0


async def test_key_enqueued_before_the_job_completes_itself_is_not_lost(bench: Bench) -> None:
    async def complete(_ctx: dict[str, Any]) -> None:
        bench.ran.append("ran")
        if len(bench.ran) == 1:
            await bench.add("complete", key="meter")
        async with bench.db.transaction() as transaction:
            await complete_job(transaction)
        await bench.send()  # another worker's relay, before this job returns

    bench.runner.jobs = {"complete": complete}
    job_id = await bench.add("complete", key="meter")
    for _ in range(3):
        await bench.send()
        await bench.run_queued()
    assert len(bench.ran) == 2
    assert await bench.row(job_id) is None


async def test_leases_of_running_jobs_are_extended(
    bench: Bench, settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(_ctx: dict[str, Any]) -> None:
        await finish.wait()

    monkeypatch.setenv("FLOWS_OUTBOX_LEASE_SECONDS", "0.5")
    monkeypatch.setenv("FLOWS_OUTBOX_HEARTBEAT_SECONDS", "0.1")
    runner, finish = JobRunner(SERVICE, [wait], bench.db, load_settings(ServiceSettings)), asyncio.Event()
    job_id = await bench.add("wait")
    heartbeat = asyncio.create_task(runner.keep_leases())
    running = asyncio.create_task(runner.run({}, str(job_id)))
    for _ in range(10):
        await asyncio.sleep(0.1)
        assert await bench.send(lapsed=True) == 0
    finish.set()
    await running
    heartbeat.cancel()
    assert await bench.row(job_id) is None


async def test_request_id_follows_into_the_row_the_job_and_its_own_rows(bench: Bench) -> None:
    async def follow(_ctx: dict[str, Any]) -> None:
        bench.ran.append(current_request_id())
        if len(bench.ran) == 1:
            await bench.add("follow")

    bench.runner.jobs = {"follow": follow}
    with bind_work(request_id="req-1"):
        await bench.add("follow")
    for _ in range(2):
        await bench.send()
        await bench.run_queued()
    assert bench.ran == ["req-1", "req-1"]


async def test_notification_wakes_the_relay(
    bench: Bench, settings_env: dict[str, str], role_url: RoleUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_DATABASE_URL", role_url("flows_billing"))
    monkeypatch.setenv("FLOWS_OUTBOX_POLL_SECONDS", "3600")
    relay = Relay(SERVICE, load_settings(ServiceSettings), bench.redis)
    task = asyncio.create_task(relay.run())
    for number in range(1, 4):
        await bench.add("note", number)

        async def sent(count: int = number) -> bool:
            return int(await bench.redis.zcard(QUEUE)) == count

        await until(sent, seconds=5)
    task.cancel()


async def test_relay_survives_the_loss_of_its_connection(
    bench: Bench, settings_env: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_OUTBOX_POLL_SECONDS", "0.1")
    relay = Relay(SERVICE, load_settings(ServiceSettings), bench.redis)
    task = asyncio.create_task(relay.run())
    admin = await connect(database_url, name="tests")

    async def cut() -> bool:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'billing relay'"
        return bool(await admin.fetchval(query))

    async def sent() -> bool:
        return bool(await bench.redis.zcard(QUEUE))

    await until(cut)
    await bench.add("note")
    await until(sent)
    task.cancel()
    with suppress(*CONNECTION_LOST):
        await admin.close()
