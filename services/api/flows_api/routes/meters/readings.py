"""Half hours of a meter: what is missing, checks, estimates, files."""

import io
from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel, Field, ValidationError

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_api.routes.access import MeterOperator, MeterOperatorReader, MeterReader
from flows_api.routes.meters.meter import MeterSync, Serial, fetch_meter, find_meter
from flows_api.routes.models import problems
from flows_shared.contracts.readings import (
    ESTIMATE,
    EXPORT,
    FIND_GAPS,
    IMPORT,
    VALIDATE,
    AskedEstimate,
    AskedPeriod,
    EstimatedHalfHours,
    FieldNumbers,
    Import,
    ImportedRow,
    MissingHalfHours,
    NamedFile,
    WrongReading,
)
from flows_shared.dates import Moment
from flows_shared.db import Database
from flows_shared.errors import InvalidError
from flows_shared.readings import HalfHourRow, write_csv
from flows_shared.service import Db
from flows_shared.time import utc_now

VALUES: Final = """
    SELECT register.element, half_hour.timestamp, half_hour.kwh, half_hour.source
      FROM flows.meter_registers AS register
      JOIN flows.register_intervals AS half_hour USING (register_id)
     WHERE register.meter_id = $1 AND half_hour.timestamp >= $2 AND half_hour.timestamp < $3
     ORDER BY register.element, half_hour.timestamp
"""
# Those of which the caller sees a meter: row level security decides.
ESCOS: Final = "SELECT DISTINCT esco FROM flows.meter_registry"
FILE_NAME: Final = r"^[\w.\- ()]{1,128}$"

router = APIRouter(responses=problems(404, 503))
files = APIRouter(prefix="/v1/readings", tags=["meters"], responses=problems(409, 503))


class FileNotText(InvalidError):
    code = "file.not_text"


class PeriodWrong(InvalidError):
    code = "readings.period"


class ImportReport(BaseModel):
    """How many rows were taken, were there already, were refused or wait for another file; and each of them."""

    taken: int
    there_already: int
    refused: int
    waits: int
    rows: list[ImportedRow] = Field(description="by file and line")


async def get_period(
    start: Annotated[Moment | None, Query(description="30 days before the end where it is not given")] = None,
    end: Annotated[Moment | None, Query(description="now where it is not given")] = None,
) -> AskedPeriod:
    try:
        return AskedPeriod(start=start, end=end)
    except ValidationError as error:
        raise PeriodWrong("; ".join(detail["msg"] for detail in error.errors())) from None


InPeriod = Annotated[AskedPeriod, Depends(get_period)]


@router.get("/{serial}/gaps", summary="Half hours without a reading")
async def show_gaps(
    serial: Serial, asked: InPeriod, principal: MeterOperatorReader, db: Db, meter_sync: MeterSync
) -> list[MissingHalfHours]:
    """With what the meter said of them; to have it asked again, read it now with the metric `SyncerProfileLog`."""
    await find_meter(db, principal, serial)
    return await meter_sync.call(FIND_GAPS.of(serial), asked, principal)


@router.post("/{serial}/validate", summary="Check readings")
async def validate_readings(
    serial: Serial, asked: AskedPeriod, principal: MeterOperator, db: Db, meter_sync: MeterSync
) -> list[WrongReading]:
    """What looks wrong is listed, and kept in `flows.register_interval_flags`; no value changes."""
    await find_meter(db, principal, serial)
    return await meter_sync.call(VALIDATE.of(serial), asked, principal)


@router.post("/{serial}/estimate", summary="Estimate half hours without a reading")
async def estimate_readings(
    serial: Serial, asked: AskedEstimate, principal: MeterOperator, db: Db, meter_sync: MeterSync
) -> list[EstimatedHalfHours]:
    """Until a reading comes; a dry run shows how many, and keeps none."""
    await find_meter(db, principal, serial)
    return await meter_sync.call(ESTIMATE.of(serial), asked, principal)


@router.get(
    "/{serial}/export",
    summary="Half hours as CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "serial,element,start,kwh,source"}},
)
async def export_readings(serial: Serial, asked: InPeriod, principal: MeterReader, db: Db) -> Response:
    """Estimates too, marked as such. Customers get what is theirs, admins all of their communities' meters."""
    period, rows = asked.until(utc_now()), []
    async with acting_as(db, principal) as transaction:
        meter = await fetch_meter(transaction, serial)
        if period:
            rows = await transaction.fetch(VALUES, meter["id"], period.start, period.end)
    text = write_csv(HalfHourRow(serial, *row) for row in rows)
    return _file(text.encode(), "text/csv; charset=utf-8", f"{serial}.csv")


@router.get(
    "/{serial}/export/field",
    summary="Half hours as the field's files, zipped",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "A CSV file for each element and UTC day"}},
)
async def export_field_files(
    serial: Serial, asked: InPeriod, principal: MeterOperatorReader, db: Db, meter_sync: MeterSync
) -> Response:
    """What the registers had counted, named `SERIAL-YYYYMMDD.csv`, or `SERIAL-A-...` and `SERIAL-B-...`."""
    await find_meter(db, principal, serial)
    found = await meter_sync.call(EXPORT.of(serial), asked, principal)
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for file in found.files:
            archive.writestr(file.name, file.text)
    return _file(held.getvalue(), "application/zip", f"{serial}.zip")


@files.post("/import", summary="Import half hours from a CSV file")
async def import_readings(
    name: Annotated[str, Query(pattern=FILE_NAME, examples=["EML2137580826-20261025.csv"])],
    content: Annotated[bytes, Body(media_type="text/csv", description="one of the field's files, or of ours")],
    principal: MeterOperator,
    db: Db,
    meter_sync: MeterSync,
    wh: Annotated[
        FieldNumbers,
        Query(description="what the numbers of a field's file are; `auto`: counts, refused where they could be energy"),
    ] = "auto",
) -> ImportReport:
    """A file of the field is known by its name. Bad rows stop no good ones, and the same file twice changes nothing."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileNotText(f"{name} is not UTF-8: {error.reason} at byte {error.start}") from None
    escos = await _visible_escos(db, principal)
    asked = Import(files=[NamedFile(name=name, text=text)], wh=wh, escos=escos)
    rows = await meter_sync.call(IMPORT, asked, principal)
    counts = {outcome: sum(row.outcome == outcome for row in rows) for outcome in ("taken", "refused", "waits")}
    return ImportReport(**counts, there_already=len(rows) - sum(counts.values()), rows=rows)


async def _visible_escos(db: Database, principal: Principal) -> list[UUID]:
    async with acting_as(db, principal) as transaction:
        return [row["esco"] for row in await transaction.fetch(ESCOS)]


def _file(content: bytes, media_type: str, name: str) -> Response:
    named = f'filename="{name}"' if name.isascii() else f"filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": f"attachment; {named}", "Cache-Control": "private, no-store"}
    return Response(content, media_type=media_type, headers=headers)
