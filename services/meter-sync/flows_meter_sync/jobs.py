"""What the worker runs: slices of meters, by the clock and on demand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from arq import Retry

from flows_meter_sync.fleet import Fleet, open_fleet
from flows_meter_sync.passive.follow import follow
from flows_meter_sync.passive.source import SourceAway, SourceOffTheClock, SourceRefused, SourceUnreadable
from flows_meter_sync.passive.store import note_follow, sources_to_follow
from flows_meter_sync.readings.jobs import check_readings, enqueue_readings_work, estimate_readings
from flows_meter_sync.registry import due_meters, due_metrics, slices
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.state import FleetState
from flows_meter_sync.writes import due
from flows_meter_sync.writes.send import send_once
from flows_meter_sync.writes.store import SERVICE
from flows_shared.contracts.job import Call, Handler
from flows_shared.contracts.jobs import (
    CHECK_READINGS,
    CORRECT_CLOCKS,
    ESTIMATE_READINGS,
    FOLLOW_SOURCE,
    PREPARE_TIME,
    PUSH_TOPUP,
    SEND_COMMAND,
    SEND_TARIFFS,
    SYNC_METERS,
)
from flows_shared.jobs import Worker
from flows_shared.logs import get_logger
from flows_shared.outbox import enqueue, enqueue_many
from flows_shared.settings import load_settings
from flows_shared.worker import Cron, WorkerDefinition

MAKE_TIME = "SELECT flows.prepare_time()"

log = get_logger()


@dataclass
class MeterSyncWorker(Worker[MeterSyncSettings]):
    """A worker with the meters that its process talks to."""

    fleet: Fleet


async def sync_meters(
    worker: MeterSyncWorker, meter_ids: list[str], metrics: list[str] | None, by_hand: bool = False
) -> None:
    """Read metrics of meters and store them; without metrics, all that are switched on.

    How each meter went is in `flows.meter_sync_status` and its shadow: a meter that fails is no failure of the job.
    """
    if metrics is None:
        async with worker.db.connection() as connection:
            metrics = await due_metrics(connection)
    outcomes = await worker.fleet.sync([UUID(id) for id in meter_ids], metrics, by_hand=by_hand)
    failed = sum(outcome.reason is not None for outcome in outcomes)
    readings = sum(outcome.readings for outcome in outcomes)
    log.info("meters_synced", meters=len(outcomes), failed=failed, readings=readings)


async def send_command(worker: MeterSyncWorker, command_id: str) -> None:
    """Write to a meter; what its row says last is how it went."""
    if (seconds := await send_once(worker.fleet, worker.settings, UUID(command_id))) is not None:
        raise Retry(defer=seconds)


async def push_topup(worker: MeterSyncWorker, topup_id: str) -> None:
    """Let a top-up's token be written to its meter."""
    async with worker.db.transaction() as transaction:
        await due.push_topup(transaction, UUID(topup_id))


async def send_tariffs(worker: MeterSyncWorker) -> None:
    """Let the future tariffs that meters lack be written to them."""
    async with worker.db.connection() as connection:
        missing = await due.ask_for_missing_tariffs(connection, worker.now().date())
    log.info("tariffs_due", meters=missing)


async def correct_clocks(worker: MeterSyncWorker) -> None:
    """Let clocks that are off be set."""
    seconds = worker.settings.meter_sync_clock_drift_seconds
    async with worker.db.transaction() as transaction:
        wrong = await due.ask_for_clock_corrections(transaction, seconds, worker.now().date())
    log.info("clocks_wrong", meters=wrong)


async def follow_source(worker: MeterSyncWorker, esco_id: str) -> None:
    """Let a community's passive meters follow their source; what went wrong stands beside the source."""
    error = None
    try:
        meters = await follow(worker.db, worker.settings, UUID(esco_id), worker.now())
        log.info("source_followed", meters=meters)
    except (SourceAway, SourceOffTheClock, SourceRefused, SourceUnreadable) as failure:
        error = str(failure)
        log.warning("source_not_followed", code=failure.code, reason=error)
    async with worker.db.connection() as connection:
        await note_follow(connection, UUID(esco_id), error)


