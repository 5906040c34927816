"""What a supply costs at its flat rates, with VAT: as its meter charges it, and where it cannot be rated yet."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from flows_billing.days import Days
from flows_billing.rounding import MAX_PENCE, exact_amount_pence
from flows_shared.vocabulary.meters import Element

# kWh of a local day.
Used: TypeAlias = tuple[date, Element, Decimal]


@dataclass(frozen=True, slots=True)
class FlatPrice:
    """From `period_start` on, as `public.supply_tariffs` has it. GBP a kWh and a day."""

    period_start: date
    unit_rate: Decimal
    unit_rate_b: Decimal
    standing_charge: Decimal

    def unit_rate_of(self, element: Element) -> Decimal:
        return self.unit_rate_b if element == Element.B else self.unit_rate


def flat_cost_pence(price_of: Callable[[date], FlatPrice | None], days: Days, used: Collection[Used]) -> int | None:
    """Rounded once; days without a price cost nothing. None where no day has one, or an amount cannot be true."""
    held = {day: price for day in days.each() if (price := price_of(day))}
    if not held or not all(kwh.is_finite() for _, _, kwh in used):
        return None
    standing = sum((price.standing_charge for price in held.values()), Decimal(0))
    energy = sum((kwh * held[day].unit_rate_of(element) for day, element, kwh in used if day in held), Decimal(0))
    cost = standing + energy
    return exact_amount_pence(cost) if cost.is_finite() and abs(cost) * 100 <= MAX_PENCE else None
