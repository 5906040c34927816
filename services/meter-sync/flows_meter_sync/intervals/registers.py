"""Which registers a person, a file or a job means, and what has to be known of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asyncpg import Record

from flows_meter_sync.counter import METER_AMPERES, Counter
from flows_meter_sync.errors import MeterUnknown, NoMeters
from flows_meter_sync.hardware import Hardware, hardware_of
from flows_meter_sync.registry import FUSE
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.vocabulary.meters import Element

log = get_logger()

REGISTERS = f"""
    SELECT register.register_id, meter.id AS meter_id, meter.serial, register.element, register.nature, meter.hardware,
           esco.time_zone, coalesce(head.fuse_rating, $5) AS amperes,
           greatest(register.start_time, '2000-01-01 00:00Z') AS start_time,
           least(register.end_time, '2200-01-01 00:00Z') AS end_time
      FROM flows.meter_registry AS meter
      JOIN flows.meter_registers AS register ON register.meter_id = meter.id
      JOIN flows.escos AS esco ON esco.id = meter.esco
      {FUSE}
     WHERE ($1::text[] IS NULL OR meter.serial = ANY($1))
       AND ($2::text IS NULL OR lower(esco.code) = lower($2))
       AND ($3::uuid[] IS NULL OR meter.id = ANY($3))
       AND ($4::uuid[] IS NULL OR esco.id = ANY($4))
       AND meter.installation_status <> 'deleted'
     ORDER BY meter.serial, register.element, register.start_time
"""


@dataclass(frozen=True, slots=True)
class MeterRegister:
    """A register with its meter; also one that was replaced. `exports`: it measures what the meter sends out.

    `amperes` are those of the fuse, or what a meter carries a phase where none is known.
    """

    id: UUID
    meter_id: UUID
    serial: str
    element: Element
    exports: bool
    hardware: Hardware
    zone: ZoneInfo
    amperes: int
    start: datetime
    end: datetime | None

    @property
    def counter(self) -> Counter:
        return self.hardware.counter(self.amperes)

    @property
    def name(self) -> str:
        """As people call it: the serial, and the element where there are several."""
        return self.serial if self.element == Element.SINGLE else f"{self.serial} {self.element}"


async def load_registers(
    db: Connection,
    *,
    serials: Sequence[str] | None = None,
    esco: str | None = None,
    meter_ids: Collection[UUID] | None = None,
    escos: Collection[UUID] | None = None,
    amperes: int = METER_AMPERES,
) -> list[MeterRegister]:
    """Registers of these meters, of a community or some, or of all; `amperes` where no fuse is known.

    The log has those that cannot be read.
    """
    registers = []
    for row in await db.fetch(REGISTERS, serials, esco, meter_ids, escos, amperes):
        try:
            registers.append(_register(row))
        except (ZoneInfoNotFoundError, ValueError) as error:
            log.error("register_unreadable", serial=row["serial"], reason=say_error(error))
    return registers


def _register(row: Record) -> MeterRegister:
    return MeterRegister(
        row["register_id"],
        row["meter_id"],
        row["serial"],
        row["element"],
        row["nature"] == "solar",
        hardware_of(row["hardware"]),
        ZoneInfo(row["time_zone"]),
        row["amperes"],
        row["start_time"],
        row["end_time"],
    )


async def named_registers(
    db: Connection, serials: Sequence[str], esco: str | None, amperes: int = METER_AMPERES
) -> list[MeterRegister]:
    """As a command names them; `MeterUnknown` or `NoMeters` where there is none."""
    registers = await load_registers(db, serials=serials or None, esco=esco, amperes=amperes)
    if unknown := set(serials) - {register.serial for register in registers}:
        raise MeterUnknown(min(unknown))
    if not registers:
        raise NoMeters(esco)
    return registers
