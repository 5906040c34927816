"""Writes to meters: asked for with an Idempotency-Key, sent by a worker, followed by their command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_api.routes.access import MeterOperator, MeterReader
from flows_api.routes.meters.meter import MeterSync, Serial, fetch_meter, find_meter
from flows_api.routes.models import problems
from flows_api.routes.services import ServiceClient
from flows_shared.contracts.meters import SETTINGS, WRITE_TO_METER, Arguments, CommandRequest, Setting
from flows_shared.db import Connection, Database
from flows_shared.errors import NotFoundError
from flows_shared.numbers import PLAIN
from flows_shared.service import Db
from flows_shared.vocabulary.meters import WriteKind, WriteStatus

COMMANDS = """
    SELECT command.id, meter.serial, command.kind, command.arguments, command.status, command.tries,
           command.requested_by, command.created_at AS requested_at, command.sent_at, command.ended_at, command.before,
           command.after, command.error_code, command.last_error
      FROM flows.meter_commands AS command
      JOIN flows.meter_registry AS meter ON meter.id = command.meter_id
     WHERE command.meter_id = $1
"""
COMMAND = f"{COMMANDS} AND command.id = $2"
LATEST = f"{COMMANDS} ORDER BY command.created_at DESC LIMIT $2"

router = APIRouter()

IdempotencyKey = Annotated[
    str, Header(min_length=1, max_length=255, description="the same key asks for the same command, however often")
]


class CommandUnknown(NotFoundError):
    code = "command.unknown"

    def __init__(self, command_id: UUID) -> None:
        super().__init__(f"there is no command {command_id} to this meter")


class Command(BaseModel):
    """A write to a meter. It is `confirmed` once the meter holds what was asked for.

    `sent` means that it may have reached the meter; `last_error` is why the last try was in vain, or why there is no
    further one.
    """

    id: UUID
    serial: str = Field(examples=["EML2137580826"])
    kind: str = Field(examples=["tariff"])
    arguments: dict[str, object]
    status: WriteStatus
    tries: int
    requested_by: str
    requested_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    before: dict[str, object] | None = Field(description="what the meter held before it was sent")
    after: dict[str, object] | None = Field(description="what the meter held when it was confirmed")
    error_code: str | None = Field(examples=["meter.unreachable"])
    last_error: str | None


@dataclass(frozen=True)
class Asking:
    """Who asks for a write, and of which meter."""

    serial: str
    principal: Principal
    key: str
    db: Database
    meter_sync: ServiceClient

    async def write(self, kind: WriteKind, arguments: Arguments) -> Command:
        await find_meter(self.db, self.principal, self.serial)
        values = arguments.model_dump(mode="json", exclude_none=True)
        asked = CommandRequest(kind=kind, arguments=values, idempotency_key=self.key)
        accepted = await self.meter_sync.call(WRITE_TO_METER.of(self.serial), asked, self.principal)
        async with acting_as(self.db, self.principal) as transaction:
            return await _fetch(transaction, self.serial, accepted.command_id)


async def get_asking(
    serial: Serial, principal: MeterOperator, idempotency_key: IdempotencyKey, db: Db, meter_sync: MeterSync
) -> Asking:
    return Asking(serial, principal, idempotency_key, db, meter_sync)


Asked = Annotated[Asking, Depends(get_asking)]
ACCEPTED: dict[str, Any] = {"status_code": 202, "responses": problems(404, 409, 503)}


def _writer(setting: Setting) -> Callable[..., Awaitable[Command]]:
    async def write(asking: Asked, given: Arguments) -> Command:
        return await asking.write(setting.kind, given)

    async def write_without_body(asking: Asked) -> Command:
        return await asking.write(setting.kind, setting.arguments.model_validate({}))

    if not setting.arguments.model_fields:
        return write_without_body
    write.__annotations__["given"] = setting.arguments  # FastAPI reads the body's model there
    return write


for setting in SETTINGS.values():
    router.add_api_route(
        f"/{{serial}}/{setting.path}",
        _writer(setting),
        methods=["POST"],
        name=setting.operation,
        summary=setting.summary,
        description=setting.description,
        **ACCEPTED,
    )


@router.get("/{serial}/commands", summary="Writes to a meter, newest first", responses=problems(404))
async def list_commands(
    serial: Serial, principal: MeterReader, db: Db, limit: Annotated[int, PLAIN, Query(ge=1, le=1000)] = 100
) -> list[Command]:
    async with acting_as(db, principal) as transaction:
        meter = await fetch_meter(transaction, serial)
        rows = await transaction.fetch(LATEST, meter["id"], limit)
    return [Command(**row) for row in rows]


@router.get("/{serial}/commands/{command_id}", summary="How a write goes", responses=problems(404))
async def show_command(serial: Serial, command_id: UUID, principal: MeterReader, db: Db) -> Command:
    async with acting_as(db, principal) as transaction:
        return await _fetch(transaction, serial, command_id)


async def _fetch(db: Connection, serial: str, command_id: UUID) -> Command:
    meter = await fetch_meter(db, serial)
    row = await db.fetchrow(COMMAND, meter["id"], command_id)
    if row is None:
        raise CommandUnknown(command_id)
    return Command(**row)
