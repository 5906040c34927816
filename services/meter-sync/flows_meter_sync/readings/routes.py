"""What the gateway asks of readings: the same as `flows readings` does, of one meter or one community's files."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request

from flows_meter_sync.callers import note_request
from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.files.exports import export_field
from flows_meter_sync.files.field import Wh
from flows_meter_sync.files.imports import import_files
from flows_meter_sync.intervals.registers import MeterRegister, named_registers
from flows_meter_sync.readings.answers import estimated_half_hours, imported_row, missing_half_hours, wrong_reading
from flows_meter_sync.readings.estimate import estimate_missing
from flows_meter_sync.readings.gaps import find_gaps
from flows_meter_sync.readings.validate import validate_readings
from flows_meter_sync.settings import MeterSyncSettings
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.contracts.readings import (
    ESTIMATE,
    EXPORT,
    FIND_GAPS,
    IMPORT,
    VALIDATE,
    AskedEstimate,
    AskedPeriod,
    EstimatedHalfHours,
    FieldFiles,
    Import,
    ImportedRow,
    MissingHalfHours,
    WrongReading,
)
from flows_shared.db import Database
from flows_shared.service import Db, serve
from flows_shared.time import utc_now
from flows_shared.tokens import Claims

Asked = TypeVar("Asked", bound=AskedPeriod)

router = APIRouter()


def settings_of(request: Request) -> MeterSyncSettings:
    settings: MeterSyncSettings = request.app.state.settings
    return settings


Settings = Annotated[MeterSyncSettings, Depends(settings_of)]


@serve(router, FIND_GAPS.each)
async def gaps(serial: str, asked: AskedPeriod, db: Db, _caller: CallingService) -> list[MissingHalfHours]:
    period = asked.until(utc_now())
    async with db.connection() as connection:
        registers = await named_registers(connection, [serial], None)
        found = await find_gaps(connection, registers, period) if period else []
    return [missing_half_hours(gap) for gap in found]


@serve(router, VALIDATE.each)
async def validate(
    serial: str, asked: AskedPeriod, db: Db, caller: CallingService, settings: Settings
) -> list[WrongReading]:
    registers = await _on_record(db, settings, caller, "validate", serial, asked)
    period = asked.until(utc_now())
    found = await validate_readings(db, registers, period, settings) if period else []
    return [wrong_reading(flagged) for flagged in found]


@serve(router, ESTIMATE.each)
async def estimate(
    serial: str, asked: AskedEstimate, db: Db, caller: CallingService, settings: Settings
) -> list[EstimatedHalfHours]:
    registers = await _on_record(db, settings, caller, "estimate", serial, asked)
    period = asked.until(utc_now())
    method, dry_run = Method(asked.method), asked.dry_run
    found = await estimate_missing(db, registers, period, method, dry_run=dry_run) if period else []
    return [estimated_half_hours(each) for each in found]


@serve(router, EXPORT.each)
async def export(serial: str, asked: AskedPeriod, db: Db, _caller: CallingService, settings: Settings) -> FieldFiles:
    """The field's files."""
    period = asked.until(utc_now())
    async with db.connection() as connection:
        registers = await named_registers(connection, [serial], None, settings.readings_meter_amperes)
        files = await export_field(connection, registers, period) if period else []
    return FieldFiles(files=tuple(files))


@serve(router, IMPORT)
async def take_in(asked: Import, db: Db, caller: CallingService, settings: Settings) -> list[ImportedRow]:
    async with acting(db, caller.all) as transaction:
        await note_request(transaction, "import", None, {"files": [file.name for file in asked.files], "wh": asked.wh})
    amperes = settings.readings_meter_amperes
    rows = await import_files(db, asked.files, utc_now(), Wh(asked.wh), asked.escos, amperes)
    return [imported_row(row) for row in rows]


async def _on_record(
    db: Database, settings: MeterSyncSettings, caller: Claims, what: str, serial: str, asked: Asked
) -> list[MeterRegister]:
    """The meter's registers, once it is on record who asks for what."""
    async with acting(db, caller.all) as transaction:
        registers = await named_registers(transaction, [serial], None, settings.readings_meter_amperes)
        await note_request(transaction, what, registers[0].meter_id, asked.model_dump(mode="json", exclude_none=True))
    return registers
