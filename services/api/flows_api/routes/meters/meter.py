"""A meter of the one who asks, and the service that talks to it."""

from datetime import datetime
from typing import Annotated

from asyncpg import Record
from fastapi import Depends, Path, Request
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_api.routes.services import ServiceClient
from flows_shared.db import Connection, Database
from flows_shared.errors import NotFoundError

# All that is known of a meter, and how the reads of one metric have gone.
METER = """
    SELECT shadow.health, shadow.health_details, shadow.last_healthy_at, shadow.import_a, shadow.export_a,
           shadow.import_b, shadow.export_b, shadow.csq, shadow.balance, shadow.clock_time_diff_seconds,
           shadow.clock_time_diff_synced_at, shadow.tariffs_active, shadow.tariffs_future, shadow.backlight,
           shadow.load_switch, meter.id, meter.serial, meter.name, meter.hardware, meter.firmware_version, meter.mode,
           meter.installation_status, meter.prepay_enabled, meter.daylight_savings_correction_enabled,
           esco.code AS esco_code, status.last_success_at AS read_at, status.last_attempt_at AS tried_at,
           status.last_error AS error
      FROM flows.meter_registry AS meter
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
      JOIN flows.escos AS esco ON esco.id = meter.esco
      LEFT JOIN flows.meter_sync_status AS status ON status.meter_id = meter.id AND status.metric = $2
     WHERE meter.serial = $1
"""

Serial = Annotated[str, Path(pattern=r"^[\w.\- ]{1,64}$", examples=["EML2137580826"])]


class MeterUnknown(NotFoundError):
    code = "meter.unknown"

    def __init__(self, serial: str) -> None:
        super().__init__(f"there is no meter {serial!r}, or it is not yours")


class Known(BaseModel):
    """The meter, and how well it can be talked to."""

    serial: str = Field(examples=["EML2137580826"])
    health: str = Field(examples=["healthy"])
    health_details: str | None = Field(description="why it could not be talked to the last time")
    last_healthy_at: datetime | None


class Metric(Known):
    """Values as they were read last: `error` is why a later try, at `tried_at`, brought none."""

    read_at: datetime | None
    tried_at: datetime | None
    error: str | None


async def fetch_meter(db: Connection, serial: str, metric: str = "") -> Record:
    """Of those that the caller's role may see."""
    row = await db.fetchrow(METER, serial, metric)
    if row is None:
        raise MeterUnknown(serial)
    return row


async def find_meter(db: Database, principal: Principal, serial: str, metric: str = "") -> Record:
    """The same, in a transaction of its own."""
    async with acting_as(db, principal) as transaction:
        return await fetch_meter(transaction, serial, metric)


async def get_meter_sync(request: Request) -> ServiceClient:
    client: ServiceClient = request.app.state.meter_sync
    return client


MeterSync = Annotated[ServiceClient, Depends(get_meter_sync)]
