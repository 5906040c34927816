"""Lines of a bill: energy by register, band and block, days, and what was exported."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeAlias
from uuid import UUID

from flows_billing.accounts.account import Register
from flows_billing.days import Days
from flows_billing.rating.plan import Part, Plan, Segment
from flows_billing.rounding import line_amount_pence
from flows_billing.tariffs.scale import Block, Scale, scale_of
from flows_billing.usage.metered import Exported, Usage, sum_usages
from flows_billing.vat.rules import VatShare, export_vat
from flows_shared.vocabulary.billing import ComponentKind, LineKind, ThresholdPeriod, Unit
from flows_shared.vocabulary.meters import Element, Nature

Metered: TypeAlias = Sequence[tuple[Segment, Sequence[Usage]]]
# kWh of each local day; of usages, which may be of no day.
DaysKwh: TypeAlias = tuple[tuple[date, Decimal], ...]
UsageDays: TypeAlias = list[tuple[date | None, Decimal]]
# kWh that blocks hold so far, by day where they are blocks of a day.
Filled: TypeAlias = dict[date | None, Decimal]
# By the first day of each part.
SuppliedVat: TypeAlias = Mapping[date, Sequence[VatShare]]

# What was used, at whoever's price.
USED = (LineKind.ENERGY, LineKind.SHARED_ENERGY)
KINDS = {Nature.POWER: "Electricity", Nature.HEAT: "Heat"}


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


def energy_lines(plan: Plan, metered: Metered, supplied: SuppliedVat) -> list[Line]:
    """A line for each register, band and block of a part.

    Blocks are filled in order of time by all parts of a tariff version, and by all registers that feed one supply.
    """
    lines: list[Line] = []
    days_in_month = Days.of(plan.month).count
    filled: defaultdict[tuple[UUID, Element, str | None], Filled] = defaultdict(dict)
    for segment, usages in metered:
        part, register = segment.part, segment.register
        for band, sums in by_band(usages):
            scale = scale_of(part.tariff, register.element, band, plan.days_at(part.tariff), days_in_month)
            whole = sum_usages(sums, band)
            for block, days_kwh in fill(scale, sums, filled[part.tariff.id, register.feeds, band]):
                make = partial(_energy_line, part, register, block, days_kwh, whole)
                lines += taxed(make, supplied[part.days.start])
    return lines


def standing_charge_line(part: Part, vat: VatShare) -> Line:
    days, rate = Decimal(part.days.count), part.tariff.standing_charge
    return Line(
        kind=LineKind.STANDING_CHARGE,
        description="Standing charge",
        quantity=days,
        unit=Unit.DAY,
        rate=rate,
        includes_vat=part.tariff.includes_vat,
        amount_pence=line_amount_pence(days, rate),
        part=part,
        vat=vat,
    )


def export_lines(exports: Iterable[tuple[Segment, Exported]]) -> list[Line]:
    """A credit for what was exported, taxed by the exporter's own status."""
    return [_export_line(segment, found) for segment, found in exports]


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


def fill(scale: Scale, usages: Sequence[Usage], filled: Filled) -> list[tuple[Block, UsageDays]]:
    """Put usages into blocks, lowest first, on top of what is `filled`; those of a day are empty again the next day."""
    if len(scale.blocks) == 1:
        return [(scale.blocks[0], [(usage.day, usage.kwh) for usage in usages])]
    shares: list[tuple[Block, UsageDays]] = [(block, []) for block in scale.blocks]
    for usage in usages:
        key = usage.day if scale.threshold_period == ThresholdPeriod.DAY else None
        before = filled.get(key, Decimal(0))
        for block, found in shares:
            if kwh := block.share_of(before, usage.kwh):
                found.append((usage.day, kwh))
        filled[key] = before + usage.kwh
    return [(block, found) for block, found in shares if found] or shares[:1]


def by_band(usages: Sequence[Usage]) -> Iterable[tuple[str | None, Sequence[Usage]]]:
    """The usages of each band."""
    if len(usages) == 1:
        return [(usages[0].band, usages)]
    bands: dict[str | None, list[Usage]] = {}
    for usage in usages:
        bands.setdefault(usage.band, []).append(usage)
    return sorted(bands.items(), key=lambda item: item[0] or "")


def _energy_line(
    part: Part, register: Register, block: Block, days_kwh: UsageDays, usage: Usage, vat: VatShare
) -> Line:
    is_block = block.from_kwh > 0 or block.to_kwh is not None
    kwh = sum((kwh for _, kwh in days_kwh), Decimal(0))
    return Line(
        kind=LineKind.ENERGY,
        description=_describe(register, usage.band, block),
        quantity=kwh,
        unit=Unit.KWH,
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
        days_kwh=by_day(days_kwh),
    )


def by_day(days_kwh: UsageDays) -> DaysKwh:
    """Energy by day; nothing where it was not asked for by day."""
    sums: dict[date, Decimal] = {}
    for day, kwh in days_kwh:
        if day is not None:
            sums[day] = sums.get(day, Decimal(0)) + kwh
    return tuple(sums.items())


def describe(register: Register, band: str | None) -> str:
    """What a register measures, in words."""
    parts = [KINDS[register.nature]]
    if register.element != Element.SINGLE:
        parts.append(f"element {register.element}")
    if band:
        parts.append(band)
    return ", ".join(parts)


def _describe(register: Register, band: str | None, block: Block) -> str:
    parts = [describe(register, band)]
    if block.to_kwh is not None:
        parts.append(f"{block.from_kwh.normalize():f} to {block.to_kwh.normalize():f} kWh")
    elif block.from_kwh:
        parts.append(f"above {block.from_kwh.normalize():f} kWh")
    return ", ".join(parts)


def _export_line(segment: Segment, found: Exported) -> Line:
    credit = segment.part.tariff.component(ComponentKind.EXPORT_CREDIT)
    assert credit is not None
    vat = export_vat(segment.part.exporter_registered, segment.part.days.start)
    return Line(
        kind=LineKind.EXPORT_CREDIT,
        description="Export credit",
        quantity=found.kwh,
        unit=Unit.KWH,
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
