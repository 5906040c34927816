"""In proportion to consumption."""

from collections.abc import Sequence

from flows_billing.apportion import apportion
from flows_billing.sharing.terms import Shares


def allocate(generation: int, demands: Sequence[int], _shares: Shares, turn: int) -> list[int]:
    """All of the demand where there is enough, otherwise the same fraction of each."""
    demand = sum(demands)
    if demand <= generation:
        return list(demands)
    return apportion(generation, demands, demand, turn)
