"""Every rounding of a bill, and no other place rounds.

1. A line's amount is quantity x rate, exact, then rounded half up to the penny: once a line.
2. VAT is computed on the sum of the lines of a rate, not line by line, and rounded half up to the penny.
   Where prices include it, it is the part r / (1 + r) of that sum; where they do not, r of it is added.
3. Quantities are never rounded: kWh are the exact sum of the half hours, days are whole.
4. A monthly threshold for a part of the month is rounded half up to the watt hour, before energy is put into blocks.
5. Shared energy is in whole watt hours, a solar credit in whole pence, cut: what cutting leaves over is handed out one
   by one by the largest remainder (apportion.py), so that the parts add up.
6. A minimum charge and the cost at the benchmark are exact until their end, and rounded half up to the penny once.
   What such a cost is made of is shared out in whole pence by the largest remainder, so that it adds up to it.
   Where the days of a minimum are taxed at several rates, its pence are handed out by days, by the largest remainder.
7. What is left out because it is too old to be charged for is exact until its end, and rounded up to the penny.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from flows_billing.apportion import apportion, hand_out
from flows_shared.money import pounds, round_to_pence

RULES: Final = (
    "Each amount is quantity times price, rounded to the nearest penny (half a penny up) once a line.",
    "VAT is computed once for each rate on the sum of its lines, and rounded to the nearest penny.",
    "Energy is the exact sum of the half hours and is not rounded.",
)
WATT_HOUR: Final = Decimal("0.001")
# What an integer column holds; an amount beyond it comes from a wrong reading or rate.
MAX_PENCE: Final = 2**31 - 1
EXACT_DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class Costs:
    """GBP with VAT, to the penny; the parts add up to the total."""

    power: Decimal
    heat: Decimal
    standing_charge: Decimal

    @property
    def total(self) -> Decimal:
        return self.power + self.heat + self.standing_charge

    def __add__(self, other: "Costs") -> "Costs":
        return Costs(self.power + other.power, self.heat + other.heat, self.standing_charge + other.standing_charge)


def line_amount_pence(quantity: Decimal, rate: Decimal) -> int:
    """`rate` in GBP a unit."""
    return round_to_pence(quantity * rate)


def vat_within_pence(gross_pence: int, vat_rate: Decimal) -> int:
    """The VAT that an amount holds."""
    return round_to_pence(pounds(gross_pence) * vat_rate / (1 + vat_rate))


def vat_upon_pence(net_pence: int, vat_rate: Decimal) -> int:
    """The VAT that comes on top of an amount."""
    return round_to_pence(pounds(net_pence) * vat_rate)


def threshold_kwh(month_kwh: Decimal, days: int, days_in_month: int) -> Decimal:
    """A month's threshold for some of its days."""
    return (month_kwh * days / days_in_month).quantize(WATT_HOUR, rounding=ROUND_HALF_UP)


def exact_amount_pence(amount: Decimal) -> int:
    """GBP that were summed without rounding."""
    return round_to_pence(amount)


def cut_pence(pence: Decimal) -> int:
    """Whole pence, as a solar credit is cut."""
    return int(pence.to_integral_value(rounding=ROUND_DOWN))


def penny_up(pence: Fraction) -> int:
    """In the customer's favour, where it is left out."""
    return ceil(pence)


def costs_of(power: Decimal, heat: Decimal, standing_charge: Decimal, total_pence: int | None = None) -> Costs:
    """Exact GBP as whole pence that add up to their sum, rounded once, or to the total that is known."""
    exact = power, heat, standing_charge
    parts = _round_together(exact) if total_pence is None else split_pence(total_pence, exact)
    return Costs(*map(pounds, parts))


def _round_together(exact: Sequence[Decimal]) -> list[int]:
    """Whole pence, none of them a penny or more from what is exact, that add up to the rounded sum."""
    total = exact_amount_pence(sum(exact, Decimal(0)))
    pence = [amount.scaleb(2) for amount in exact]
    parts = [int(each.to_integral_value(rounding=ROUND_FLOOR)) for each in pence]
    hand_out(total - sum(parts), parts, [each - part for each, part in zip(pence, parts, strict=True)])
    return parts


def split_pence(total_pence: int, weights: Sequence[Decimal]) -> list[int]:
    """The total in whole pence by weights of one sign, by the largest remainder."""
    parts = [int(abs(weight).scaleb(EXACT_DIGITS)) for weight in weights]
    shares = apportion(abs(total_pence), parts, sum(parts) or 1)
    return [share if total_pence >= 0 else -share for share in shares]
