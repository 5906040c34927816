"""What a kind of price is: how its lines come about, what they count as, what is said of them, and their proof."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flows_billing.rating.lines import Line, Metered, SuppliedVat
from flows_billing.rating.plan import Plan, Segment
from flows_billing.rating.shared_energy import Shared
from flows_billing.usage.metered import Exported
from flows_shared.vocabulary.billing import LineKind


@dataclass(frozen=True, slots=True)
class Rated:
    """What a kind's lines follow from; `lines` are those of the kinds before it."""

    plan: Plan
    metered: Metered
    exports: Sequence[tuple[Segment, Exported]]
    shared: Shared
    supplied: SuppliedVat
    lines: Sequence[Line] = ()


MakeLines: TypeAlias = Callable[[Rated], Iterable[Line]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of price, or of credit; what is not said of it is not so.

    `is_energy`: its quantity is energy that was used; `is_measured`: or exported. `fills_minimum`: it counts towards a
    minimum charge. `is_supplied`: it is a cost of what was supplied. `has_price`: it multiplies a price; otherwise its
    amount follows from others. `has_tariff`: its line names the version that priced it.

    `source` says where an amount comes from that no readings explain, `sentence` how it came about, with `{shared_by}`.
    `proven_rate` is, in SQL, the rate that a line should have by the rows that it names: the tariffs `own` and
    `community`, its `component` and the `terms` of sharing.
    """

    kind: LineKind
    make_lines: MakeLines | None
    is_energy: bool = False
    is_measured: bool = False
    is_credit: bool = False
    fills_minimum: bool = False
    is_supplied: bool = False
    has_price: bool = True
    has_tariff: bool = True
    source: str | None = None
    sentence: str | None = None
    proven_rate: str | None = None
