"""The community written to the database. What is there already stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flows_local.seed.rows import Row, Tables
from flows_shared.db import Connection

Place: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Meter:
    serial: str
    host: str
    port: int
    hardware: str
    prepay: bool
    solar: bool


# Rows are taken in their order, so that numbers drawn from a sequence follow it; those that are there draw none.
INSERT = """
    INSERT INTO {table} ({columns})
    SELECT {columns} FROM ROWS FROM (jsonb_populate_recordset(NULL::{table}, $1)) WITH ORDINALITY AS new {unless_there}
     ORDER BY new.ordinality
        ON CONFLICT DO NOTHING
"""
UNLESS_THERE = "WHERE NOT EXISTS (SELECT FROM {table} AS own WHERE own.id = new.id)"
LINK_WALLETS = """
    UPDATE public.meters AS meter SET wallet = link.wallet
      FROM unnest($1::uuid[], $2::uuid[]) AS link (meter, wallet)
     WHERE meter.id = link.meter AND meter.wallet IS NULL
"""
SET_APP_URL = "UPDATE flows.escos SET app_url = $2 WHERE id = $1 AND app_url IS DISTINCT FROM $2"
METERS = """
    SELECT meter.serial, host(meter.ip_address) AS host, meter.port, meter.hardware, meter.prepay_enabled AS prepay,
           EXISTS (SELECT FROM flows.meter_registers AS register
                    WHERE register.meter_id = meter.id AND register.nature = 'solar') AS solar
      FROM flows.meter_registry AS meter
     WHERE meter.esco = $1
     ORDER BY meter.serial
"""
# Two steps: a meter may take the place that another one leaves.
LEAVE_PLACES = "UPDATE flows.meter_registry SET ip_address = NULL WHERE serial = ANY($1)"
TAKE_PLACES = """
    UPDATE flows.meter_registry AS meter SET ip_address = place.host::inet, port = place.port
      FROM unnest($1::text[], $2::text[], $3::integer[]) AS place (serial, host, port)
     WHERE meter.serial = place.serial
"""


async def insert_rows(db: Connection, tables: Tables) -> int:
    """Insert the rows that are not there yet, table by table; how many were not."""
    return sum([await _insert(db, table, rows) for table, rows in tables.items() if rows])


async def link_wallets(db: Connection, wallet_of_meter: dict[str, str]) -> None:
    await db.execute(LINK_WALLETS, list(wallet_of_meter), list(wallet_of_meter.values()))


async def set_app_url(db: Connection, esco: str, app_url: str) -> None:
    await db.execute(SET_APP_URL, esco, app_url)


async def meters_of(db: Connection, esco: str) -> list[Meter]:
    """The community's meters, as the registry has them."""
    return [Meter(**row) for row in await db.fetch(METERS, esco)]


async def move_meters(db: Connection, places: dict[str, Place]) -> None:
    """Let the registry say where the meters with these serials are now."""
    hosts, ports = [host for host, _ in places.values()], [port for _, port in places.values()]
    await db.execute(LEAVE_PLACES, list(places))
    await db.execute(TAKE_PLACES, list(places), hosts, ports)


async def _insert(db: Connection, table: str, rows: Sequence[Row]) -> int:
    statement = INSERT.format(
        table=table,
        columns=", ".join(rows[0]),
        unless_there=UNLESS_THERE.format(table=table) if "id" in rows[0] else "",
    )
    return int((await db.execute(statement, rows)).split()[-1])
