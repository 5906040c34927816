"""By fixed coefficients: each has a right to its part of the generation, whatever the others consume."""

from collections.abc import Sequence

from flows_billing.apportion import apportion
from flows_billing.sharing.methods import proportional
from flows_billing.sharing.terms import WHOLE, Shares


def allocate(generation: int, demands: Sequence[int], shares: Shares, turn: int) -> list[int]:
    """What a member cannot use is surplus; where the group redistributes, it goes in proportion to what others lack."""
    rights = apportion(generation, shares.coefficients, WHOLE, turn)
    parts = [min(right, demand) for right, demand in zip(rights, demands, strict=True)]
    if not shares.redistribute:
        return parts
    lacking = [demand - part for demand, part in zip(demands, parts, strict=True)]
    more = proportional.allocate(generation - sum(parts), lacking, shares, turn)
    return [part + added for part, added in zip(parts, more, strict=True)]
