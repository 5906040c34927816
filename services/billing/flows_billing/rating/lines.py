"""Lines of a bill, and what the kinds that make them share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from flows_billing.accounts.account import Register
from flows_billing.rating.plan import Part, Segment
from flows_billing.rounding import line_amount_pence
from flows_billing.usage.metered import Usage
from flows_billing.vat.rules import VatShare
from flows_shared.vocabulary.billing import LineKind, Unit
from flows_shared.vocabulary.meters import Element, Nature

Metered: TypeAlias = Sequence[tuple[Segment, Sequence[Usage]]]
# kWh of each local day; of usages, which may be of no day.
DaysKwh: TypeAlias = tuple[tuple[date, Decimal], ...]
UsageDays: TypeAlias = list[tuple[date | None, Decimal]]
# By the first day of each part.
SuppliedVat: TypeAlias = Mapping[date, Sequence[VatShare]]

MEASURED = {Nature.POWER: "Electricity", Nature.HEAT: "Heat"}


@dataclass(frozen=True, slots=True)
class Line:
    """quantity x rate = amount. `rate` is in GBP a unit and holds VAT where `includes_vat`; a credit's is negative.

    `days_kwh` is its energy by day, where usage was asked for by day. `basis` says how an amount came about that no
    quantity and price explain.
    """

    kind: LineKind
    description: str
    quantity: Decimal
    unit: Unit
    rate: Decimal
    includes_vat: bool
    amount_pence: int
    part: Part
    vat: VatShare
    register: UUID | None = None
    element: Element | None = None
    usage: Usage | None = None
    block_from_kwh: Decimal | None = None
    component: UUID | None = None
    sharing_terms: UUID | None = None
    days_kwh: DaysKwh = ()
    basis: str | None = None

    @property
    def vat_rate(self) -> Decimal:
        return self.vat.rate

    @property
    def vat_reason(self) -> str:
        return self.vat.reason


def taxed(make: Callable[[VatShare], Line], shares: Sequence[VatShare]) -> list[Line]:
    """The line, or where VAT is apportioned a line for each rate with its share of the quantity."""
    if len(shares) == 1:
        return [make(shares[0])]
    return [_share_of(make(share), share) for share in shares]


def _share_of(line: Line, share: VatShare) -> Line:
    quantity = line.quantity * share.fraction
    return replace(
        line,
        description=f"{line.description} ({share.fraction * 100:f}% of it)".replace(".00%", "%"),
        quantity=quantity,
        amount_pence=line_amount_pence(quantity, line.rate),
        days_kwh=tuple((day, kwh * share.fraction) for day, kwh in line.days_kwh),
    )


def by_band(usages: Sequence[Usage]) -> Iterable[tuple[str | None, Sequence[Usage]]]:
    """The usages of each band."""
    if len(usages) == 1:
        return [(usages[0].band, usages)]
    bands: dict[str | None, list[Usage]] = {}
    for usage in usages:
        bands.setdefault(usage.band, []).append(usage)
    return sorted(bands.items(), key=lambda item: item[0] or "")


def by_day(days_kwh: UsageDays) -> DaysKwh:
    """Energy by day; nothing where it was not asked for by day."""
    sums: dict[date, Decimal] = {}
    for day, kwh in days_kwh:
        if day is not None:
            sums[day] = sums.get(day, Decimal(0)) + kwh
    return tuple(sums.items())


def describe(register: Register, band: str | None) -> str:
    """What a register measures, in words."""
    parts = [MEASURED[register.nature]]
    if register.element != Element.SINGLE:
        parts.append(f"element {register.element}")
    if band:
        parts.append(band)
    return ", ".join(parts)
