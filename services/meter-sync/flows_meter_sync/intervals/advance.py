"""Half hours from what a register had counted at their ends."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_meter_sync.counter import IMPOSSIBLE, ROLL_OVER, Count, Counter, advance, believed
from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.intervals.series import MISSING, IntervalSeries
from flows_shared.time import HALF_HOUR, Period, ceil_half_hour, is_half_hour

WENT_DOWN: Final = "the count went down"
WAS_RESET: Final = "the register was reset"
CLOCK_CHANGED: Final = "the clock was changed"
TOO_MUCH: Final = "the count went up by more than the fuse lets through"
DOUBTED: Final = "the count does not agree with those around it"


class MissingHalfHour(NamedTuple):
    """A row of `flows.register_interval_missing_reasons`."""

    register_id: UUID
    timestamp: datetime
    reason: str


class RegisterCount(NamedTuple):
    """A row of `flows.register_counts`."""

    register_id: UUID
    timestamp: datetime
    kwh: Decimal


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log says of a register, in the log's order: its count at instants, and at others why there is none.

    `breaks` are the instants at which the count does not go on from the one before: the log tells of a reset there, or
    has the instant twice with different counts.

    Counts are cumulative, each worth `steps` ten-thousandths of a kWh; `most` of these can pass in half an hour. A
    clock that was put back logs an instant twice: the first count stays, so that it is an end of the half hour before
    it and the start of the next, as it was when the log was read before the step.
    """

    steps: int
    counts: dict[datetime, int] = field(default_factory=dict)
    reasons: dict[datetime, str] = field(default_factory=dict)
    breaks: set[datetime] = field(default_factory=set)
    most: int = IMPOSSIBLE - 1

    def note(self, at: datetime, count: int | None, reason: str | None = None, *, reset: bool = False) -> None:
        if count is not None:
            reset |= self.counts.setdefault(at, count) != count
        elif reason is not None:
            self.reasons.setdefault(at, reason)
        if reset:
            self.breaks.add(at)

    def judge(self) -> "BelievedCounts":
        """Which counts are to be believed. Those between half hours are no ends of any."""
        counts = [Count(at, count * self.steps) for at, count in self.counts.items() if is_half_hour(at)]
        counter = Counter(ROLL_OVER * self.steps, self.most)
        good = believed(counts, counter, self.breaks)
        return BelievedCounts(
            counter, {count.at: number for number, count in enumerate(counts)}, {each.at: each for each in good}
        )


class BelievedCounts(NamedTuple):
    """Where in the log the count of each half hour comes, and the counts that are believed, by instant."""

    counter: Counter
    positions: dict[datetime, int]
    good: dict[datetime, Count]


@dataclass(slots=True)
class Derived:
    """The half hours that follow, why others do not, and the counts at the ends of what is missing in between."""

    runs: list[IntervalSeries] = field(default_factory=list)
    missing: list[MissingHalfHour] = field(default_factory=list)
    counts: list[RegisterCount] = field(default_factory=list)


def derive(register_id: UUID, zone: ZoneInfo, logged: Logged, wanted: Iterable[Period]) -> Derived:
    """The half hours of the wanted periods for which the register's count is known at both ends.

    A count that went down leaves its half hour missing, unless the register rolled over, and so does one that is not
    believed: no half hour is negative or more than can be, and none holds what another one holds.
    """
    derived, judged = Derived(), logged.judge()
    missing: set[datetime] = set()
    for period in wanted:
        energy = []
        for at in period.half_hours():
            value = half_hour(logged, judged, at)
            energy.append(value if isinstance(value, int) else MISSING)
            if not isinstance(value, int):
                missing.add(at)
            if isinstance(value, str):
                derived.missing.append(MissingHalfHour(register_id, at, value))
        if energy.count(MISSING) < len(energy):
            derived.runs.append(IntervalSeries(register_id, zone, ceil_half_hour(period.start), tuple(energy)))
    derived.counts += _counts_around_gaps(register_id, judged.good, missing)
    return derived


def half_hour(logged: Logged, judged: BelievedCounts, at: datetime) -> int | str | None:
    """Its energy in 1/10,000 kWh, or why there is none; None where the log does not reach it."""
    end = at + HALF_HOUR
    before, after = logged.counts.get(at), logged.counts.get(end)
    if before is None or after is None:
        return logged.reasons.get(at if before is None else end)
    if judged.positions[end] != judged.positions[at] + 1:
        return CLOCK_CHANGED
    if after < before and not logged.breaks.isdisjoint((at, end)):
        return WAS_RESET
    energy = advance(before * logged.steps, after * logged.steps, judged.counter.roll_over)
    if energy is None:
        return WENT_DOWN
    if energy > logged.most:
        return TOO_MUCH
    return energy if at in judged.good and end in judged.good else DOUBTED


def _counts_around_gaps(
    register_id: UUID, good: Mapping[datetime, Count], missing: Collection[datetime]
) -> list[RegisterCount]:
    """The believed counts before and after half hours that are missing: so the energy in between is known."""
    edges = {
        edge
        for before, after in pairwise(sorted(good))
        if before in missing and after > before + HALF_HOUR
        for edge in (before, after)
    }
    return [RegisterCount(register_id, edge, Decimal(good[edge].energy) / KWH_STEPS) for edge in sorted(edges)]
