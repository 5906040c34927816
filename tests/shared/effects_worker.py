"""A worker whose jobs leave a row in the table `effects`, started as a process by the tests of the outbox."""

import asyncio
from contextlib import suppress
from typing import Any

import uvloop
from arq import Retry

from flows_shared.jobs import Job, complete_job
from flows_shared.outbox import enqueue
from flows_shared.settings import ServiceSettings, load_settings
from flows_shared.telemetry.trace import current_request_id
from flows_shared.worker import Worker, WorkerDefinition, run_worker

SERVICE = "billing"
RECORD = "INSERT INTO effects (name, attempt, request_id) VALUES ($1, $2, $3)"


async def record(ctx: dict[str, Any], name: str) -> None:
    """The effect and the job's end commit together."""
    worker: Worker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        await transaction.execute(RECORD, name, ctx["job_try"], current_request_id())
        await complete_job(transaction)


async def record_after(ctx: dict[str, Any], name: str, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await record(ctx, name)


async def record_at_third_try(ctx: dict[str, Any], name: str) -> None:
    if ctx["job_try"] < 3:
        raise Retry(defer=0.1) from ConnectionError(f"try {ctx['job_try']} met nobody")
    await record(ctx, name)


async def record_follower(ctx: dict[str, Any], name: str) -> None:
    worker: Worker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        await enqueue(transaction, SERVICE, "record", name)


async def swallow_a_cancellation(_ctx: dict[str, Any]) -> None:
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    await asyncio.Event().wait()


async def fail(_ctx: dict[str, Any], reason: str) -> None:
    raise ValueError(reason)


def create_worker() -> WorkerDefinition:
    jobs: list[Job] = [record, record_after, record_at_third_try, record_follower, swallow_a_cancellation, fail]
    return WorkerDefinition(SERVICE, load_settings(ServiceSettings), jobs)


if __name__ == "__main__":
    uvloop.run(run_worker(create_worker()))
