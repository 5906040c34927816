"""Whole units shared by weight so that none is lost: the rule of the largest remainder."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from flows_shared.time import HALF_HOUR

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY: Final = 48  # half hours, in UTC


def turn_at(start: datetime) -> int:
    """Whose turn it is in a half hour: one place further with each half hour of a day, and with each day.

    Without the second, a number of homes that divides 48 would have the same one first at noon every day.
    """
    return sum(divmod((start - EPOCH) // HALF_HOUR, A_DAY))


def apportion(units: int, weights: Sequence[int], whole: int, turn: int = 0) -> list[int]:
    """`units` x weight / `whole` for each, in whole units.

    First everyone gets their exact part, cut; what cutting left goes by one unit each to those who lost most. Of equals
    the one whose place comes first, counted from `turn`: so that half hours favour everyone in their turn. The parts
    add up to `units` where the weights add up to `whole`, otherwise to the exact sum, cut.
    """
    parts = [units * weight // whole for weight in weights]
    left = units * sum(weights) // whole - sum(parts)
    if left:
        hand_out(left, parts, [units * weight % whole for weight in weights], turn)
    return parts


def hand_out(left: int, parts: list[int], losses: Sequence[int] | Sequence[Decimal], turn: int = 0) -> None:
    """What cutting left, by one unit each, onto the parts that lost most; of equals the first counted from `turn`."""
    first = turn % len(parts)
    order = [*range(first, len(parts)), *range(first)]
    order.sort(key=losses.__getitem__, reverse=True)
    for place in order[:left]:
        parts[place] += 1
