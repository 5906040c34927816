"""What visits brought, into the tables: a statement a table, whatever the number of meters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID

from flows_meter_sync.intervals.missing import keep_missing
from flows_meter_sync.intervals.store import store_intervals
from flows_meter_sync.visits.report import Report
from flows_shared.db import Connection

SHADOW_COLUMNS: Final = {
    "balance": "numeric",
    "import_a": "numeric",
    "export_a": "numeric",
    "import_b": "numeric",
    "export_b": "numeric",
    "voltage": "numeric",
    "3p_voltage_l1": "numeric",
    "3p_voltage_l2": "numeric",
    "3p_voltage_l3": "numeric",
    "csq": "smallint",
    "clock_time_diff_seconds": "integer",
    "clock_time_diff_synced_at": "timestamptz",
    "health": "text",
    "health_details": "text",
    "health_code": "text",
    "tariffs_active": "jsonb",
    "tariffs_future": "jsonb",
    "backlight": "text",
    "load_switch": "text",
}
REGISTRY_COLUMNS: Final = {
    "serial": "text",
    "hardware": "text",
    "firmware_version": "text",
    "prepay_enabled": "boolean",
    "daylight_savings_correction_enabled": "boolean",
}

# Only the columns that were read are named, as the histories follow from what a statement names.
UPDATE_SHADOWS = """
    UPDATE flows.meter_shadows AS held SET {assignments}
      FROM unnest($1::uuid[], {arrays}) AS new (id, {columns})
     WHERE held.id = new.id
"""
# Of the registry every change is audited: what is the same already is left alone.
UPDATE_REGISTRY = """
    UPDATE flows.meter_registry AS held SET {assignments}
      FROM unnest($1::uuid[], {arrays}) AS new (id, {columns})
     WHERE held.id = new.id AND ROW({held}) IS DISTINCT FROM ROW({new})
"""

ADD_EVENTS = """
    INSERT INTO flows.meter_event_log (meter_id, timestamp, event_type, event_set)
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[], $4::integer[])
        ON CONFLICT DO NOTHING
"""

NOTE_ATTEMPTS = """
    INSERT INTO flows.meter_sync_status AS status
           (meter_id, metric, last_attempt_at, last_success_at, last_error, last_error_at, consecutive_failures,
            duration_ms, readings)
    SELECT meter_id, metric, at, CASE WHEN error IS NULL THEN at END, error, CASE WHEN error IS NOT NULL THEN at END,
           (error IS NOT NULL)::integer, duration_ms, readings
      FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::integer[], $5::integer[], $6::text[])
        AS attempt (meter_id, metric, at, duration_ms, readings, error)
        ON CONFLICT (meter_id, metric) DO UPDATE
       SET last_attempt_at = excluded.last_attempt_at,
           last_success_at = coalesce(excluded.last_success_at, status.last_success_at),
           last_error = excluded.last_error,
           last_error_at = coalesce(excluded.last_error_at, status.last_error_at),
           consecutive_failures = CASE WHEN excluded.last_error IS NULL THEN 0 ELSE status.consecutive_failures + 1 END,
           duration_ms = excluded.duration_ms,
           readings = CASE WHEN excluded.last_error IS NULL THEN excluded.readings ELSE status.readings END
"""


async def store_reports(db: Connection, reports: Sequence[Report]) -> int:
    """Store all that the visits brought, in the caller's transaction; how many half hours were new."""
    await update_columns(db, UPDATE_REGISTRY, REGISTRY_COLUMNS, {r.known.id: r.readings.registry for r in reports})
    await update_columns(
        db, UPDATE_SHADOWS, SHADOW_COLUMNS, {r.known.id: {**r.readings.shadow, **r.health()} for r in reports}
    )
    if events := [(report.known.id, *event) for report in reports for event in report.readings.events]:
        await db.execute(ADD_EVENTS, *_columns(events))
    stored = await store_intervals(db, [run for report in reports for run in report.readings.runs])
    missing = [each for report in reports for each in report.readings.missing]
    counts = [each for report in reports for each in report.readings.counts]
    await keep_missing(db, missing, counts)
    if attempts := list(_attempts(reports)):
        await db.execute(NOTE_ATTEMPTS, *_columns(attempts))
    return stored


async def update_columns(
    db: Connection, statement: str, types: Mapping[str, str], rows: Mapping[UUID, Mapping[str, object]]
) -> None:
    """One statement for all rows that name the same columns."""
    alike: defaultdict[tuple[str, ...], list[tuple[object, ...]]] = defaultdict(list)
    for id, values in rows.items():
        if names := tuple(name for name in types if name in values):
            alike[names].append((id, *(values[name] for name in names)))
    for names, same in alike.items():
        await db.execute(_with_columns(statement, names, tuple(types[name] for name in names)), *_columns(same))


@lru_cache(256)
def _with_columns(statement: str, names: tuple[str, ...], types: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in names]
    return statement.format(
        assignments=", ".join(f"{name} = new.{name}" for name in quoted),
        arrays=", ".join(f"${number}::{type}[]" for number, type in enumerate(types, start=2)),
        columns=", ".join(quoted),
        held=", ".join(f"held.{name}" for name in quoted),
        new=", ".join(f"new.{name}" for name in quoted),
    )


def _attempts(reports: Iterable[Report]) -> Iterable[tuple[object, ...]]:
    for report in reports:
        for attempt in report.outcomes():
            error = None if attempt.error is None else str(attempt.error)
            yield report.known.id, attempt.metric, attempt.at, attempt.duration_ms, attempt.readings, error


def _columns(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return list(zip(*rows, strict=True))
