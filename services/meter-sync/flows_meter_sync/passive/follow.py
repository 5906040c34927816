"""Following: for some meters at a time, all that is new at the source and what was corrected there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flows_meter_sync.hardware import hardware_of
from flows_meter_sync.intervals.missing import keep_missing
from flows_meter_sync.passive.api import open_api
from flows_meter_sync.passive.database import open_database
from flows_meter_sync.passive.possible import sort_out
from flows_meter_sync.passive.source import (
    Condition,
    Row,
    Source,
    SourceOffTheClock,
    SourceUnreadable,
    all_rows,
)
from flows_meter_sync.passive.store import (
    HALF_HOURS,
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
from flows_shared.apart import attempt, is_about_data
from flows_shared.db import Database
from flows_shared.errors import FlowsError, say_error
from flows_shared.time import as_utc, is_half_hour

METERS_AT_ONCE: Final = 100  # as many ids as fit into an address of the API
REGISTRY: Final = ("id", *REGISTRY_COLUMNS)


async def follow(db: Database, settings: MeterSyncSettings, esco: UUID, now: datetime) -> int:
    """Follow a community's source; how many of its passive meters are known there.

    `SourceUnreadable` or `SourceOffTheClock` where some of its meters or readings were left out; the others are held
    then.
    """
    async with db.connection() as connection:
        place = await load_source(connection, esco)
        meters = await load_passive(connection, esco, settings.readings_meter_amperes)
    if place is None:
        return 0
    known = 0
    left_out: list[datetime] = []
    refused: dict[str, str] = {}
    opened = open_database(place) if place.url.startswith("postgres") else open_api(place)
    async with opened as source:
        for start in range(0, len(meters), METERS_AT_ONCE):
            some = meters[start : start + METERS_AT_ONCE]
            known += await _follow_apart(db, source, settings, some, now, left_out, refused)
    if refused:
        raise SourceUnreadable(refused)
    if left_out:
        raise SourceOffTheClock(left_out)
    return known


async def _follow_apart(
    db: Database,
    source: Source,
    settings: MeterSyncSettings,
    meters: Sequence[Passive],
    now: datetime,
    left_out: list[datetime],
    refused: dict[str, str],
) -> int:
    """What the source says of a meter and no table takes stops that meter alone; adds it to `refused` by its serial."""
    off_the_clock: list[datetime] = []
    with attempt(lambda error: is_about_data(error) and not isinstance(error, FlowsError)) as tried:
        known = await _follow_some(db, source, settings, meters, now, off_the_clock)
    if tried.error is None:
        left_out += off_the_clock
        return known
    if len(meters) == 1:
        refused[meters[0].serial] = say_error(tried.error)
        return 0
    half = len(meters) // 2
    parts = [meters[:half], meters[half:]]
    return sum([await _follow_apart(db, source, settings, part, now, left_out, refused) for part in parts])


async def _follow_some(
    db: Database,
    source: Source,
    settings: MeterSyncSettings,
    meters: Sequence[Passive],
    now: datetime,
    left_out: list[datetime],
) -> int:
    """The source is asked first, so that no transaction waits for it. Adds to the times of half hours left out."""
    by_serial = {meter.serial: meter for meter in meters}
    registry = await all_rows(source, "meter_registry", REGISTRY, ["id"], serial=by_serial)
    if not registry:
        return 0
    own = {row["id"]: by_serial[row["serial"]] for row in registry}
    shadows = await all_rows(source, "meter_shadows", ["*"], ["id"], id=own)
    columns = ("register_id", "meter_id", "element")
    registers = await all_rows(source, "meter_registers", columns, ["register_id"], meter_id=own, status="enabled")
    owners = {
        "meter_id": {id: meter.id for id, meter in own.items()},
        "register_id": _own_registers(registers, own),
    }
    since = now - timedelta(days=settings.meter_sync_profile_days)
    overlap = timedelta(days=settings.meter_sync_source_overlap_days)
    new: dict[Stream, list[Row]] = {}
    for stream in STREAMS:
        new[stream] = await _new_rows(db, source, stream, owners[stream.key], since, overlap)
    on_the_clock, off_the_clock = _by_the_clock(new[HALF_HOURS])
    left_out += off_the_clock
    new[HALF_HOURS], missing = sort_out(
        on_the_clock, owners["register_id"], _most_of_registers(registers, registry, own)
    )
    async with db.transaction() as transaction:
        await follow_registry(transaction, {own[row["id"]].id: row for row in registry})
        await follow_shadows(transaction, {own[row["id"]].id: row for row in shadows}, owners["register_id"].values())
        for stream, rows in new.items():
            await add_rows(transaction, stream, rows, owners[stream.key])
        await keep_missing(transaction, missing, [])
    return len(own)


def _own_registers(registers: Sequence[Row], own: Mapping[str, Passive]) -> dict[str, UUID]:
    """Ours by theirs: the same element of the same meter."""
    pairs = [(row["register_id"], own[row["meter_id"]].registers.get(row["element"])) for row in registers]
    return {theirs: ours for theirs, ours in pairs if ours is not None}


def _most_of_registers(registers: Sequence[Row], registry: Sequence[Row], own: Mapping[str, Passive]) -> dict[str, int]:
    """What half an hour lets through, by their registers' ids; what their meters are made of they say themselves."""
    hardware = {row["id"]: hardware_of(row["hardware"]) for row in registry}
    return {
        row["register_id"]: hardware[row["meter_id"]].counter(own[row["meter_id"]].amperes).most for row in registers
    }


def _by_the_clock(rows: Sequence[Row]) -> tuple[list[Row], list[datetime]]:
    """The rows at which a half hour begins, and the times of the others."""
    timed = [(as_utc(datetime.fromisoformat(row["timestamp"])), row) for row in rows]
    return [row for at, row in timed if is_half_hour(at)], [at for at, _ in timed if not is_half_hour(at)]


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
    conditions: dict[str, Condition] = {stream.key: own, "timestamp": start}
    return await all_rows(source, stream.table, stream.columns, stream.identity.split(", "), **conditions)
