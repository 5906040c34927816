"""A new meter in the place of an old one."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.auth.acting import acting_as
from flows_api.routes.access import MeterInstaller
from flows_api.routes.meters.meter import Serial, fetch_meter
from flows_api.routes.models import example, problems
from flows_shared.dates import Moment
from flows_shared.db import JSON
from flows_shared.errors import ConflictError, FlowsError, ForbiddenError, InvalidError
from flows_shared.service import Db
from flows_shared.vocabulary.meters import Element

Reads: TypeAlias = dict[Element, Annotated[Decimal, Field(ge=0, max_digits=12)]]

EXCHANGE: Final = "SELECT flows.exchange_meter($1, $2, $3, $4, $5)"
FOLLOWED: Final = "SELECT follower, register_id FROM flows.follow_elements($1, $2, $3)"
REGISTERS: Final = """
    SELECT register.register_id, register.element, register.nature, register.start_time,
           ARRAY(SELECT circuit FROM flows.circuit_register WHERE register = register.register_id) AS circuits
      FROM flows.meter_registers AS register
     WHERE register.meter_id = $1 AND register.status = 'enabled'
     ORDER BY register.element
"""
EXAMPLE: Final[JSON] = {
    "new_serial": "EML2137580827",
    "exchanged_at": "2026-10-15T10:10:00Z",
    "closing_reads": {"SINGLE": "10234.567"},
    "opening_reads": {"SINGLE": "0.120"},
}

router = APIRouter()


class ExchangeRefused(ConflictError):
    code = "meter.exchange_refused"


class ExchangeInvalid(InvalidError):
    code = "meter.exchange_invalid"


class ExchangeForbidden(ForbiddenError):
    code = "auth.scope"


REFUSALS: Final[dict[type[asyncpg.PostgresError], type[FlowsError]]] = {
    asyncpg.RaiseError: ExchangeRefused,
    asyncpg.InvalidParameterValueError: ExchangeInvalid,
    asyncpg.InsufficientPrivilegeError: ExchangeForbidden,  # a key that may not write all that changes
}


class ExchangeRequest(BaseModel):
    """What took the meter's place and when; reads are what the meters had counted then, kWh by element."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=example(EXAMPLE))

    new_serial: str = Field(pattern=r"^[\w.\- ]{1,64}$")
    exchanged_at: Moment
    closing_reads: Reads = Field(default_factory=dict, description="of the old meter")
    opening_reads: Reads = Field(default_factory=dict, description="of the new meter")


class ExchangedRegister(BaseModel):
    """A register of the new meter, in the circuits of the one that it follows."""

    register_id: UUID
    element: Element
    nature: str = Field(examples=["power"])
    start_time: datetime = Field(description="the next half hour: the one of the exchange is the old register's")
    follows: UUID
    circuits: list[UUID]


class Exchange(BaseModel):
    """The old meter is not read any more; its readings stay, and are billed with the new one's."""

    serial: str = Field(description="of the old meter")
    new_serial: str
    exchanged_at: datetime
    registers: list[ExchangedRegister]


@router.post("/{serial}/exchange", status_code=201, summary="Exchange a meter", responses=problems(404, 409))
async def exchange_meter(serial: Serial, asked: ExchangeRequest, principal: MeterInstaller, db: Db) -> Exchange:
    """The new meter is registered before, without registers. It takes the old one's place in homes and circuits.

    Element by element where both have two, or both one; SINGLE goes on as A. Of a meter with two elements the one that
    measures a circuit goes on as SINGLE (A where none does); where both do, that is refused.
    """
    async with acting_as(db, principal) as transaction:
        old, new = await fetch_meter(transaction, serial), await fetch_meter(transaction, asked.new_serial)
        reads = [_plain(asked.closing_reads), _plain(asked.opening_reads)]
        try:
            rows = await transaction.fetch(FOLLOWED, old["id"], new["id"], asked.exchanged_at)
            followed = {row["follower"]: row["register_id"] for row in rows}
            await transaction.execute(EXCHANGE, old["id"], new["id"], asked.exchanged_at, *reads)
        except tuple(REFUSALS) as error:
            raise REFUSALS[type(error)](error.args[0]) from error
        rows = await transaction.fetch(REGISTERS, new["id"])
    registers = [ExchangedRegister(**row, follows=followed[row["element"]]) for row in rows]
    return Exchange(serial=serial, new_serial=asked.new_serial, exchanged_at=asked.exchanged_at, registers=registers)


def _plain(reads: Reads) -> dict[str, str]:
    return {element: f"{kwh:f}" for element, kwh in reads.items()}
