"""A worker whose jobs leave a row in the table `effects`, started as a process by the tests of the outbox."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from typing import TypeAlias

import uvloop
from arq import Retry

from flows_shared.contracts.job import Call, Handler
from flows_shared.jobs import Worker, complete_job, current_attempt
from flows_shared.outbox import enqueue
from flows_shared.settings import ServiceSettings, load_settings
from flows_shared.telemetry.trace import current_request_id
from flows_shared.worker import WorkerDefinition, run_worker

SERVICE = "billing"
RECORD = "INSERT INTO effects (name, attempt, request_id) VALUES ($1, $2, $3)"


EffectsWorker: TypeAlias = Worker[ServiceSettings]


async def record(worker: EffectsWorker, name: str) -> None:
    """The effect and the job's end commit together."""
    async with worker.db.transaction() as transaction:
        await transaction.execute(RECORD, name, current_attempt(), current_request_id())
        await complete_job(transaction)


async def record_after(worker: EffectsWorker, name: str, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await record(worker, name)


async def record_at_third_try(worker: EffectsWorker, name: str) -> None:
    if current_attempt() < 3:
        raise Retry(defer=0.1) from ConnectionError(f"try {current_attempt()} met nobody")
    await record(worker, name)


async def record_follower(worker: EffectsWorker, name: str) -> None:
    async with worker.db.transaction() as transaction:
        await enqueue(transaction, Call(SERVICE, "record", (name,)))


async def swallow_a_cancellation(_worker: Worker[ServiceSettings]) -> None:
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    await asyncio.Event().wait()


async def fail(_worker: Worker[ServiceSettings], reason: str) -> None:
    raise ValueError(reason)


def create_worker() -> WorkerDefinition[ServiceSettings, EffectsWorker]:
    jobs: list[Callable[..., Awaitable[None]]] = [
        record,
        record_after,
        record_at_third_try,
        record_follower,
        swallow_a_cancellation,
        fail,
    ]
    handlers: list[Handler[EffectsWorker]] = [Handler(job.__name__, job) for job in jobs]
    return WorkerDefinition(SERVICE, load_settings(ServiceSettings), handlers, start=nullcontext)


if __name__ == "__main__":
    uvloop.run(run_worker(create_worker()))
