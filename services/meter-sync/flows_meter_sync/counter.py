"""How a register counts, and which of its counts are to be believed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from flows_meter_sync.energy import KWH_STEPS
from flows_shared.time import HALF_HOUR

# 10 MWh in half an hour is 20 MW: no register of ours turns so fast, and the table's encoding ends there.
IMPOSSIBLE: Final = 10_000 * KWH_STEPS
ROLL_OVER: Final = 2**32  # counts; each is worth the hardware's steps
# Where no fuse is known: what the meters themselves carry a phase.
METER_AMPERES: Final = 100
VOLTS: Final = 230
# A supply may have 10 % more (Electricity Safety, Quality and Continuity Regulations 2002, regulation 27).
MOST_VOLTS: Final = 253
# A count that went down has rolled over only if that takes so little energy; otherwise the register was reset.
MOST_OF_A_ROLL_OVER: Final = 100 * KWH_STEPS


class Count(NamedTuple):
    """What a register had counted at an instant, in 1/10,000 kWh."""

    at: datetime
    energy: int


@dataclass(frozen=True, slots=True)
class Counter:
    """A register's greatest value and one, and the most that it can advance in half an hour, in 1/10,000 kWh."""

    roll_over: int
    most: int = IMPOSSIBLE - 1

    def advance(self, before: Count, after: Count) -> int | None:
        """By how much a count went up, over the greatest value too; None where it cannot have done so in the time."""
        advanced = advance(before.energy, after.energy, self.roll_over)
        return advanced if advanced is not None and advanced <= self.most_between(before, after) else None

    def follows(self, before: Count, after: Count) -> bool:
        """Whether a register that had counted the one can have counted the other."""
        return self.up(before, after) <= self.most_between(before, after)

    def up(self, before: Count, after: Count) -> int:
        """How far it is from the one to the other if a register only counts up."""
        return (after.energy - before.energy) % self.roll_over

    def most_between(self, before: Count, after: Count) -> int:
        """For each half hour that was begun: the time of a read is not known to the second."""
        return self.most * max(1, -(-abs(after.at - before.at) // HALF_HOUR))


def energy_let_through(amperes: int, phases: int, volts: int) -> int:
    """What can pass a fuse in half an hour, in 1/10,000 kWh; no more than can be stored."""
    return min(amperes * volts * phases * KWH_STEPS // 2_000, IMPOSSIBLE - 1)


def advance(before: int, after: int, roll_over: int) -> int | None:
    """By how much a count went up, over its greatest value too; None where it went down. All in the same unit."""
    if after >= before:
        return after - before
    rolled = after - before + roll_over
    return rolled if rolled < MOST_OF_A_ROLL_OVER else None


def believed(counts: Iterable[Count], counter: Counter, resets: Collection[datetime] = ()) -> list[Count]:
    """The counts that go on from each other, in the order given.

    One that cannot follow the last good one is doubted, until the next one shows which of the two was wrong: it is
    forgotten when that follows the good one, and believed when that follows it alone and has gone up. Then it is a new
    beginning, unless it goes on from the one before the good one, which alone was wrong. A lower count where a reset is
    known is a new beginning at once.
    """
    good: list[Count] = []
    doubted: Count | None = None
    for count in counts:
        reset = count.at in resets and count.energy < good[-1].energy if good else True
        if reset or counter.follows(good[-1], count):
            if doubted is not None and counter.up(good[-1], doubted) <= counter.up(good[-1], count):
                good.append(doubted)  # it only came too fast
            good.append(count)
            doubted = None
        elif doubted is not None and counter.follows(doubted, count) and count.energy != doubted.energy:
            good = _without_peak(good, doubted, counter)
            good += doubted, count
            doubted = None
        else:
            doubted = count
    return good if doubted is None else _without_peak(good, doubted, counter)


def _without_peak(good: list[Count], after: Count, counter: Counter) -> list[Count]:
    """Without the last one where it is above what follows, and that goes on from the one before it."""
    if len(good) < 2 or not counter.follows(good[-2], after):
        return good
    return good[:-1] if counter.up(good[-2], good[-1]) > counter.up(good[-2], after) else good
