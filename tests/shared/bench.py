"""Enqueue, relay and run in this process, step by step."""

from typing import Any
from uuid import UUID

import asyncpg
from arq import Retry
from arq.connections import ArqRedis

from flows_shared.contracts.job import Call, Handler
from flows_shared.db import Database
from flows_shared.jobs import JobRunner, Worker, current_attempt
from flows_shared.outbox import enqueue
from flows_shared.queue import queue_name
from flows_shared.relay import Relay
from flows_shared.settings import ServiceSettings, load_settings

SERVICE = "billing"
QUEUE = queue_name(SERVICE)


class Bench:
    """A relay and a runner of one service, driven by hand; what ran is in `ran`."""

    def __init__(self, db: Database, redis: ArqRedis, settings: ServiceSettings) -> None:
        self.db, self.redis = db, redis
        self.relay = Relay(SERVICE, settings, redis)
        jobs = (self.note, self.retry, self.fail, self.drop_connection)
        self.runner = JobRunner(self.worker(settings), [Handler(job.__name__, job) for job in jobs])
        self.ran: list[Any] = []

    def worker(self, settings: ServiceSettings | None = None) -> Worker[ServiceSettings]:
        return Worker(SERVICE, settings or load_settings(ServiceSettings), self.db, self.redis)

    async def note(self, _worker: Worker[ServiceSettings], *arguments: Any) -> None:
        self.ran.append((*arguments, current_attempt()))

    async def retry(self, _worker: Worker[ServiceSettings], seconds: float) -> None:
        raise Retry(defer=seconds) from ValueError("not yet")

    async def fail(self, _worker: Worker[ServiceSettings], reason: str) -> None:
        raise ValueError(reason)

    async def drop_connection(self, _worker: Worker[ServiceSettings]) -> None:
        async with self.db.connection() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    async def add(self, job: str, *arguments: Any, **options: Any) -> UUID:
        async with self.db.transaction() as transaction:
            return await enqueue(transaction, Call(SERVICE, job, arguments), **options)

    async def send(self, *, lapsed: bool = False) -> int:
        async with self.db.connection() as connection:
            return await self.relay.send_due(connection, lapsed=lapsed)

    async def run_queued(self) -> None:
        """Run what is on the queue as a worker would, and take it off."""
        for queued in await self.redis.zrange(QUEUE, 0, -1):
            await self.redis.zrem(QUEUE, queued)
            await self.runner.run(queued.decode()[:36])

    async def row(self, job_id: UUID) -> asyncpg.Record | None:
        async with self.db.connection() as connection:
            return await connection.fetchrow("SELECT * FROM flows.outbox WHERE id = $1", job_id)

    async def set(self, job_id: UUID, assignment: str) -> None:
        async with self.db.connection() as connection:
            await connection.execute(f"UPDATE flows.outbox SET {assignment} WHERE id = $1", job_id)
