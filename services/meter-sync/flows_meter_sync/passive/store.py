"""What passive meters hold already, and what is added to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from flows_meter_sync.passive.source import Row, SourceAddress
from flows_meter_sync.registry import FUSE
from flows_meter_sync.visits.store import (
    REGISTRY_COLUMNS,
    SHADOW_COLUMNS,
    UPDATE_REGISTRY,
    UPDATE_SHADOWS,
    update_columns,
)
from flows_shared.db import Connection

SOURCE: Final = "SELECT url, api_key, token FROM flows.meter_sources WHERE esco = $1"
SOURCES: Final = """
    SELECT source.esco FROM flows.meter_sources AS source
     WHERE EXISTS (SELECT FROM flows.meter_registry AS meter WHERE meter.esco = source.esco AND meter.mode = 'passive')
"""
NOTE: Final = """
    UPDATE flows.meter_sources
       SET last_try_at = now(), last_error = $2::text,
           last_success_at = CASE WHEN $2::text IS NULL THEN now() ELSE last_success_at END
     WHERE esco = $1
"""
METERS: Final = f"""
    SELECT meter.id, meter.serial, coalesce(head.fuse_rating, $2) AS amperes,
           ARRAY(SELECT ROW(register_id, element) FROM flows.meter_registers
                  WHERE meter_id = meter.id AND status = 'enabled') AS registers
      FROM flows.meter_registry AS meter
      {FUSE}
     WHERE meter.esco = $1 AND meter.mode = 'passive' AND meter.installation_status <> 'deleted'
     ORDER BY meter.serial
"""
SHADOWS: Final = "SELECT * FROM flows.meter_shadows WHERE id = ANY($1)"
HEALTHY_AT: Final = """
    UPDATE flows.meter_shadows AS held SET last_healthy_at = new.at
      FROM unnest($1::uuid[], $2::timestamptz[]) AS new (id, at)
     WHERE held.id = new.id AND held.last_healthy_at IS DISTINCT FROM new.at
"""
# A shadow that changes leaves a reading of this moment; the other's readings come with the times of their own.
DROP_READINGS: Final = """
    WITH imports AS (DELETE FROM flows.register_import WHERE register_id = ANY($1) AND timestamp = now())
    DELETE FROM flows.register_export WHERE register_id = ANY($1) AND timestamp = now()
"""


@dataclass(frozen=True, slots=True)
class Passive:
    """A passive meter, the amperes that its fuse lets through, and its registers by element."""

    id: UUID
    serial: str
    amperes: int
    registers: Mapping[str, UUID]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A table that grows with time: whose rows they are, what they hold, and what a row that is there already means.

    What is not `possible`, as our table has it, is left out: one row of the other's keeps no other from coming.
    """

    table: str
    key: str
    values: Mapping[str, str]
    identity: str
    corrected: bool = False
    possible: str = "true"

    @property
    def columns(self) -> list[str]:
        return [self.key, "timestamp", *self.values]

    @property
    def newest(self) -> str:
        return f"""
            SELECT owner.id, (SELECT max(timestamp) FROM flows.{self.table} WHERE {self.key} = owner.id) AS at
              FROM unnest($1::uuid[]) AS owner (id)
        """

    @property
    def add(self) -> str:
        types = ["uuid", "timestamptz", *self.values.values()]
        arrays = ", ".join(f"${number}::{type}[]" for number, type in enumerate(types, start=1))
        correct = "DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in self.values)
        changed = " OR ".join(f"held.{name} IS DISTINCT FROM excluded.{name}" for name in self.values)
        return f"""
            INSERT INTO flows.{self.table} AS held ({", ".join(self.columns)})
            SELECT * FROM unnest({arrays}) AS new ({", ".join(self.columns)}) WHERE {self.possible}
                ON CONFLICT ({self.identity}) {f"{correct} WHERE {changed}" if self.corrected else "DO NOTHING"}
        """


READ: Final = "new.read BETWEEN 0 AND 1000000000"
HALF_HOURS: Final = Stream(
    "register_interval_hh", "register_id", {"kwh": "numeric"}, "register_id, timestamp", corrected=True
)
STREAMS: Final = (
    Stream("register_import", "register_id", {"read": "numeric"}, "register_id, timestamp", possible=READ),
    Stream("register_export", "register_id", {"read": "numeric"}, "register_id, timestamp", possible=READ),
    HALF_HOURS,
    Stream(
        "meter_event_log",
        "meter_id",
        {"event_type": "integer", "event_set": "integer"},
        "meter_id, timestamp, event_type",
    ),
)


async def load_source(db: Connection, esco: UUID) -> SourceAddress | None:
    row = await db.fetchrow(SOURCE, esco)
    return None if row is None else SourceAddress(**row)


async def sources_to_follow(db: Connection) -> list[UUID]:
    """Communities with passive meters, and a source for them."""
    return [row["esco"] for row in await db.fetch(SOURCES)]


async def note_follow(db: Connection, esco: UUID, error: str | None) -> None:
    """How following went."""
    await db.execute(NOTE, esco, error)


async def load_passive(db: Connection, esco: UUID, amperes: int) -> list[Passive]:
    """A community's passive meters; `amperes` where no fuse is known."""
    rows = await db.fetch(METERS, esco, amperes)
    return [
        Passive(row["id"], row["serial"], row["amperes"], {element: id for id, element in row["registers"]})
        for row in rows
    ]


async def newest_held(db: Connection, stream: Stream, owners: Collection[UUID]) -> dict[UUID, datetime | None]:
    return {row["id"]: row["at"] for row in await db.fetch(stream.newest, list(owners))}


async def add_rows(db: Connection, stream: Stream, rows: Sequence[Row], own: Mapping[str, UUID]) -> None:
    """Add the other's rows under our own ids."""
    if rows:
        keyed = [own[row[stream.key]] for row in rows]
        times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
        await db.execute(stream.add, keyed, times, *([row[name] for row in rows] for name in stream.values))


async def follow_shadows(db: Connection, shadows: Mapping[UUID, Row], registers: Collection[UUID]) -> None:
    """Take over what differs, by the other's shadows under our ids; the histories follow."""
    held = {row["id"]: row for row in await db.fetch(SHADOWS, list(shadows))}
    changed = {id: _differing(row, held[id]) for id, row in shadows.items()}
    await update_columns(db, UPDATE_SHADOWS, SHADOW_COLUMNS, changed)
    healthy = {id: at for id, row in shadows.items() if (at := row["last_healthy_at"]) is not None}
    times = [datetime.fromisoformat(at) for at in healthy.values()]
    await db.execute(HEALTHY_AT, list(healthy), times)
    await db.execute(DROP_READINGS, list(registers))


async def follow_registry(db: Connection, meters: Mapping[UUID, Row]) -> None:
    """What the other found out of the meters themselves."""
    await update_columns(db, UPDATE_REGISTRY, REGISTRY_COLUMNS, meters)


def _differing(theirs: Row, ours: Record) -> dict[str, object]:
    taken = {name: _typed(theirs.get(name), type) for name, type in SHADOW_COLUMNS.items()}
    return {name: value for name, value in taken.items() if value != ours[name]}


def _typed(value: str | None, type: str) -> object:
    return datetime.fromisoformat(value) if type == "timestamptz" and value is not None else value
