"""By priority, then in proportion: those of priority 1 first, what they leave to those of 2, and so on."""

from collections.abc import Sequence

from flows_billing.sharing.methods import proportional
from flows_billing.sharing.terms import Shares


def allocate(generation: int, demands: Sequence[int], shares: Shares, turn: int) -> list[int]:
    parts = [0] * len(demands)
    for places in shares.by_priority:
        wanted = [demands[place] for place in places]
        for place, part in zip(places, proportional.allocate(generation, wanted, shares, turn), strict=True):
            parts[place] = part
            generation -= part
    return parts
