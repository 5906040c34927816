"""The kinds of price, in the order of a bill's lines: each is a file, and all that is asked of a kind it answers."""

from collections.abc import Mapping
from typing import Final

from flows_billing.rating.kinds.adjustment import ADJUSTMENT
from flows_billing.rating.kinds.energy import ENERGY
from flows_billing.rating.kinds.export_credit import EXPORT_CREDIT
from flows_billing.rating.kinds.kind import Kind
from flows_billing.rating.kinds.minimum_charge import MINIMUM_CHARGE
from flows_billing.rating.kinds.shared import SHARED_ENERGY
from flows_billing.rating.kinds.solar_credit import SOLAR_CREDIT
from flows_billing.rating.kinds.standing_charge import STANDING_CHARGE
from flows_shared.vocabulary.billing import LineKind

KINDS: Final[Mapping[LineKind, Kind]] = {
    each.kind: each
    for each in (ENERGY, SHARED_ENERGY, STANDING_CHARGE, MINIMUM_CHARGE, EXPORT_CREDIT, SOLAR_CREDIT, ADJUSTMENT)
}
