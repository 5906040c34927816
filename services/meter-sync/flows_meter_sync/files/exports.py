"""Half hours out of the database, as files of the field's or as one of ours."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from flows_meter_sync.counter import Count
from flows_meter_sync.files import field
from flows_meter_sync.files.rows import WH_STEPS
from flows_meter_sync.intervals.counts import load_counts
from flows_meter_sync.intervals.energies import load_energies
from flows_meter_sync.intervals.registers import MeterRegister
from flows_shared.contracts.readings import NamedFile
from flows_shared.db import Connection
from flows_shared.readings import HalfHourRow, write_csv
from flows_shared.time import HALF_HOUR, Period, floor_half_hour

ALL_VALUES: Final = """
    SELECT register_id, timestamp, kwh, source FROM flows.register_intervals
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
     ORDER BY register_id, timestamp
"""
ANCHORS_AROUND: Final = timedelta(days=2)


async def export_own(db: Connection, registers: Sequence[MeterRegister], period: Period) -> str:
    """One file with all half hours of the period, estimates too, by register."""
    by_id = {register.id: register for register in registers}
    rows = await db.fetch(ALL_VALUES, list(by_id), period.start, period.end)
    order = {register.id: number for number, register in enumerate(registers)}
    rows.sort(key=lambda row: order[row["register_id"]])
    return write_csv(
        HalfHourRow(
            by_id[row["register_id"]].serial,
            by_id[row["register_id"]].element,
            row["timestamp"],
            row["kwh"],
            row["source"],
        )
        for row in rows
    )


async def export_field(db: Connection, registers: Sequence[MeterRegister], period: Period) -> list[NamedFile]:
    """A file for each meter, element and UTC day that has readings, with what the register had counted.

    A day's last half hour ends in the next day's file, as in the field.
    """
    since, until = period.start - ANCHORS_AROUND, period.end + ANCHORS_AROUND
    held = await load_energies(db, [register.id for register in registers], since, until)
    known = await load_counts(db, registers, since, until)
    counts = {
        register.id: running_counts(held.get(register.id, {}), known.get(register.id, []), register.counter.roll_over)
        for register in registers
    }
    return [
        file for _, sharing in sorted(_by_element(registers).items()) for file in _files_of(sharing, counts, period)
    ]


def running_counts(held: Mapping[datetime, int], known: Sequence[Count], roll_over: int) -> dict[datetime, int]:
    """What a register had counted at the ends of its half hours, going on from what is known of it.

    After a gap there is no count until one is known again. Where none is known at all, the first readings begin at 0.
    """
    counts: dict[datetime, int] = {}
    for number, stretch in enumerate(_stretches(held)):
        base = _base(stretch, held, known)
        if base is None and (number or known):
            continue
        count = base or 0
        for at in stretch:
            counts[at] = count % roll_over
            count += held[at]
        counts[stretch[-1] + HALF_HOUR] = count % roll_over
    return counts


def _stretches(held: Mapping[datetime, int]) -> list[list[datetime]]:
    """The half hours that are held, those that follow each other together."""
    stretches: list[list[datetime]] = []
    for at in sorted(held):
        if stretches and stretches[-1][-1] + HALF_HOUR == at:
            stretches[-1].append(at)
        else:
            stretches.append([at])
    return stretches


def _base(stretch: Sequence[datetime], held: Mapping[datetime, int], known: Sequence[Count]) -> int | None:
    """What had been counted when a stretch began, from the first count that is known within it."""
    end = stretch[-1] + HALF_HOUR
    for count in known:
        if stretch[0] <= count.at <= end:
            floor = floor_half_hour(count.at)
            part = held[floor] * (count.at - floor) // HALF_HOUR if count.at != floor else 0
            return count.energy - part - sum(held[at] for at in stretch if at < floor)
    return None


def _by_element(registers: Sequence[MeterRegister]) -> Mapping[tuple[str, str], list[MeterRegister]]:
    sharing: defaultdict[tuple[str, str], list[MeterRegister]] = defaultdict(list)
    for register in registers:
        sharing[register.serial, register.element].append(register)
    return sharing


def _files_of(
    sharing: Sequence[MeterRegister], counts: Mapping[UUID, Mapping[datetime, int]], period: Period
) -> list[NamedFile]:
    serial, element = sharing[0].serial, sharing[0].element
    imported, exported = ([counts[each.id] for each in sharing if each.exports == way] for way in (False, True))
    days: defaultdict[date, list[tuple[datetime, int | None, int | None]]] = defaultdict(list)
    for at in period.half_hours():
        if any(at in counted for counted in (*imported, *exported)):
            days[at.date()].append((at, _wh(imported, at), _wh(exported, at)))
    return [
        NamedFile(name=field.name_of(serial, element, day), text=field.write(serial, rows))
        for day, rows in days.items()
    ]


def _wh(registers: Sequence[Mapping[datetime, int]], at: datetime) -> int | None:
    """Of the register that was in use; 0 in a direction that none measures, as the field's readers want both."""
    if not registers:
        return 0
    return next((counts[at] // WH_STEPS for counts in registers if at in counts), None)
