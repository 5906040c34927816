"""Every rounding of a bill, and no other place rounds.

1. A line's amount is quantity x rate, exact, then rounded half up to the penny: once a line.
2. VAT is computed on the sum of the lines of a rate, not line by line, and rounded half up to the penny.
   Where prices include it, it is the part r / (1 + r) of that sum; where they do not, r of it is added.
3. Quantities are never rounded: kWh are the exact sum of the half hours, days are whole.
"""

from decimal import Decimal

from flows_shared.money import pounds, round_to_pence


def line_amount_pence(quantity: Decimal, rate: Decimal) -> int:
    """`rate` in GBP a unit."""
    return round_to_pence(quantity * rate)


def vat_within_pence(gross_pence: int, vat_rate: Decimal) -> int:
    """The VAT that an amount holds."""
    return round_to_pence(pounds(gross_pence) * vat_rate / (1 + vat_rate))


def vat_upon_pence(net_pence: int, vat_rate: Decimal) -> int:
    """The VAT that comes on top of an amount."""
    return round_to_pence(pounds(net_pence) * vat_rate)
