"""Read a meter now, and how its reads have gone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.routes.access import MeterOperator, MeterReader
from flows_api.routes.meters.meter import Known, MeterSync, Serial, fetch_meter, find_meter
from flows_api.routes.models import problems
from flows_shared.contracts.meters import SYNC_METER, SyncAccepted, SyncRequest
from flows_shared.service import Db

METRICS = """
    SELECT metric, last_attempt_at, last_success_at, last_error, last_error_at, consecutive_failures, duration_ms,
           readings
      FROM flows.meter_sync_status
     WHERE meter_id = $1
     ORDER BY metric
"""

router = APIRouter()


class MetricStatus(BaseModel):
    metric: str = Field(examples=["SyncerReads"])
    last_attempt_at: datetime
    last_success_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    consecutive_failures: int
    duration_ms: int
    readings: int = Field(description="values that the last successful read brought")


class SyncStatus(Known):
    meter_id: UUID
    metrics: list[MetricStatus]


@router.post("/{serial}/sync", status_code=202, summary="Read a meter now", responses=problems(404, 503))
async def sync_meter(
    serial: Serial,
    principal: MeterOperator,
    db: Db,
    meter_sync: MeterSync,
    asked: Annotated[SyncRequest | None, Body()] = None,
) -> SyncAccepted:
    await find_meter(db, principal, serial)
    return await meter_sync.call(SYNC_METER.of(serial), asked or SyncRequest(), principal)


@router.get("/{serial}/sync", summary="How the reads of a meter have gone", responses=problems(404))
async def sync_status(serial: Serial, principal: MeterReader, db: Db) -> SyncStatus:
    """Customers see their own meters, admins those of their communities."""
    async with acting_as(db, principal) as transaction:
        meter = await fetch_meter(transaction, serial)
        metrics = await transaction.fetch(METRICS, meter["id"])
    return SyncStatus(meter_id=meter["id"], **meter, metrics=[MetricStatus(**row) for row in metrics])
