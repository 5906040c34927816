"""What is known of a meter without asking it: customers see their own meters, admins those of their communities."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.routes.access import MeterReader
from flows_api.routes.meters.meter import Known, Metric, Serial, fetch_meter, find_meter
from flows_api.routes.models import problems
from flows_shared.dates import Moment
from flows_shared.errors import InvalidError
from flows_shared.numbers import PLAIN
from flows_shared.service import Db
from flows_shared.time import utc_now
from flows_shared.vocabulary.meters import MeterMode

MOST_DAYS = 62

PROFILE = """
    SELECT register.element, register.nature, half_hour.timestamp AS start, half_hour.kwh, half_hour.source
      FROM flows.meter_registers AS register
      JOIN flows.register_intervals AS half_hour USING (register_id)
     WHERE register.meter_id = $1 AND half_hour.timestamp >= $2 AND half_hour.timestamp < $3
     ORDER BY half_hour.timestamp, register.element
"""
EVENTS = """
    SELECT event.timestamp AS at, event.event_type AS type, kind.name, event.event_set AS count
      FROM flows.meter_event_log AS event
      LEFT JOIN flows.meter_event_log_type AS kind ON kind.id = event.event_type
     WHERE event.meter_id = $1
     ORDER BY event.timestamp DESC, event.event_type
     LIMIT $2
"""

# Meters have kept time since then; the edges of the calendar have no days before or after them.

router = APIRouter(responses=problems(404))


class ProfilePeriodWrong(InvalidError):
    code = "profile.period"


class Overview(Known):
    """What a meter is."""

    id: UUID
    name: str | None
    esco_code: str = Field(examples=["WLCE"])
    hardware: str | None = Field(examples=["C1.w"])
    firmware_version: str | None = Field(examples=["6_35_9"])
    mode: MeterMode = Field(description="passive: it follows another Flows")
    installation_status: str = Field(examples=["enabled"])
    prepay_enabled: bool
    backlight: str | None
    load_switch: str | None


class Reads(Metric):
    """Cumulative kWh of each element; of a three-phase meter the total of all phases."""

    import_a: Decimal | None
    export_a: Decimal | None
    import_b: Decimal | None
    export_b: Decimal | None


class Signal(Metric):
    """Signal quality of the mobile network, 0 to 31."""

    csq: int | None


class PrepayBalance(Metric):
    """GBP left on a prepay meter, below zero in emergency credit."""

    balance: Decimal | None
    prepay_enabled: bool


class Clock(Metric):
    """How many seconds the meter's clock is off, fast or slow."""

    clock_time_diff_seconds: int | None
    clock_time_diff_synced_at: datetime | None
    daylight_savings_correction_enabled: bool | None


class Tariffs(Metric):
    """What the meter charges, and what it will change to and when; amounts in GBP as text."""

    tariffs_active: dict[str, object] | None
    tariffs_future: dict[str, object] | None


class HalfHour(BaseModel):
    """Energy of the half hour that begins at `start`."""

    element: str = Field(examples=["A"])
    nature: str = Field(examples=["power"])
    start: datetime
    kwh: Decimal
    source: Literal["measured", "imported", "edited", "estimated"]


class Event(BaseModel):
    """What the meter noted; a type without a name is kept as its number. `count` is the meter's own, by type."""

    at: datetime
    type: int
    name: str | None = Field(examples=["EVENT_POWER_UP"])
    count: int


@router.get("/{serial}", summary="What a meter is")
async def show_meter(serial: Serial, principal: MeterReader, db: Db) -> Overview:
    return Overview(**await find_meter(db, principal, serial))


@router.get("/{serial}/read", summary="Cumulative energy")
async def show_reads(serial: Serial, principal: MeterReader, db: Db) -> Reads:
    return Reads(**await find_meter(db, principal, serial, "SyncerReads"))


@router.get("/{serial}/csq", summary="Signal quality")
async def show_csq(serial: Serial, principal: MeterReader, db: Db) -> Signal:
    return Signal(**await find_meter(db, principal, serial, "SyncerCsq"))


@router.get("/{serial}/balance", summary="Money on a prepay meter")
async def show_balance(serial: Serial, principal: MeterReader, db: Db) -> PrepayBalance:
    return PrepayBalance(**await find_meter(db, principal, serial, "SyncerPrepayBalance"))


@router.get("/{serial}/clock", summary="How far the clock is off")
async def show_clock(serial: Serial, principal: MeterReader, db: Db) -> Clock:
    return Clock(**await find_meter(db, principal, serial, "SyncerClockDiff"))


@router.get("/{serial}/tariff", summary="Prices in the meter")
async def show_tariffs(serial: Serial, principal: MeterReader, db: Db) -> Tariffs:
    return Tariffs(**await find_meter(db, principal, serial, "SyncerTariffsActive"))


@router.get("/{serial}/profile", summary="Half-hourly energy")
async def show_profile(
    serial: Serial,
    principal: MeterReader,
    db: Db,
    start: Annotated[Moment | None, Query(description="two days ago where it is not given")] = None,
    end: Annotated[Moment | None, Query(description="now where it is not given")] = None,
) -> list[HalfHour]:
    """Half hours that begin in `[start, end)`, at most 62 days."""
    until = end or utc_now()
    since = start or until - timedelta(days=2)
    if not timedelta() <= until - since <= timedelta(days=MOST_DAYS):
        raise ProfilePeriodWrong(f"start: at most {MOST_DAYS} days before end, and not after it")
    async with acting_as(db, principal) as transaction:
        meter = await fetch_meter(transaction, serial)
        rows = await transaction.fetch(PROFILE, meter["id"], since, until)
    return [HalfHour(**row) for row in rows]


@router.get("/{serial}/events", summary="The meter's event log, newest first")
async def show_events(
    serial: Serial, principal: MeterReader, db: Db, limit: Annotated[int, PLAIN, Query(ge=1, le=1000)] = 100
) -> list[Event]:
    async with acting_as(db, principal) as transaction:
        meter = await fetch_meter(transaction, serial)
        rows = await transaction.fetch(EVENTS, meter["id"], limit)
    return [Event(**row) for row in rows]
