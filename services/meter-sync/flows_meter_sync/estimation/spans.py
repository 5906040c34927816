"""What a register's counts say of the half hours that are missing between them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from flows_meter_sync.counter import IMPOSSIBLE, Count, Counter
from flows_shared.time import HALF_HOUR, floor_half_hour


@dataclass(frozen=True, slots=True)
class Span:
    """Missing half hours that share what is known of their energy, in 1/10,000 kWh; None where nothing is."""

    missing: tuple[datetime, ...]
    energy: int | None


class Between(NamedTuple):
    """Energy held between two instants: at most `uncertain` off, as those cut half hours; and how many are absent."""

    energy: int
    uncertain: int
    absent: int


def split_at_counts(
    missing: Collection[datetime],
    counts: Iterable[Count],
    held: Mapping[datetime, int],
    roll_over: int,
    most: int = IMPOSSIBLE - 1,
) -> list[Span]:
    """The missing half hours, those between two counts together with what the register advanced there.

    From that what is `held` in between is taken off; a count in the middle of a held half hour takes its part of it,
    evenly. A count in the middle of a missing half hour says nothing that could be used.
    """
    starts, counter = sorted(missing), Counter(roll_over, most)
    usable = [count for count in sorted(set(counts)) if _cuts_nothing(count.at, missing)]
    spans, rest = [], set(starts)
    for before, after in pairwise(usable):
        inside = tuple(at for at in starts if before.at <= at < after.at)
        if inside:
            rest.difference_update(inside)
            spans.append(Span(inside, _left(before, after, inside, held, counter)))
    outside = tuple(sorted(rest))
    return sorted([*spans, *([Span(outside, None)] if outside else [])], key=lambda span: span.missing)


def _cuts_nothing(at: datetime, missing: Collection[datetime]) -> bool:
    floor = floor_half_hour(at)
    return floor == at or floor not in missing


def _left(
    before: Count, after: Count, inside: Sequence[datetime], held: Mapping[datetime, int], counter: Counter
) -> int | None:
    """What the register advanced beyond what is held; None where that cannot be, or not in the half hours missing."""
    advanced = counter.advance(before, after)
    if advanced is None:
        return None
    left = advanced - held_between(before.at, after.at, held).energy
    return left if 0 <= left <= counter.most * len(inside) else None


def held_between(start: datetime, end: datetime, held: Mapping[datetime, int]) -> Between:
    """What is held of the time between two instants; of a half hour that one of them cuts, its part, evenly."""
    energy = uncertain = absent = 0
    at = floor_half_hour(start)
    while at < end:
        within = min(end, at + HALF_HOUR) - max(start, at)
        if (whole := held.get(at)) is None:
            absent += 1
        else:
            energy += whole * within // HALF_HOUR
            uncertain += whole if within < HALF_HOUR else 0
        at += HALF_HOUR
    return Between(energy, uncertain, absent)
