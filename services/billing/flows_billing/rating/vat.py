"""VAT of a bill: one amount for each rate and for each way in which prices state it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Protocol

from flows_billing.rating.rounding import vat_upon_pence, vat_within_pence


class Taxed(Protocol):
    """A line, rated or stored."""

    @property
    def amount_pence(self) -> int: ...
    @property
    def includes_vat(self) -> bool: ...
    @property
    def vat_rate(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class VatAmount:
    """What the lines of one rate come to."""

    vat_rate: Decimal
    includes_vat: bool
    net_pence: int
    vat_pence: int


def vat_summary(lines: Iterable[Taxed]) -> list[VatAmount]:
    """Net and VAT by rate, highest rate first."""
    sums: defaultdict[tuple[Decimal, bool], int] = defaultdict(int)
    for line in lines:
        sums[line.vat_rate, line.includes_vat] += line.amount_pence
    return [_vat_amount(*key, amount) for key, amount in sorted(sums.items(), reverse=True)]


def net_amounts(lines: Sequence[Taxed]) -> list[int]:
    """What each line is without VAT, in pence, so that the lines of a rate add up to what they are together.

    Each has its exact amount, cut; the pence that are left go to those who lost most by it.
    """
    nets = [line.amount_pence for line in lines]
    for amount in vat_summary(lines):
        places = [
            place
            for place, line in enumerate(lines)
            if line.includes_vat and amount.includes_vat and line.vat_rate == amount.vat_rate
        ]
        exact = {place: Fraction(nets[place]) / (1 + Fraction(amount.vat_rate)) for place in places}
        left = amount.net_pence - sum(map(floor, exact.values()))
        lost = {place: floor(value) - value for place, value in exact.items()}
        for order, place in enumerate(sorted(places, key=lost.__getitem__)):
            nets[place] = floor(exact[place]) + (order < left)
    return nets


def _vat_amount(vat_rate: Decimal, includes_vat: bool, amount_pence: int) -> VatAmount:
    if includes_vat:
        vat = vat_within_pence(amount_pence, vat_rate)
        return VatAmount(vat_rate, includes_vat, amount_pence - vat, vat)
    return VatAmount(vat_rate, includes_vat, amount_pence, vat_upon_pence(amount_pence, vat_rate))
