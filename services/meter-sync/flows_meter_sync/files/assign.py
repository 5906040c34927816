"""From the rows of files to half hours of registers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flows_meter_sync.energy import kwh
from flows_meter_sync.files.rows import WH_STEPS, FileLine, RowOutcome, Value
from flows_meter_sync.intervals.advance import Logged, half_hour
from flows_meter_sync.intervals.registers import MeterRegister
from flows_shared.time import HALF_HOUR
from flows_shared.vocabulary.meters import Element


class AssignedHalfHour(NamedTuple):
    """Energy in 1/10,000 kWh, and the row that says so."""

    place: FileLine
    register: MeterRegister
    at: datetime
    energy: int


@dataclass(slots=True)
class Assigned:
    """Half hours, counts by register with the rows that say them, and what came of the other rows."""

    half_hours: list[AssignedHalfHour] = field(default_factory=list)
    counts: dict[MeterRegister, dict[datetime, Value]] = field(default_factory=dict)
    outcomes: list[RowOutcome] = field(default_factory=list)


class _Unassigned(ValueError):
    """There is no register for a value; the sentence says why."""


def assign(values: Iterable[Value], registers: Sequence[MeterRegister], now: datetime) -> Assigned:
    """Give each value to the register that it is of; what none can hold is refused."""
    by_serial: defaultdict[str, list[MeterRegister]] = defaultdict(list)
    for register in registers:
        by_serial[register.serial].append(register)
    assigned = Assigned()
    said: set[FileLine] = set()
    nowhere: dict[FileLine, str] = {}
    for value in values:
        try:
            register = _register_of(value, by_serial[value.serial], now)
        except _Unassigned as reason:
            nowhere.setdefault(value.place, str(reason))
            continue
        said.add(value.place)
        if not value.is_count and value.energy > register.counter.most:
            assigned.outcomes.append(RowOutcome(value.place, "refused", _too_much(register, value)))
        elif value.is_count:
            _note_count(assigned, register, value)
        else:
            assigned.half_hours.append(AssignedHalfHour(value.place, register, value.at, value.energy))
    # A row has Wh in and out, and most meters a register for one of them: the other number is nobody's.
    assigned.outcomes += [
        RowOutcome(place, "refused", reason) for place, reason in nowhere.items() if place not in said
    ]
    return assigned


def half_hours_of(
    register: MeterRegister, counts: Mapping[datetime, Value], stored: Mapping[datetime, int]
) -> tuple[list[AssignedHalfHour], list[RowOutcome]]:
    """The half hours between the counts of files and those stored of files before; counts without a next one wait."""
    logged = logged_in(register, counts, stored)
    judged = logged.judge()
    before = {at - HALF_HOUR for at in counts if at - HALF_HOUR in stored and at - HALF_HOUR not in counts}
    found: list[AssignedHalfHour] = []
    outcomes: list[RowOutcome] = []
    for at in sorted(before | counts.keys()):
        place = counts[at].place if at in counts else counts[at + HALF_HOUR].place
        energy = half_hour(logged, judged, at)
        if isinstance(energy, int):
            found.append(AssignedHalfHour(place, register, at, energy))
        elif energy is None:
            outcomes.append(
                RowOutcome(place, "waits", "the half hour needs the next count, which no file has said yet")
            )
        else:
            outcomes.append(
                RowOutcome(place, "refused", f"{energy}: {logged.counts[at]} to {logged.counts[at + HALF_HOUR]} Wh")
            )
    return found, outcomes


def logged_in(register: MeterRegister, counts: Mapping[datetime, Value], stored: Mapping[datetime, int]) -> Logged:
    """What files say of a register, with what is stored of files before, in order of time."""
    wh = {at: energy // WH_STEPS for at, energy in stored.items()} | {
        at: value.energy // WH_STEPS for at, value in counts.items()
    }
    return Logged(WH_STEPS, dict(sorted(wh.items())), most=register.counter.most)


def edges(register: MeterRegister, counts: Mapping[datetime, Value], stored: Mapping[datetime, int]) -> Iterator[Value]:
    """The counts at the ends of what files say without a break, those in doubt and those beside them.

    A later file goes on from there, and says what is to be believed.
    """
    good = logged_in(register, counts, stored).judge().good
    for at, value in counts.items():
        if at not in good or not {at - HALF_HOUR, at + HALF_HOUR} <= good.keys() & counts.keys():
            yield value


def _note_count(assigned: Assigned, register: MeterRegister, value: Value) -> None:
    counts = assigned.counts.setdefault(register, {})
    first = counts.setdefault(value.at, value)
    if first is not value:
        _say_twice(assigned, value, first.energy == value.energy, first.place)


def _too_much(register: MeterRegister, value: Value) -> str:
    return (
        f"{kwh(value.energy)} kWh is more than the fuse lets through in half an hour: {kwh(register.counter.most)} kWh"
    )


def _say_twice(assigned: Assigned, value: Value, same: bool, first: FileLine) -> None:
    where = f"{first.file}, line {first.line}"
    said = RowOutcome(value.place, "there already", f"as in {where}")
    assigned.outcomes.append(said if same else RowOutcome(value.place, "refused", f"{where} says something else"))


def _register_of(value: Value, registers: Sequence[MeterRegister], now: datetime) -> MeterRegister:
    if not registers:
        raise _Unassigned(f"no meter has the serial {value.serial}")
    fitting = [register for register in registers if _fits(value, register, registers)]
    elements = sorted({register.element for register in registers})
    if not fitting and value.element is None and len(elements) > 1:
        raise _Unassigned(
            f"{value.serial} has elements {' and '.join(elements)}: the file's name has to say which it is of"
        )
    if not fitting:
        wanted = " ".join(filter(None, [value.direction, "register", value.element and f"of element {value.element}"]))
        raise _Unassigned(f"{value.serial} has no {wanted}")
    if value.at > (now if value.is_count else now - HALF_HOUR):
        raise _Unassigned("it has not been yet")
    for register in fitting:
        # A count is also the end of the half hour before, and so of the last one of a register.
        last = register.end is not None and register.end == value.at and value.is_count
        if register.start <= value.at and (register.end is None or value.at < register.end or last):
            return register
    raise _Unassigned(f"no register of {value.serial} was in use at {value.at:%Y-%m-%d %H:%M}Z")


def _fits(value: Value, register: MeterRegister, registers: Sequence[MeterRegister]) -> bool:
    if value.direction is not None and register.exports != (value.direction == "export"):
        return False
    if value.element is None:
        return register.element == Element.SINGLE or len({each.element for each in registers}) == 1
    return register.element == value.element


def by_register(half_hours: Iterable[AssignedHalfHour]) -> dict[UUID, list[AssignedHalfHour]]:
    """In order of time."""
    found: defaultdict[UUID, list[AssignedHalfHour]] = defaultdict(list)
    for each in sorted(half_hours, key=lambda each: each.at):
        found[each.register.id].append(each)
    return found
