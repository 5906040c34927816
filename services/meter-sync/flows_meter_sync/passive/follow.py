"""Following: for some meters at a time, all that is new at the source and what was corrected there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flows_meter_sync.passive.source import Row, Source, one_of, open_source
from flows_meter_sync.passive.store import (
    STREAMS,
    Passive,
    Stream,
    add_rows,
    follow_registry,
    follow_shadows,
    load_passive,
    load_source,
    newest_held,
)
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.visits.store import REGISTRY_COLUMNS
from flows_shared.db import Database

METERS_AT_ONCE: Final = 100  # as many ids as fit into an address
REGISTRY: Final = ("id", *REGISTRY_COLUMNS)


async def follow(db: Database, settings: MeterSyncSettings, esco: UUID, now: datetime) -> int:
    """Follow a community's source; how many of its passive meters are known there."""
    async with db.connection() as connection:
        place, meters = await load_source(connection, esco), await load_passive(connection, esco)
    if place is None:
        return 0
    known = 0
    async with open_source(place) as source:
        for start in range(0, len(meters), METERS_AT_ONCE):
            known += await _follow_some(db, source, settings, meters[start : start + METERS_AT_ONCE], now)
    return known


async def _follow_some(
    db: Database, source: Source, settings: MeterSyncSettings, meters: Sequence[Passive], now: datetime
) -> int:
    """The source is asked first, so that no transaction waits for it."""
    by_serial = {meter.serial: meter for meter in meters}
    registry = await source.rows("meter_registry", REGISTRY, "id", serial=one_of(by_serial))
    if not registry:
        return 0
    own = {row["id"]: by_serial[row["serial"]] for row in registry}
    shadows = await source.rows("meter_shadows", ["*"], "id", id=one_of(own))
    registers = await source.rows(
        "meter_registers",
        ("register_id", "meter_id", "element"),
        "register_id",
        meter_id=one_of(own),
        status="eq.enabled",
    )
    owners = {
        "meter_id": {id: meter.id for id, meter in own.items()},
        "register_id": _own_registers(registers, own),
    }
    since = now - timedelta(days=settings.meter_sync_profile_days)
    overlap = timedelta(days=settings.meter_sync_source_overlap_days)
    new: dict[Stream, list[Row]] = {}
    for stream in STREAMS:
        new[stream] = await _new_rows(db, source, stream, owners[stream.key], since, overlap)
    async with db.transaction() as transaction:
        await follow_registry(transaction, {own[row["id"]].id: row for row in registry})
        await follow_shadows(transaction, {own[row["id"]].id: row for row in shadows}, owners["register_id"].values())
        for stream, rows in new.items():
            await add_rows(transaction, stream, rows, owners[stream.key])
    return len(own)


def _own_registers(registers: Sequence[Row], own: Mapping[str, Passive]) -> dict[str, UUID]:
    """Ours by theirs: the same element of the same meter."""
    pairs = [(row["register_id"], own[row["meter_id"]].registers.get(row["element"])) for row in registers]
    return {theirs: ours for theirs, ours in pairs if ours is not None}


async def _new_rows(
    db: Database, source: Source, stream: Stream, own: Mapping[str, UUID], since: datetime, overlap: timedelta
) -> list[Row]:
    """From the newest that is held on; where values can be corrected, from some days before."""
    if not own:
        return []
    async with db.connection() as connection:
        held = await newest_held(connection, stream, own.values())
    back = overlap if stream.corrected else timedelta()
    start = min(since if at is None else at - back for at in held.values())
    order = ",".join((stream.key, "timestamp", *(name for name in stream.identity.split(", ")[2:])))
    return await source.rows(
        stream.table, stream.columns, order, **{stream.key: one_of(own), "timestamp": f"gte.{start.isoformat()}"}
    )
