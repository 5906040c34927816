"""The service's web app: health, metrics, and what the gateway asks of it."""

from fastapi import APIRouter, FastAPI

from flows_meter_sync.callers import note_request
from flows_meter_sync.jobs import sync_call
from flows_meter_sync.readings import routes as readings
from flows_meter_sync.registry import meter_of_serial
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.syncers import syncer_names
from flows_meter_sync.writes.store import SERVICE, add_command
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.contracts.meters import (
    SYNC_METER,
    WRITE_TO_METER,
    CommandAccepted,
    CommandRequest,
    SyncAccepted,
    SyncRequest,
)
from flows_shared.outbox import enqueue
from flows_shared.service import Db, create_service_app, serve
from flows_shared.settings import load_settings

router = APIRouter()


@serve(router, SYNC_METER.each)
async def sync_meter(serial: str, request: SyncRequest, db: Db, caller: CallingService) -> SyncAccepted:
    """Read a meter as soon as a worker is free; it goes before all that is done by the clock."""
    metrics = None if request.metrics is None else syncer_names(request.metrics)
    async with acting(db, caller.all) as transaction:
        meter_id = await meter_of_serial(transaction, serial)
        await note_request(transaction, "sync", meter_id, {"metrics": metrics})
        key = f"{meter_id} {' '.join(metrics or ['all'])}"
        job_id = await enqueue(transaction, sync_call([meter_id], metrics, by_hand=True), key=key)
    return SyncAccepted(meter_id=meter_id, job_id=job_id)


@serve(router, WRITE_TO_METER.each)
async def write_to_meter(serial: str, request: CommandRequest, db: Db, caller: CallingService) -> CommandAccepted:
    """Ask for a write, which a worker sends."""
    async with acting(db, caller.all) as transaction:
        meter_id = await meter_of_serial(transaction, serial)
        command_id = await add_command(transaction, meter_id, request.kind, request.arguments, request.idempotency_key)
    return CommandAccepted(command_id=command_id)


def create_app() -> FastAPI:
    """For `flows serve meter-sync`."""
    app = create_service_app(SERVICE, load_settings(MeterSyncSettings))
    app.include_router(router)
    app.include_router(readings.router)
    return app
