"""The cumulative energy of a register at any time: a shared shape, scaled and shaken by the meter's seed.

The shaking is in time: each half hour looks the shape up a little later or earlier, never so much that it would run
backwards. So a home uses some more or less of everything every half hour and every day, the register only grows, and
its value is known at any time without a sum over the past.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from flows_meter_sync.simulator.noise import noise
from flows_meter_sync.simulator.shapes import DAY, HALF_HOUR, LoadShape

SHAKE = 0.8  # half hours, at most
REACTIVE_SHARE = 6  # one varh in so many Wh
MOST_COUNTED = 0xFFFFFFFF  # then a register rolls over


class Cut(NamedTuple):
    """Seconds since 2000 without power, `[start, end)`."""

    start: int
    end: int


@dataclass(slots=True)
class History:
    """What befell a meter, and can befall it while it runs: cuts in their order, and when its registers were reset.

    `wrong` is what they say at some seconds instead of what they have counted.
    """

    cuts: list[Cut]
    resets: list[int]
    wrong: Mapping[int, int] = field(default_factory=dict)

    def has_power(self, second: int) -> bool:
        return not any(cut.start <= second < cut.end for cut in self.cuts)

    def last_reset(self, second: int) -> int | None:
        return max((reset for reset in self.resets if reset <= second), default=None)


class Load:
    """Energy through one register in one direction; `since` is the half hour since 2000 in which it counted 0.

    `later` is by how many half hours this meter's day is later than the shape's, `wander` by how many a day's may be
    later or earlier than its others: at most 4, so that shaking and wandering together never run backwards.
    """

    __slots__ = ("_day", "_origin", "_wander", "_wh_a_year", "later", "seed", "shape", "since", "wander")

    def __init__(
        self, shape: LoadShape, wh_a_year: int, seed: int, since: int, later: float = 0.0, wander: float = 4.0
    ) -> None:
        self.shape, self.seed, self.since, self.later, self.wander = shape, seed, since, later, wander
        self._wh_a_year = wh_a_year
        self._origin: float | None = None
        self._day, self._wander = -1, (0.0, 0.0)

    def wh(self, second: int) -> int:
        """Wh counted at a second since 2000: at half hours exactly what the log says, evenly in between."""
        half_hour, rest = divmod(second, HALF_HOUR)
        before = self._counted(half_hour)
        return before + (self._counted(half_hour + 1) - before) * rest // HALF_HOUR if rest else before

    def _counted(self, half_hour: int) -> int:
        if half_hour <= self.since:
            return 0
        if self._origin is None:
            self._origin = self.shape.at(self._shaken(self.since))
        return int(self._wh_a_year * (self.shape.at(self._shaken(half_hour)) - self._origin))

    def _shaken(self, half_hour: int) -> float:
        """Where in the shape this load is at a half hour."""
        day, rest = divmod(half_hour, DAY)
        if day != self._day:
            self._day, self._wander = day, self._wander_of(day)
        start, slope = self._wander
        return half_hour - self.later + SHAKE * noise(self.seed, half_hour) + start + slope * rest

    def _wander_of(self, day: int) -> tuple[float, float]:
        """By how much a day starts later, and how much more with each half hour; the next one goes on from there."""
        here, next_ = ((2 * noise(self.seed + 1, number) - 1) * self.wander for number in (day, day + 1))
        return here, (next_ - here) / DAY


@dataclass(frozen=True, slots=True)
class Register:
    """One direction of one element: loads of nothing count nothing, and while the power is cut nobody does."""

    load: Load | None
    history: History
    first_wh: int = 0

    def wh(self, second: int) -> int:
        """Wh that went through since the meter was installed, at a second since 2000."""
        if self.load is None:
            return 0
        counted, energy = self.load.wh, self.load.wh(second)
        for cut in self.history.cuts:
            if cut.start < second:
                energy -= counted(min(second, cut.end)) - counted(cut.start)
        return energy

    def counted(self, second: int) -> int:
        """Wh since it was last reset, or beyond what it started with; what is wrong at that second."""
        if second in self.history.wrong:
            return self.history.wrong[second]
        reset = self.history.last_reset(second) if self.history.resets else None
        return self.wh(second) + self.first_wh if reset is None else self.wh(second) - self.wh(reset)

    def shown(self, second: int) -> int:
        """What the meter shows: registers have 32 bits."""
        return self.counted(second) & MOST_COUNTED


class Element(NamedTuple):
    """A measuring element: `A` and `B` of a twin element meter, `SINGLE` of any other."""

    name: str
    imported: Register
    exported: Register


def totals(element: Element, second: int) -> list[int]:
    """Active import and export, reactive import and export: Wh and varh, as registers of 32 bits show them."""
    imported, exported = element.imported.counted(second), element.exported.counted(second)
    counted = imported, exported, imported // REACTIVE_SHARE, exported // REACTIVE_SHARE
    return [count & MOST_COUNTED for count in counted]


class HalfHour(NamedTuple):
    """What a meter measured in the half hour that starts at `start`, seconds since 2000."""

    start: int
    element: str
    import_wh: int
    export_wh: int
