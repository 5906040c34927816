"""Which registers a person, a file or a job means, and what has to be known of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_meter_sync.errors import MeterUnknown, NoMeters
from flows_meter_sync.hardware import Hardware, hardware_of
from flows_meter_sync.registry import Element
from flows_shared.db import Connection

REGISTERS = """
    SELECT register.register_id, meter.id AS meter_id, meter.serial, register.element, register.nature, meter.hardware,
           esco.time_zone, head.fuse_rating, register.start_time, register.end_time
      FROM flows.meter_registry AS meter
      JOIN flows.meter_registers AS register ON register.meter_id = meter.id
      JOIN flows.escos AS esco ON esco.id = meter.esco
      LEFT JOIN LATERAL (SELECT min(registry.fuse_rating) AS fuse_rating
                           FROM flows.service_head_meter AS link
                           JOIN flows.service_head_registry AS registry ON registry.id = link.service_head
                          WHERE link.meter = meter.id) AS head ON true
     WHERE ($1::text[] IS NULL OR meter.serial = ANY($1))
       AND ($2::text IS NULL OR lower(esco.code) = lower($2))
       AND ($3::uuid[] IS NULL OR meter.id = ANY($3))
       AND ($4::uuid[] IS NULL OR esco.id = ANY($4))
       AND meter.installation_status <> 'deleted'
     ORDER BY meter.serial, register.element, register.start_time
"""


@dataclass(frozen=True, slots=True)
class MeterRegister:
    """A register with its meter; also one that was replaced. `exports`: it measures what the meter sends out."""

    id: UUID
    meter_id: UUID
    serial: str
    element: Element
    exports: bool
    hardware: Hardware
    zone: ZoneInfo
    fuse_rating: int | None
    start: datetime
    end: datetime | None

    @property
    def name(self) -> str:
        """As people call it: the serial, and the element where there are several."""
        return self.serial if self.element == "SINGLE" else f"{self.serial} {self.element}"


async def load_registers(
    db: Connection,
    *,
    serials: Sequence[str] | None = None,
    esco: str | None = None,
    meter_ids: Collection[UUID] | None = None,
    escos: Collection[UUID] | None = None,
) -> list[MeterRegister]:
    """Registers of these meters, of a community or some, or of all."""
    rows = await db.fetch(REGISTERS, serials, esco, meter_ids, escos)
    return [
        MeterRegister(
            row["register_id"],
            row["meter_id"],
            row["serial"],
            row["element"],
            row["nature"] == "solar",
            hardware_of(row["hardware"]),
            ZoneInfo(row["time_zone"]),
            row["fuse_rating"],
            row["start_time"],
            row["end_time"],
        )
        for row in rows
    ]


async def named_registers(db: Connection, serials: Sequence[str], esco: str | None) -> list[MeterRegister]:
    """As a command names them; `MeterUnknown` or `NoMeters` where there is none."""
    registers = await load_registers(db, serials=serials or None, esco=esco)
    if unknown := set(serials) - {register.serial for register in registers}:
        raise MeterUnknown(min(unknown))
    if not registers:
        raise NoMeters(esco)
    return registers
