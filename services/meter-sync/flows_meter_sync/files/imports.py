"""Files into the database: what is new is taken, what is there stays, what cannot be is refused, row by row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

from flows_meter_sync.counter import METER_AMPERES
from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.files import field, own
from flows_meter_sync.files.assign import Assigned, AssignedHalfHour, assign, by_register, edges, half_hours_of
from flows_meter_sync.files.field import Wh
from flows_meter_sync.files.numbers import ask_for_numbers
from flows_meter_sync.files.rows import Contents, FileLine, FileUnreadable, Refusal, RowOutcome, Value
from flows_meter_sync.intervals.advance import RegisterCount
from flows_meter_sync.intervals.energies import load_energies
from flows_meter_sync.intervals.missing import keep_missing
from flows_meter_sync.intervals.registers import MeterRegister, load_registers
from flows_meter_sync.intervals.series import IntervalSeries
from flows_meter_sync.intervals.store import store_intervals
from flows_shared.contracts.readings import NamedFile
from flows_shared.db import Connection, Database
from flows_shared.errors import ConflictError
from flows_shared.time import HALF_HOUR

TRIES: Final = 3

# A count is judged against those of files so long before and after; in more time a fuse lets through all that matters.
AROUND: Final = timedelta(days=7)
STORED_COUNTS: Final = f"""
    SELECT timestamp, round(kwh * {KWH_STEPS})::bigint AS energy FROM flows.register_counts
     WHERE register_id = $1 AND timestamp >= $2 AND timestamp <= $3
"""
MARK = """
    INSERT INTO flows.register_interval_sources (register_id, timestamp, source, detail)
    SELECT register_id, timestamp, 'imported', detail
      FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS imported (register_id, timestamp, detail)
        ON CONFLICT (register_id, timestamp) DO UPDATE SET source = excluded.source, detail = excluded.detail
"""


class WrittenMeanwhile(ConflictError):
    """Other writers brought the same half hours each time that this looked."""

    code = "file.written_meanwhile"


def read_file(file: NamedFile, wh: Wh = Wh.AUTO) -> Contents:
    """What a file says, by its name and header one of the field's or of ours; one refusal where it is neither."""
    try:
        return field.read(file.name, file.text, wh) if field.parse_name(file.name) else own.read(file.name, file.text)
    except FileUnreadable as error:
        return Contents([], [Refusal(FileLine(file.name, 1), str(error))])


async def import_files(
    db: Database,
    files: Sequence[NamedFile],
    now: datetime,
    wh: Wh = Wh.AUTO,
    escos: Collection[UUID] | None = None,
    amperes: int = METER_AMPERES,
) -> list[RowOutcome]:
    """Take in what the files say, of meters of these communities; what became of each row, by file."""
    contents = [read_file(file, wh) for file in files]
    refused = [RowOutcome(place, "refused", reason) for each in contents for place, reason in each.refusals]
    serials = sorted({value.serial for each in contents for value in each.values})
    for _ in range(TRIES):
        async with db.transaction() as transaction:
            registers = await load_registers(transaction, serials=serials, escos=escos, amperes=amperes)
            values, asked = _settled(contents, registers)
            assigned = assign(values, registers, now)
            try:
                async with transaction.transaction():
                    outcomes = await _store(transaction, assigned)
            except WrittenMeanwhile:
                continue
            order = {file.name: number for number, file in enumerate(files)}
            return sorted([*refused, *asked, *outcomes], key=lambda each: (order[each.place.file], each.place.line))
    raise WrittenMeanwhile("other writers bring the same half hours: try again later")


def _settled(contents: Sequence[Contents], registers: Sequence[MeterRegister]) -> tuple[list[Value], list[RowOutcome]]:
    """What files say whose numbers nobody has to ask about, and what is to be asked of the others."""
    values: list[Value] = []
    asked = []
    for each in contents:
        question = None if each.numbers_said else ask_for_numbers(each.values, registers)
        if question is None:
            values += each.values
        else:
            asked.append(RowOutcome(FileLine(each.values[0].place.file, 1), "refused", question))
    return values, asked


async def _store(db: Connection, assigned: Assigned) -> list[RowOutcome]:
    outcomes, half_hours = list(assigned.outcomes), list(assigned.half_hours)
    kept: list[RegisterCount] = []
    for register, counts in assigned.counts.items():
        stored = await _stored_counts(db, register, counts)
        found, others = half_hours_of(register, counts, stored)
        half_hours += found
        outcomes += others
        kept += (RegisterCount(register.id, each.at, _kwh(each)) for each in edges(register, counts, stored))
    registers = by_register(half_hours)
    new: list[AssignedHalfHour] = []
    for register_id, of_register in registers.items():
        since, until = of_register[0].at, of_register[-1].at + HALF_HOUR
        held = (await load_energies(db, [register_id], since, until)).get(register_id, {})
        taken, others = _compare(of_register, held)
        new += taken
        outcomes += others
    await _add(db, new)
    await keep_missing(db, [], kept)
    return [*outcomes, *(RowOutcome(each.place, "taken", _named(each)) for each in new)]


def _compare(
    half_hours: Sequence[AssignedHalfHour], held: Mapping[datetime, int]
) -> tuple[list[AssignedHalfHour], list[RowOutcome]]:
    """Those that are new, and what is said of the others; of two rows for one half hour the first counts."""
    new, outcomes, known = [], [], dict(held)
    for each in half_hours:
        if each.at not in known:
            new.append(each)
            known[each.at] = each.energy
        elif known[each.at] == each.energy:
            outcomes.append(RowOutcome(each.place, "there already", _named(each)))
        else:
            other = Decimal(known[each.at]) / KWH_STEPS
            outcomes.append(RowOutcome(each.place, "refused", f"{_named(each)}, but {other:f} kWh is held"))
    return new, outcomes


async def _add(db: Connection, new: Sequence[AssignedHalfHour]) -> None:
    runs = [run for of_register in by_register(new).values() for run in _runs(of_register)]
    if await store_intervals(db, runs) != len(new):
        raise WrittenMeanwhile("another writer brought some of the half hours")
    if new:
        rows = [(each.register.id, each.at, each.place.file) for each in new]
        await db.execute(MARK, *zip(*rows, strict=True))


def _runs(half_hours: Sequence[AssignedHalfHour]) -> list[IntervalSeries]:
    """Half hours of one register, those that follow each other together."""
    numbered = enumerate(half_hours)
    together = [list(group) for _, group in groupby(numbered, lambda each: each[1].at - each[0] * HALF_HOUR)]
    return [
        IntervalSeries(
            group[0][1].register.id, group[0][1].register.zone, group[0][1].at, tuple(each.energy for _, each in group)
        )
        for group in together
    ]


async def _stored_counts(
    db: Connection, register: MeterRegister, counts: Mapping[datetime, Value]
) -> dict[datetime, int]:
    rows = await db.fetch(STORED_COUNTS, register.id, min(counts) - AROUND, max(counts) + AROUND)
    return {row["timestamp"]: row["energy"] for row in rows}


def _kwh(value: Value) -> Decimal:
    return Decimal(value.energy) / KWH_STEPS


def _named(each: AssignedHalfHour) -> str:
    return f"{each.register.name} {each.at:%Y-%m-%d %H:%M}Z {Decimal(each.energy) / KWH_STEPS:f} kWh"
