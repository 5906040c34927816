"""Lines of a bill: energy by register, band and block, days, what was exported, and what fills a bill up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal, TypeAlias
from uuid import UUID

from flows_billing.accounts.account import Register
from flows_billing.accounts.plan import Part, Segment
from flows_billing.rating.rounding import exact_amount_pence, line_amount_pence
from flows_billing.rating.vat_rules import VatShare, export_vat
from flows_billing.tariffs.scale import Block, scale_of
from flows_billing.tariffs.tariff import Element
from flows_billing.usage.metered import Exported, Usage, sum_usages
from flows_shared.money import pounds

LineKind: TypeAlias = Literal["energy", "standing_charge", "export_credit", "minimum_charge", "adjustment"]
Unit: TypeAlias = Literal["kWh", "day", "item"]
Metered: TypeAlias = Sequence[tuple[Segment, Sequence[Usage]]]
# By the first day of each part.
SuppliedVat: TypeAlias = Mapping[date, Sequence[VatShare]]

KINDS = {"power": "Electricity", "heat": "Heat"}


@dataclass(frozen=True, slots=True)
class Line:
    """quantity x rate = amount. `rate` is in GBP a unit and holds VAT where `includes_vat`; a credit's is negative."""

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

    @property
    def vat_rate(self) -> Decimal:
        return self.vat.rate


def energy_lines(metered: Metered, days_in_month: int, supplied: SuppliedVat) -> list[Line]:
    """A line for each register, band and block of a part; blocks are filled in the order of the registers' lives."""
    lines: list[Line] = []
    filled: dict[tuple[int, Element, str | None], _Filling] = {}
    for segment, usages in metered:
        part, register = segment.part, segment.register
        for band, sums in _by_band(usages):
            key = id(part), register.element, band
            if key not in filled:
                scale = scale_of(part.tariff, register.element, band, part.days.count, days_in_month)
                filled[key] = _Filling(scale.blocks, scale.threshold_period == "day")
            shares = filled[key].fill(sums)
            whole = sum_usages(sums, band)
            for block, kwh in shares:
                lines += taxed(partial(_energy_line, part, register, block, kwh, whole), supplied[part.days.start])
    return lines


def standing_charge_line(part: Part, vat: VatShare) -> Line:
    days, rate = Decimal(part.days.count), part.tariff.standing_charge
    return Line(
        kind="standing_charge",
        description="Standing charge",
        quantity=days,
        unit="day",
        rate=rate,
        includes_vat=part.tariff.includes_vat,
        amount_pence=line_amount_pence(days, rate),
        part=part,
        vat=vat,
    )


def export_lines(exports: Iterable[tuple[Segment, Exported]]) -> list[Line]:
    """A credit for what was exported, taxed by the exporter's own status."""
    return [_export_line(segment, found) for segment, found in exports]


def missing_of_minimum(part: Part, lines: Sequence[Line], days_in_month: int) -> int:
    """Pence that a part's lines lack of the minimum for its days; credits do not count."""
    minimum = part.tariff.component("minimum_charge")
    if minimum is None:
        return 0
    wanted = minimum.rate * part.days.count / days_in_month
    vat_rate = sum((line.vat.rate * line.vat.fraction for line in lines if line.kind == "standing_charge"), Decimal(0))
    found = sum((_in_terms_of(minimum.includes_vat, line, vat_rate) for line in lines), Decimal(0))
    return max(0, exact_amount_pence(wanted - found))


def minimum_charge_line(part: Part, missing: int, vat: VatShare) -> Line:
    minimum = part.tariff.component("minimum_charge")
    assert minimum is not None
    return Line(
        kind="minimum_charge",
        description="Up to the minimum charge",
        quantity=Decimal(1),
        unit="item",
        rate=pounds(missing),
        includes_vat=minimum.includes_vat,
        amount_pence=missing,
        part=part,
        vat=vat,
        component=minimum.id,
    )


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
    )


def _in_terms_of(with_vat: bool, line: Line, vat_rate: Decimal) -> Decimal:
    """The exact amount of a line, with or without VAT."""
    amount = line.quantity * line.rate
    if line.includes_vat == with_vat:
        return amount
    return amount * (1 + vat_rate) if with_vat else amount / (1 + vat_rate)


class _Filling:
    """Blocks that energy is put into, lowest first; those of a day are empty again the next day."""

    def __init__(self, blocks: Sequence[Block], daily: bool) -> None:
        self.blocks, self.daily = blocks, daily
        self.used: dict[object, Decimal] = {}

    def fill(self, usages: Sequence[Usage]) -> list[tuple[Block, Decimal]]:
        if len(self.blocks) == 1:
            return [(self.blocks[0], sum_usages(usages).kwh)]
        shares = dict.fromkeys(range(len(self.blocks)), Decimal(0))
        for usage in usages:
            key = usage.day if self.daily else None
            before = self.used.get(key, Decimal(0))
            for number, block in enumerate(self.blocks):
                shares[number] += block.share_of(before, usage.kwh)
            self.used[key] = before + usage.kwh
        return [(self.blocks[number], kwh) for number, kwh in shares.items() if kwh or number == 0]


def _by_band(usages: Sequence[Usage]) -> Iterable[tuple[str | None, Sequence[Usage]]]:
    if len(usages) == 1:
        return [(usages[0].band, usages)]
    bands: dict[str | None, list[Usage]] = {}
    for usage in usages:
        bands.setdefault(usage.band, []).append(usage)
    return sorted(bands.items(), key=lambda item: item[0] or "")


def _energy_line(part: Part, register: Register, block: Block, kwh: Decimal, usage: Usage, vat: VatShare) -> Line:
    is_block = block.from_kwh > 0 or block.to_kwh is not None
    return Line(
        kind="energy",
        description=_describe(register, usage.band, block),
        quantity=kwh,
        unit="kWh",
        rate=block.rate,
        includes_vat=block.includes_vat,
        amount_pence=line_amount_pence(kwh, block.rate),
        part=part,
        vat=vat,
        register=register.id,
        element=register.element,
        usage=usage,
        block_from_kwh=block.from_kwh if is_block else None,
        component=block.component,
    )


def _describe(register: Register, band: str | None, block: Block) -> str:
    parts = [KINDS[register.nature]]
    if register.element != "SINGLE":
        parts.append(f"element {register.element}")
    if band:
        parts.append(band)
    if block.to_kwh is not None:
        parts.append(f"{block.from_kwh.normalize():f} to {block.to_kwh.normalize():f} kWh")
    elif block.from_kwh:
        parts.append(f"above {block.from_kwh.normalize():f} kWh")
    return ", ".join(parts)


def _export_line(segment: Segment, found: Exported) -> Line:
    credit = segment.part.tariff.component("export_credit")
    assert credit is not None
    vat = export_vat(segment.part.exporter_registered, segment.part.days.start)
    return Line(
        kind="export_credit",
        description="Export credit",
        quantity=found.kwh,
        unit="kWh",
        rate=-credit.rate,
        includes_vat=credit.includes_vat,
        amount_pence=line_amount_pence(found.kwh, -credit.rate),
        part=segment.part,
        vat=vat,
        register=segment.register.id,
        element=segment.register.element,
        usage=Usage(found.kwh, 0, found.first, found.last),
        component=credit.id,
    )