async def prepare_time(worker: MeterSyncWorker) -> None:
    """Make the partitions and the calendar of the time to come."""
    async with worker.db.connection() as connection:
        await connection.execute(MAKE_TIME)


async def enqueue_hourly(worker: MeterSyncWorker) -> None:
    """Hand out what is read every hour, and what else is looked for then."""
    async with worker.db.transaction() as transaction:
        await enqueue(transaction, SEND_TARIFFS(), key="hourly")
        await due.enqueue_waiting_topups(transaction)
        sources = [str(esco) for esco in await sources_to_follow(transaction)]
        await enqueue_many(transaction, [FOLLOW_SOURCE(esco) for esco in sources], keys=sources)
    await enqueue_due(worker, "hourly")


async def enqueue_12hourly(worker: MeterSyncWorker) -> None:
    """Hand out what is read twice a day."""
    await enqueue_due(worker, "12hourly")


async def enqueue_daily(worker: MeterSyncWorker) -> None:
    """Hand out what is read once a day, and what else is done then."""
    async with worker.db.transaction() as transaction:
        await enqueue(transaction, PREPARE_TIME(), key="daily")
    await enqueue_due(worker, "daily")


async def enqueue_corrections(worker: MeterSyncWorker) -> None:
    """After the clocks were read."""
    async with worker.db.transaction() as transaction:
        await enqueue(transaction, CORRECT_CLOCKS(), key="daily")


async def enqueue_due(worker: MeterSyncWorker, frequency: str) -> None:
    """A job for each slice of the meters. One that is still undone from the last time is not queued twice."""
    async with worker.db.transaction() as transaction:
        metrics = await due_metrics(transaction, frequency)
        meters = await due_meters(transaction) if metrics else []
        parts = slices(meters, worker.settings.meter_sync_slice)
        keys = [f"{frequency} {number}" for number in range(len(parts))]
        await enqueue_many(transaction, [sync_call(part, metrics) for part in parts], keys=keys)
    log.info("meters_due", frequency=frequency, meters=len(meters), metrics=metrics)


def sync_call(meter_ids: Sequence[UUID], metrics: Sequence[str] | None, *, by_hand: bool = False) -> Call:
    return SYNC_METERS([str(id) for id in meter_ids], None if metrics is None else list(metrics), by_hand)


@asynccontextmanager
async def start(worker: Worker[MeterSyncSettings]) -> AsyncIterator[MeterSyncWorker]:
    """The worker with its fleet at work."""
    settings = worker.settings
    shown = FleetState().shown(worker.db, settings.meter_sync_measure_seconds)
    async with shown, open_fleet(worker.db, settings) as fleet:
        yield MeterSyncWorker(worker.service, settings, worker.db, worker.redis, fleet, now=worker.now)


def create_worker() -> WorkerDefinition[MeterSyncSettings, MeterSyncWorker]:
    """For `flows work meter-sync`."""
    handlers: list[Handler[MeterSyncWorker]] = [
        SYNC_METERS.done_by(sync_meters),
        SEND_COMMAND.done_by(send_command),
        PUSH_TOPUP.done_by(push_topup),
        SEND_TARIFFS.done_by(send_tariffs),
        CORRECT_CLOCKS.done_by(correct_clocks),
        FOLLOW_SOURCE.done_by(follow_source),
        PREPARE_TIME.done_by(prepare_time),
        CHECK_READINGS.done_by(check_readings),
        ESTIMATE_READINGS.done_by(estimate_readings),
    ]
    crons: list[Cron[MeterSyncWorker]] = [
        Cron(enqueue_hourly, minute=0),
        Cron(enqueue_12hourly, hour={0, 12}, minute=20),
        Cron(enqueue_daily, hour=0, minute=40),
        Cron(enqueue_corrections, hour=3, minute=30),
        Cron(enqueue_readings_work, hour=4, minute=10),
    ]
    return WorkerDefinition(SERVICE, load_settings(MeterSyncSettings), handlers, start, crons)
