"""From the outbox to the queue, with rows, leases and queues as crashes leave them."""

import asyncio
from contextlib import suppress

import pytest
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix

from databases import RoleUrl
from flows_shared.contracts.job import Call
from flows_shared.db import CONNECTION_LOST, connect
from flows_shared.outbox import enqueue_many
from flows_shared.queue import QUEUE_ERRORS
from flows_shared.relay import Relay
from flows_shared.settings import ServiceSettings, load_settings
from shared.bench import QUEUE, SERVICE, Bench
from waiting import until


async def test_relays_at_the_same_time_send_each_row_once(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        await enqueue_many(transaction, [Call(SERVICE, "note", (number,)) for number in range(3_000)])
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
