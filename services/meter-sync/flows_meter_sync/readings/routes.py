"""What the gateway asks of readings: the same as `flows readings` does, of one meter or one community's files."""

from typing import TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from flows_meter_sync.callers import note_request
from flows_meter_sync.estimation.estimate import estimate_missing
from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.files.exports import export_field
from flows_meter_sync.files.field import Wh
from flows_meter_sync.files.imports import File, import_files
from flows_meter_sync.readings.gaps import find_gaps
from flows_meter_sync.readings.registers import MeterRegister, named_registers
from flows_meter_sync.readings.views import estimated_half_hours, imported_row, missing_half_hours, wrong_reading
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.validation.validate import validate_readings
from flows_shared.acting import acting
from flows_shared.auth import CallingService, Claims
from flows_shared.db import Database
from flows_shared.readings import (
    AskedEstimate,
    AskedPeriod,
    EstimatedHalfHours,
    FieldNumbers,
    ImportedRow,
    MissingHalfHours,
    WrongReading,
)
from flows_shared.service import Db
from flows_shared.time import utc_now

Asked = TypeVar("Asked", bound=AskedPeriod)

router = APIRouter(prefix="/internal")


class NamedFile(BaseModel):
    """A file: its name without the folder, and its text."""

    name: str
    text: str


class FieldFiles(BaseModel):
    files: list[NamedFile]


class Import(BaseModel):
    """Files to take in, for meters of these communities."""

    files: list[NamedFile] = Field(min_length=1)
    wh: FieldNumbers = "auto"
    escos: list[UUID]


@router.post("/meters/{serial}/gaps")
async def gaps(serial: str, asked: AskedPeriod, db: Db, _caller: CallingService) -> list[MissingHalfHours]:
    period = asked.until(utc_now())
    async with db.connection() as connection:
        registers = await named_registers(connection, [serial], None)
        found = await find_gaps(connection, registers, period) if period else []
    return [missing_half_hours(gap) for gap in found]


@router.post("/meters/{serial}/validate")
async def validate(
    serial: str, asked: AskedPeriod, db: Db, caller: CallingService, request: Request
) -> list[WrongReading]:
    settings: MeterSyncSettings = request.app.state.settings
    registers, period = await _on_record(db, caller, "validate", serial, asked), asked.until(utc_now())
    found = await validate_readings(db, registers, period, settings) if period else []
    return [wrong_reading(flagged) for flagged in found]


@router.post("/meters/{serial}/estimate")
async def estimate(serial: str, asked: AskedEstimate, db: Db, caller: CallingService) -> list[EstimatedHalfHours]:
    registers, period = await _on_record(db, caller, "estimate", serial, asked), asked.until(utc_now())
    method, dry_run = Method(asked.method), asked.dry_run
    found = await estimate_missing(db, registers, period, method, dry_run=dry_run) if period else []
    return [estimated_half_hours(each) for each in found]


@router.post("/meters/{serial}/export")
async def export(serial: str, asked: AskedPeriod, db: Db, _caller: CallingService) -> FieldFiles:
    """The field's files."""
    period = asked.until(utc_now())
    async with db.connection() as connection:
        registers = await named_registers(connection, [serial], None)
        files = await export_field(connection, registers, period) if period else []
    return FieldFiles(files=[NamedFile(name=file.name, text=file.text) for file in files])


@router.post("/readings/import")
async def take_in(asked: Import, db: Db, caller: CallingService) -> list[ImportedRow]:
    files = [File(file.name, file.text) for file in asked.files]
    async with acting(db, caller.all) as transaction:
        await note_request(transaction, "import", None, {"files": [file.name for file in files], "wh": asked.wh})
    rows = await import_files(db, files, utc_now(), Wh(asked.wh), asked.escos)
    return [imported_row(row) for row in rows]


async def _on_record(db: Database, caller: Claims, what: str, serial: str, asked: Asked) -> list[MeterRegister]:
    """The meter's registers, once it is on record who asks for what."""
    async with acting(db, caller.all) as transaction:
        registers = await named_registers(transaction, [serial], None)
        await note_request(transaction, what, registers[0].meter_id, asked.model_dump(mode="json", exclude_none=True))
    return registers
