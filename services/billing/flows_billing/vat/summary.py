"""VAT of a bill: one amount for each rate, for each way in which prices state it, and for each who supplies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Protocol, TypeAlias

from flows_billing.rounding import vat_upon_pence, vat_within_pence
from flows_billing.vat.rules import EXPORT_REASONS

# Whether the customer supplies it, the rate, and whether prices include the VAT.
Group: TypeAlias = tuple[bool, Decimal, bool]


class Taxed(Protocol):
    """A line, rated or stored."""

    @property
    def amount_pence(self) -> int: ...
    @property
    def includes_vat(self) -> bool: ...
    @property
    def vat_rate(self) -> Decimal: ...
    @property
    def vat_reason(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class VatAmount:
    """What the lines of one rate come to; where `is_bought`, of what the customer supplies: as credits, below zero."""

    is_bought: bool
    vat_rate: Decimal
    includes_vat: bool
    net_pence: int
    vat_pence: int

    @property
    def group(self) -> Group:
        return self.is_bought, self.vat_rate, self.includes_vat


def vat_summary(lines: Iterable[Taxed]) -> list[VatAmount]:
    """Net and VAT by rate, highest rate first; what is bought is after what is sold."""
    sums: defaultdict[Group, int] = defaultdict(int)
    for line in lines:
        sums[_group(line)] += line.amount_pence
    order = sorted(sums, key=lambda group: (not group[0], *group[1:]), reverse=True)
    return [_vat_amount(*group, sums[group]) for group in order]


def net_amounts(lines: Sequence[Taxed]) -> list[int]:
    """What each line is without VAT, in pence, so that the lines of a rate add up to what they are together.

    Each has its exact amount, cut; the pence that are left go to those who lost most by it.
    """
    nets = [line.amount_pence for line in lines]
    for amount in vat_summary(lines):
        places = [place for place, line in enumerate(lines) if _group(line) == amount.group and amount.includes_vat]
        exact = {place: Fraction(nets[place]) / (1 + Fraction(amount.vat_rate)) for place in places}
        left = amount.net_pence - sum(map(floor, exact.values()))
        lost = {place: floor(value) - value for place, value in exact.items()}
        for order, place in enumerate(sorted(places, key=lost.__getitem__)):
            nets[place] = floor(exact[place]) + (order < left)
    return nets


def _group(line: Taxed) -> Group:
    return line.vat_reason in EXPORT_REASONS, line.vat_rate, line.includes_vat


def _vat_amount(is_bought: bool, vat_rate: Decimal, includes_vat: bool, amount_pence: int) -> VatAmount:
    if includes_vat:
        vat = vat_within_pence(amount_pence, vat_rate)
        return VatAmount(is_bought, vat_rate, includes_vat, amount_pence - vat, vat)
    return VatAmount(is_bought, vat_rate, includes_vat, amount_pence, vat_upon_pence(amount_pence, vat_rate))
