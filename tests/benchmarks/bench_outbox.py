"""Jobs from the outbox to arq's queue, against a pipelined push of the same keys."""

from collections.abc import Awaitable, Callable
from statistics import median
from time import perf_counter
from uuid import uuid4

from arq.connections import ArqRedis
from pydantic import SecretStr

from benchmarks.harness import Environment, Figure, benchmark
from flows_shared.contracts.job import Call
from flows_shared.db import Database
from flows_shared.outbox import enqueue_many
from flows_shared.queue import QueuedJob, open_queue, push, queue_name
from flows_shared.relay import OUTBOX_FUNCTION, Relay
from flows_shared.settings import ServiceSettings

SERVICE = "bench"
JOBS = 20_000
ROUNDS = 5


@benchmark("outbox")
async def outbox(env: Environment) -> list[Figure]:
    """Jobs a second: a bare push of arq's keys, the relay alone, and the way from the business transaction on."""
    settings = ServiceSettings(
        database_url=SecretStr(await env.database()), redis_url=SecretStr(env.redis_url), jwt_secret=SecretStr("x" * 32)
    )
    redis = open_queue(settings, SERVICE)
    db = await Database.open(settings.database_url.get_secret_value(), name="bench", size=2)
    relay = Relay(SERVICE, settings, redis)
    pushed, relayed, whole = [], [], []
    for _ in range(ROUNDS):
        pushed.append(await _seconds(redis, lambda: _push(redis, settings.outbox_batch)))
        await _enqueue(db)
        relayed.append(await _seconds(redis, lambda: _relay(db, relay)))
        whole.append(await _seconds(redis, lambda: _enqueue_and_relay(db, relay)))
    await db.close()
    await redis.aclose()
    bare = median(pushed)
    return [
        _figure("jobs from the outbox to arq", median(relayed), bare),
        _figure("jobs from their transaction to arq", median(whole), bare),
    ]


def _figure(name: str, seconds: float, bare: float) -> Figure:
    reference = f"pipelined push of the same keys: {JOBS / bare:,.0f} jobs/s"
    return Figure(name, JOBS / seconds, "jobs/s", reference, bare / seconds, 0.3, "at least")


async def _seconds(redis: ArqRedis, work: Callable[[], Awaitable[None]]) -> float:
    await redis.flushdb()
    started = perf_counter()
    await work()
    seconds = perf_counter() - started
    assert await redis.zcard(queue_name(SERVICE)) == JOBS
    return seconds


async def _push(redis: ArqRedis, batch: int) -> None:
    jobs = [QueuedJob(f"{uuid4()}-0", OUTBOX_FUNCTION, (str(uuid4()),)) for _ in range(JOBS)]
    for start in range(0, JOBS, batch):
        await push(redis, queue_name(SERVICE), jobs[start : start + batch])


async def _enqueue(db: Database) -> None:
    async with db.transaction() as transaction:
        await transaction.execute("TRUNCATE flows.outbox")
        await enqueue_many(transaction, [Call(SERVICE, "job", (number,)) for number in range(JOBS)])


async def _relay(db: Database, relay: Relay) -> None:
    async with db.connection() as connection:
        assert await relay.send_due(connection) == JOBS


async def _enqueue_and_relay(db: Database, relay: Relay) -> None:
    await _enqueue(db)
    await _relay(db, relay)
