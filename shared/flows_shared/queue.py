"""The queue in Redis or Valkey: arq's keys, one sorted set a service. It may be lost at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from arq.connections import ArqRedis
from arq.constants import expires_extra_ms, in_progress_key_prefix, job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from flows_shared.settings import ServiceSettings

QUEUE_ERRORS: Final = (RedisError, OSError, TimeoutError)


@dataclass(frozen=True)
class QueuedJob:
    """`id` is arq's; the same id twice is one job."""

    id: str
    function: str
    arguments: tuple[str, ...]


def queue_name(service: str) -> str:
    return f"flows:{service}"


def open_queue(settings: ServiceSettings, service: str) -> ArqRedis:
    """A client with arq's keys; it connects when first used."""
    url = settings.redis_url.get_secret_value()
    pool = ConnectionPool.from_url(url, socket_connect_timeout=2, socket_timeout=10, health_check_interval=30)
    return ArqRedis(pool, default_queue_name=queue_name(service))


async def push(redis: ArqRedis, queue: str, jobs: Sequence[QueuedJob], *, again: bool = False) -> None:
    """Put jobs on a queue with one round trip, as `ArqRedis.enqueue_job` would one by one.

    A job that is there already stays as it is, so pushing twice is pushing once. `again` also forgets that a worker
    took the job: it died before it could say so.
    """
    now = timestamp_ms()
    async with redis.pipeline(transaction=False) as pipe:
        for job in jobs:
            payload = serialize_job(job.function, job.arguments, {}, None, now, serializer=redis.job_serializer)
            pipe.set(job_key_prefix + job.id, payload, px=expires_extra_ms)
        if again:
            pipe.delete(*(in_progress_key_prefix + job.id for job in jobs))
        pipe.zadd(queue, {job.id: now for job in jobs}, nx=True)
        await pipe.execute()
