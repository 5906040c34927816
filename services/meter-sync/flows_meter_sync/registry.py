"""What the database knows of a meter before it is asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asyncpg import Record

from flows_meter_sync.errors import MeterPassive, MeterUnknown, MeterUnreachable, ProxyUnreachable
from flows_meter_sync.hardware import Hardware, hardware_of
from flows_meter_sync.proxy import Proxy
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.vocabulary.meters import Element, Nature

log = get_logger()

T = TypeVar("T")

NO_WAY: Final = (MeterUnreachable.code, ProxyUnreachable.code)
# Of the service heads that feed a meter, the least fuse that is known.
FUSE: Final = """LEFT JOIN LATERAL (
               SELECT min(registry.fuse_rating) AS fuse_rating
                 FROM flows.service_head_meter AS link
                 JOIN flows.service_head_registry AS registry ON registry.id = link.service_head
                WHERE link.meter = meter.id AND registry.fuse_rating > 0) AS head ON true"""
METERS = f"""
    SELECT meter.id, meter.serial, host(meter.ip_address) AS host, meter.port, meter.hardware, meter.prepay_enabled,
           esco.time_zone, esco.code AS esco, coalesce(head.fuse_rating, $2) AS amperes,
           shadow.health = 'unhealthy' AND shadow.csq IS NULL AND shadow.health_code = ANY($3) AS away,
           proxy.host AS proxy_host, proxy.port AS proxy_port, proxy.username, proxy.password,
           ARRAY(SELECT ROW(register.register_id, register.element, register.nature)
                   FROM flows.meter_registers AS register
                  WHERE register.meter_id = meter.id AND register.status = 'enabled'
                  ORDER BY register.element) AS registers
      FROM flows.meter_registry AS meter
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
      LEFT JOIN flows.meter_proxies AS proxy ON proxy.esco = esco.id
      {FUSE}
     WHERE meter.id = ANY($1) AND meter.mode = 'active' AND meter.installation_status <> 'deleted'
"""
DUE_METERS = """
    SELECT meter.id
      FROM flows.meter_registry AS meter
      JOIN flows.escos AS esco ON esco.id = meter.esco
     WHERE meter.mode = 'active' AND meter.installation_status = 'enabled'
       AND ($1::text IS NULL OR lower(esco.code) = lower($1))
     ORDER BY meter.serial
"""
METER_OF_SERIAL = "SELECT id, mode FROM flows.meter_registry WHERE serial = $1 AND installation_status <> 'deleted'"

DUE_METRICS = """
    SELECT name FROM (SELECT name, enabled, run_frequency FROM flows.meter_metrics
                       UNION ALL SELECT name, enabled, run_frequency FROM flows.own_meter_metrics) AS metric
     WHERE enabled AND ($1::text IS NULL OR run_frequency = $1)
"""

# Served by the primary key (meter_id, timestamp, event_type).
LAST_EVENTS = """
    SELECT meter.id, last.timestamp
      FROM unnest($1::uuid[]) AS meter (id)
     CROSS JOIN LATERAL (SELECT timestamp FROM flows.meter_event_log
                          WHERE meter_id = meter.id AND timestamp >= '2000-01-01 00:00Z'
                            AND timestamp < '2200-01-01 00:00Z' ORDER BY timestamp DESC LIMIT 1) AS last
"""


@dataclass(frozen=True, slots=True)
class Register:
    """One measured quantity of a meter; what a solar one measures is the meter's export."""

    id: UUID
    element: Element
    nature: Nature


@dataclass(frozen=True, slots=True)
class KnownMeter:
    """An active meter as the registry has it; `host` is None where it has no address.

    `away` says that the last visit found no way to it. `amperes` are those of the fuse, or what a meter carries a phase
    where none is known.
    """

    id: UUID
    serial: str
    host: str | None
    port: int
    hardware: Hardware
    prepay_enabled: bool
    zone: ZoneInfo
    registers: tuple[Register, ...]
    esco: str
    proxy: Proxy | None
    away: bool
    amperes: int


async def load_meters(db: Connection, meter_ids: Collection[UUID], amperes: int) -> dict[UUID, KnownMeter]:
    """The active ones of these meters that can be read; `amperes` where no fuse is known."""
    known: dict[UUID, KnownMeter] = {}
    for row in await db.fetch(METERS, meter_ids, amperes, NO_WAY):
        try:
            known[row["id"]] = _meter(row)
        except (ZoneInfoNotFoundError, ValueError) as error:
            log.error("meter_unreadable", serial=row["serial"], esco=row["esco"], reason=say_error(error))
    return known


def _meter(row: Record) -> KnownMeter:
    return KnownMeter(
        row["id"],
        row["serial"],
        row["host"],
        row["port"],
        hardware_of(row["hardware"]),
        row["prepay_enabled"],
        ZoneInfo(row["time_zone"]),
        tuple(Register(*register) for register in row["registers"]),
        row["esco"],
        _proxy(row),
        row["away"],
        row["amperes"],
    )


def _proxy(row: Record) -> Proxy | None:
    if row["proxy_host"] is None:
        return None
    return Proxy(row["proxy_host"], row["proxy_port"], row["username"], row["password"])


async def load_last_events(db: Connection, meter_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """The time of the newest event held, of meters that have any."""
    return {row["id"]: row["timestamp"] for row in await db.fetch(LAST_EVENTS, meter_ids)}


async def due_meters(db: Connection, esco_code: str | None = None) -> list[UUID]:
    """The meters that are synced by the clock, of one community or of all."""
    return [row["id"] for row in await db.fetch(DUE_METERS, esco_code)]


async def due_metrics(db: Connection, frequency: str | None = None) -> list[str]:
    """The metrics that are switched on, those of a frequency or all."""
    return [row["name"] for row in await db.fetch(DUE_METRICS, frequency)]


async def meter_of_serial(db: Connection, serial: str) -> UUID:
    """The id of an active meter; a `MeterUnknown` or `MeterPassive` where there is none."""
    row = await db.fetchrow(METER_OF_SERIAL, serial)
    if row is None:
        raise MeterUnknown(serial)
    if row["mode"] != "active":
        raise MeterPassive(serial)
    meter_id: UUID = row["id"]
    return meter_id


def slices(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
