"""What a bill's energy and days would cost at the regulator's cap: computed here only, so all places agree."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flows_billing.rating.plan import Part, Plan
from flows_billing.rounding import Costs, costs_of
from flows_billing.vat.rules import reduced_rate
from flows_shared.vocabulary.meters import Nature


def benchmark_costs(plan: Plan, metered: Iterable[tuple[Part, Nature, Decimal]]) -> Costs | None:
    """With VAT at the rate for homes; none where a part has no cap."""
    kwh: defaultdict[tuple[date, Nature], Decimal] = defaultdict(Decimal)
    for part, nature, used in metered:
        kwh[part.days.start, nature] += used
    power = heat = days = Decimal(0)
    for part in plan.parts:
        cap = part.benchmark
        if cap is None:
            return None
        vat = Decimal(1) if cap.includes_vat else 1 + reduced_rate(part.days.start)
        power += kwh[part.days.start, Nature.POWER] * cap.unit_rate * vat
        heat += kwh[part.days.start, Nature.HEAT] * cap.unit_rate * vat
        days += part.days.count * cap.standing_charge * vat
    return costs_of(power, heat, days)
