"""The service's web app: health, metrics, and what the gateway asks of it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field

from flows_meter_sync.callers import note_request
from flows_meter_sync.jobs import sync_arguments
from flows_meter_sync.readings import routes as readings
from flows_meter_sync.registry import meter_of_serial
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.syncers import syncer_names
from flows_meter_sync.writes.store import SERVICE, add_command
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.idempotency import IdempotencyKeyText
from flows_shared.outbox import enqueue
from flows_shared.service import Db, create_service_app
from flows_shared.settings import load_settings

router = APIRouter(prefix="/internal")


class SyncRequest(BaseModel):
    """Which metrics to read, such as `SyncerReads` or `Reads`; all that are switched on where there is none."""

    metrics: list[str] | None = Field(None, min_length=1)


class SyncAccepted(BaseModel):
    """The job that will read them."""

    meter_id: UUID
    job_id: UUID


@router.post("/meters/{serial}/sync", status_code=202)
async def sync_meter(serial: str, request: SyncRequest, db: Db, caller: CallingService) -> SyncAccepted:
    """Read a meter as soon as a worker is free; it goes before all that is done by the clock."""
    metrics = None if request.metrics is None else syncer_names(request.metrics)
    async with acting(db, caller.all) as transaction:
        meter_id = await meter_of_serial(transaction, serial)
        await note_request(transaction, "sync", meter_id, {"metrics": metrics})
        key = f"{meter_id} {' '.join(metrics or ['all'])}"
        arguments = sync_arguments([meter_id], metrics, by_hand=True)
        job_id = await enqueue(transaction, SERVICE, "sync_meters", *arguments, key=key)
    return SyncAccepted(meter_id=meter_id, job_id=job_id)


class CommandRequest(BaseModel):
    """A write to a meter; the same key asks for the same command."""

    kind: str
    arguments: dict[str, Any]
    idempotency_key: IdempotencyKeyText


class CommandAccepted(BaseModel):
    """The command; its row says how it goes."""

    command_id: UUID


@router.post("/meters/{serial}/commands", status_code=202)
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
