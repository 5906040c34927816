"""What a register measured in a time, and whether all of it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from flows_shared.time import HALF_HOUR, Period, ceil_half_hour, floor_half_hour


@dataclass(frozen=True, slots=True)
class UsageKey:
    """A register and the time for which it is summed: whole, or by the bands of a profile, and by day where asked."""

    register: UUID
    span: Period
    profile: UUID | None = None
    by_day: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """A sum of half hours; `first` and `last` are the starts of the first and last of them.

    `day` and `band` are those of all its half hours, where the sum was asked for by day and band.
    """

    kwh: Decimal
    intervals: int
    first: datetime | None
    last: datetime | None
    estimated: int = 0
    band: str | None = None
    day: date | None = None


def sum_usages(usages: Sequence[Usage], band: str | None = None, day: date | None = None) -> Usage:
    """One sum of several, which is of `band` and `day` where all of them are."""
    if len(usages) == 1 and (usages[0].band, usages[0].day) == (band, day):
        return usages[0]
    return Usage(
        kwh=sum((usage.kwh for usage in usages), Decimal(0)),
        intervals=sum(usage.intervals for usage in usages),
        first=min((usage.first for usage in usages if usage.first), default=None),
        last=max((usage.last for usage in usages if usage.last), default=None),
        estimated=sum(usage.estimated for usage in usages),
        band=band,
        day=day,
    )


@dataclass(frozen=True, slots=True)
class Exported:
    """Energy between two readings of what a register counted out, and when these were taken.

    `is_doubtful`: one of them does not go with the reading beside it.
    """

    kwh: Decimal
    first: datetime
    last: datetime
    is_doubtful: bool = False


@lru_cache(maxsize=4096)  # most registers of a run are billed for the same span
def half_hours_touched(span: Period) -> Period:
    """From the half hour in which the span starts to the one in which it ends: a meter may log both edges."""
    return Period(floor_half_hour(span.start), ceil_half_hour(span.end))


def expected_half_hours(span: Period) -> int:
    """Half hours that lie in the span whole. Those cut by its edges may be there or not."""
    return max(0, (floor_half_hour(span.end) - ceil_half_hour(span.start)) // HALF_HOUR)


def missing_half_hours(span: Period, usages: Sequence[Usage]) -> int:
    """Whole half hours of the span of which nothing is known."""
    start, end = ceil_half_hour(span.start), floor_half_hour(span.end)
    cut_at_start = any(usage.first is not None and usage.first < start for usage in usages)
    cut_at_end = any(usage.last is not None and usage.last >= end for usage in usages)
    found = sum(usage.intervals for usage in usages)
    return max(0, (end - start) // HALF_HOUR) - max(0, found - cut_at_start - cut_at_end)
