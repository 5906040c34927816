"""What a register measured in a time, and whether all of it is there."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from flows_shared.time import HALF_HOUR, Period, ceil_half_hour, floor_half_hour

# A register and the time for which it is summed.
Span: TypeAlias = tuple[UUID, Period]


@dataclass(frozen=True, slots=True)
class Usage:
    """A sum of half hours; `first` and `last` are the starts of the first and last of them."""

    kwh: Decimal
    intervals: int
    first: datetime | None
    last: datetime | None


NO_USAGE = Usage(Decimal(0), 0, None, None)


def half_hours_touched(span: Period) -> Period:
    """From the half hour in which the span starts to the one in which it ends: a meter may log both edges."""
    return Period(floor_half_hour(span.start), ceil_half_hour(span.end))


def expected_half_hours(span: Period) -> int:
    """Half hours that lie in the span whole. Those cut by its edges may be there or not."""
    return max(0, (floor_half_hour(span.end) - ceil_half_hour(span.start)) // HALF_HOUR)


def missing_half_hours(span: Period, usage: Usage) -> int:
    """Whole half hours of the span of which nothing is known."""
    cut_at_start = usage.first is not None and usage.first < ceil_half_hour(span.start)
    cut_at_end = usage.last is not None and usage.last >= floor_half_hour(span.end)
    return expected_half_hours(span) - max(0, usage.intervals - cut_at_start - cut_at_end)
