"""When a half hour looks wrong. Each rule is a plain function of the readings; energy is in whole 1/10,000 kWh.

A rule yields what it finds; `RULES` names them all. A new rule is a function and its line there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from flows_meter_sync.counter import VOLTS, Count, energy_let_through
from flows_meter_sync.energy import kwh
from flows_meter_sync.estimation.spans import held_between
from flows_shared.time import Period, floor_half_hour

HISTORY: Final = timedelta(weeks=4)
LEAST_HISTORY: Final = 48 * 3  # half hours: before that nobody knows what a spike is


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules compare with: settings, and what is known of the register's supply.

    `amperes` are those of the fuse, or of the meter where none is known; `spike_factor` times the most of the weeks
    before is a spike, if it is more than `spike_least`.
    """

    amperes: int
    phases: int
    spike_factor: int
    spike_least: int
    tolerance: int

    @property
    def most(self) -> int:
        """What can pass in half an hour."""
        return energy_let_through(self.amperes, self.phases, VOLTS)


@dataclass(frozen=True, slots=True)
class RegisterReadings:
    """The half hours of a period and around it, what the register had counted meanwhile, and the limits."""

    period: Period
    held: Mapping[datetime, int]
    counts: Sequence[Count]
    limits: Limits


class Flag(NamedTuple):
    """A half hour, or the first one of a span, that a rule finds wrong."""

    timestamp: datetime
    rule: str
    energy: int
    details: str


Finding: TypeAlias = tuple[datetime, int, str]
Rule: TypeAlias = Callable[[RegisterReadings], Iterator[Finding]]


def negative(readings: RegisterReadings) -> Iterator[Finding]:
    """No register counts backwards."""
    for at, energy in _of_period(readings):
        if energy < 0:
            yield at, energy, "a half hour cannot be negative"


def above_fuse(readings: RegisterReadings) -> Iterator[Finding]:
    """More than the fuse, or the meter itself, lets through."""
    limits = readings.limits
    for at, energy in _of_period(readings):
        if energy > limits.most:
            yield at, energy, f"more than {limits.amperes} A let through in half an hour: {kwh(limits.most)} kWh"


def spike(readings: RegisterReadings) -> Iterator[Finding]:
    """Many times the most that the register had in any other half hour of the weeks before."""
    limits = readings.limits
    before = [energy for at, energy in readings.held.items() if at < readings.period.start]
    if len(before) < LEAST_HISTORY:
        return
    most = max(limits.spike_least, limits.spike_factor * max(before))
    for at, energy in _of_period(readings):
        if energy > most:
            yield (
                at,
                energy,
                f"more than {limits.spike_factor} times the most of the weeks before: {kwh(max(before))} kWh",
            )


def sum_differs(readings: RegisterReadings) -> Iterator[Finding]:
    """Between two counts of the register the half hours are all there, but sum to something else."""
    for before, after in pairwise(readings.counts):
        if not (before.at in readings.period or after.at in readings.period) or after.energy < before.energy:
            continue
        between = held_between(before.at, after.at, readings.held)
        if between.absent:
            continue
        advanced = after.energy - before.energy
        if abs(between.energy - advanced) > readings.limits.tolerance + between.uncertain:
            details = f"until {after.at:%Y-%m-%d %H:%M}Z the register advanced by {kwh(advanced)} kWh"
            yield floor_half_hour(before.at), between.energy, details


RULES: Final[Mapping[str, Rule]] = {rule.__name__: rule for rule in (negative, above_fuse, spike, sum_differs)}


def check(readings: RegisterReadings) -> list[Flag]:
    """All that any rule finds."""
    return [Flag(at, name, energy, details) for name, rule in RULES.items() for at, energy, details in rule(readings)]


def _of_period(readings: RegisterReadings) -> Iterator[tuple[datetime, int]]:
    return ((at, energy) for at, energy in sorted(readings.held.items()) if at in readings.period)
