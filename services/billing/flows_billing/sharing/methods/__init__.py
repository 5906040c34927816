"""Ways to allocate a half hour's generation, a file each. All have one signature and the same promises.

`allocate(generation, demands, shares, turn)` -> what each member gets, in Wh, in the order of `demands`: never more
than their demand, together never more than the generation. `turn` is the number of the half hour, for `apportion`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from flows_billing.sharing.methods import fixed, priority, proportional
from flows_billing.sharing.terms import Shares
from flows_shared.vocabulary.billing import SharingMethod

Allocate: TypeAlias = Callable[[int, Sequence[int], Shares, int], list[int]]

METHODS: Final[Mapping[SharingMethod, Allocate]] = {
    SharingMethod.FIXED: fixed.allocate,
    SharingMethod.PROPORTIONAL: proportional.allocate,
    SharingMethod.PRIORITY: priority.allocate,
}
