"""/v1/meters: read a meter now, and how its reads have gone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from flows_api.access import acting_as
from flows_api.commands.access import Operator, Reader
from flows_api.commands.models import example, problems
from flows_api.commands.services import ServiceClient
from flows_shared.errors import NotFoundError
from flows_shared.service import Db

METER = """
    SELECT meter.id, meter.serial, shadow.health, shadow.health_details, shadow.last_healthy_at
      FROM flows.meter_registry AS meter
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
     WHERE meter.serial = $1
"""
METRICS = """
    SELECT metric, last_attempt_at, last_success_at, last_error, last_error_at, consecutive_failures, duration_ms,
           readings
      FROM flows.meter_sync_status
     WHERE meter_id = $1
     ORDER BY metric
"""

router = APIRouter(prefix="/v1/meters", tags=["meters"])

Serial = Annotated[str, Path(pattern=r"^[\w.\- ]{1,64}$", examples=["EML2137580826"])]
Metric = Annotated[str, Field(pattern=r"^\w{1,64}$", examples=["SyncerReads"])]


class MeterUnknown(NotFoundError):
    code = "meter.unknown"

    def __init__(self, serial: str) -> None:
        super().__init__(f"there is no meter {serial!r}, or it is not yours")


class SyncRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=example({"metrics": ["SyncerReads"]}))

    metrics: list[Metric] | None = Field(None, min_length=1, max_length=100, description="all enabled ones when null")


class SyncAccepted(BaseModel):
    """The read is queued; GET the same path for how it went."""

    meter_id: UUID
    job_id: UUID


class MetricStatus(BaseModel):
    metric: str = Field(examples=["SyncerReads"])
    last_attempt_at: datetime
    last_success_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    consecutive_failures: int
    duration_ms: int
    readings: int = Field(description="values that the last successful read brought")


class SyncStatus(BaseModel):
    meter_id: UUID
    serial: str = Field(examples=["EML2137580826"])
    health: str = Field(examples=["healthy"])
    health_details: str | None
    last_healthy_at: datetime | None
    metrics: list[MetricStatus]


async def get_meter_sync(request: Request) -> ServiceClient:
    client: ServiceClient = request.app.state.meter_sync
    return client


@router.post("/{serial}/sync", status_code=202, summary="Read a meter now", responses=problems(404, 503))
async def sync_meter(
    serial: Serial,
    principal: Operator,
    db: Db,
    meter_sync: Annotated[ServiceClient, Depends(get_meter_sync)],
    asked: Annotated[SyncRequest | None, Body()] = None,
) -> SyncAccepted:
    async with acting_as(db, principal) as transaction:
        if await transaction.fetchrow(METER, serial) is None:
            raise MeterUnknown(serial)
    body = {"metrics": asked.metrics if asked else None}
    answer = await meter_sync.post(f"/internal/meters/{serial}/sync", body, principal)
    return SyncAccepted.model_validate_json(answer.content)


@router.get("/{serial}/sync", summary="How the reads of a meter have gone", responses=problems(404))
async def sync_status(serial: Serial, principal: Reader, db: Db) -> SyncStatus:
    """Customers see their own meters, admins those of their communities."""
    async with acting_as(db, principal) as transaction:
        meter = await transaction.fetchrow(METER, serial)
        if meter is None:
            raise MeterUnknown(serial)
        metrics = await transaction.fetch(METRICS, meter["id"])
    found = {name: value for name, value in meter.items() if name != "id"}
    return SyncStatus(meter_id=meter["id"], **found, metrics=[MetricStatus(**row) for row in metrics])
