"""VAT of a bill: one amount for each rate, for each way in which prices state it, and for each who supplies."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from flows_billing.rating.rounding import vat_upon_pence, vat_within_pence
from flows_billing.rating.vat_rules import EXPORT_REASONS


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


def vat_summary(lines: Iterable[Taxed]) -> list[VatAmount]:
    """Net and VAT by rate, highest rate first; what is bought is after what is sold."""
    sums: defaultdict[tuple[bool, Decimal, bool], int] = defaultdict(int)
    for line in lines:
        is_sold = line.vat_reason not in EXPORT_REASONS
        sums[is_sold, line.vat_rate, line.includes_vat] += line.amount_pence
    return [
        _vat_amount(not is_sold, rate, included, amount)
        for (is_sold, rate, included), amount in sorted(sums.items(), reverse=True)
    ]


def _vat_amount(is_bought: bool, vat_rate: Decimal, includes_vat: bool, amount_pence: int) -> VatAmount:
    if includes_vat:
        vat = vat_within_pence(amount_pence, vat_rate)
        return VatAmount(is_bought, vat_rate, includes_vat, amount_pence - vat, vat)
    return VatAmount(is_bought, vat_rate, includes_vat, amount_pence, vat_upon_pence(amount_pence, vat_rate))
