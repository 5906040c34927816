"""What the worker runs: slices of meters, by the clock and on demand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from arq import cron

from flows_meter_sync.fleet import Fleet, open_fleet
from flows_meter_sync.readings.jobs import check_readings, enqueue_readings_work, estimate_readings
from flows_meter_sync.registry import due_meters, due_metrics, slices
from flows_meter_sync.settings import MeterSyncSettings
from flows_shared.db import JSON
from flows_shared.jobs import Job
from flows_shared.outbox import enqueue, enqueue_many
from flows_shared.settings import load_settings
from flows_shared.telemetry.logs import get_logger
from flows_shared.worker import Worker, WorkerDefinition

SERVICE: Final = "meter-sync"

PREPARE_TIME = "SELECT flows.prepare_time()"

log = get_logger()


@dataclass
class MeterSyncWorker(Worker):
    """A worker with the meters that its process talks to."""

    settings: MeterSyncSettings
    fleet: Fleet


async def sync_meters(ctx: dict[str, Any], meter_ids: list[str], metrics: list[str] | None) -> None:
    """Read metrics of meters and store them; without metrics, all that are switched on.

    How each meter went is in `flows.meter_sync_status` and its shadow: a meter that fails is no failure of the job.
    """
    worker: MeterSyncWorker = ctx["worker"]
    if metrics is None:
        async with worker.db.connection() as connection:
            metrics = await due_metrics(connection)
    outcomes = await worker.fleet.sync([UUID(id) for id in meter_ids], metrics)
    failed = sum(outcome.reason is not None for outcome in outcomes)
    readings = sum(outcome.readings for outcome in outcomes)
    log.info("meters_synced", meters=len(outcomes), failed=failed, readings=readings)


async def prepare_time(ctx: dict[str, Any]) -> None:
    """Make the partitions and the calendar of the time to come."""
    worker: Worker = ctx["worker"]
    async with worker.db.connection() as connection:
        await connection.execute(PREPARE_TIME)


async def enqueue_hourly(ctx: dict[str, Any]) -> None:
    """Hand out what is read every hour."""
    await enqueue_due(ctx["worker"], "hourly")


async def enqueue_12hourly(ctx: dict[str, Any]) -> None:
    """Hand out what is read twice a day."""
    await enqueue_due(ctx["worker"], "12hourly")


async def enqueue_daily(ctx: dict[str, Any]) -> None:
    """Hand out what is read once a day, and what else is done then."""
    worker: MeterSyncWorker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        await enqueue(transaction, SERVICE, "prepare_time", key="daily")
    await enqueue_due(worker, "daily")


async def enqueue_due(worker: MeterSyncWorker, frequency: str) -> None:
    """A job for each slice of the meters. One that is still undone from the last time is not queued twice."""
    async with worker.db.transaction() as transaction:
        metrics = await due_metrics(transaction, frequency)
        meters = await due_meters(transaction) if metrics else []
        parts = slices(meters, worker.settings.meter_sync_slice)
        keys = [f"{frequency} {number}" for number in range(len(parts))]
        arguments = [sync_arguments(part, metrics) for part in parts]
        await enqueue_many(transaction, SERVICE, "sync_meters", arguments, keys=keys)
    log.info("meters_due", frequency=frequency, meters=len(meters), metrics=metrics)


def sync_arguments(meter_ids: Sequence[UUID], metrics: Sequence[str] | None) -> tuple[JSON, JSON]:
    """What `sync_meters` is called with."""
    return [str(id) for id in meter_ids], None if metrics is None else list(metrics)


@asynccontextmanager
async def start(worker: Worker) -> AsyncIterator[MeterSyncWorker]:
    """The worker with its fleet at work."""
    settings = worker.settings
    assert isinstance(settings, MeterSyncSettings)
    async with open_fleet(worker.db, settings) as fleet:
        yield MeterSyncWorker(worker.service, settings, worker.db, worker.redis, fleet)


def create_worker() -> WorkerDefinition:
    """For `flows work meter-sync`."""
    crons = [
        cron(enqueue_hourly, minute=0),
        cron(enqueue_12hourly, hour={0, 12}, minute=20),
        cron(enqueue_daily, hour=0, minute=40),
        cron(enqueue_readings_work, hour=4, minute=10),
    ]
    jobs: list[Job] = [sync_meters, prepare_time, check_readings, estimate_readings]
    return WorkerDefinition(SERVICE, load_settings(MeterSyncSettings), jobs, crons, start)
