"""Energy at the tariff: at a flat rate, in bands of time, in blocks, or in both."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeAlias
from uuid import UUID

from flows_billing.accounts.account import Register
from flows_billing.days import Days
from flows_billing.rating.kinds.kind import Kind, Rated
from flows_billing.rating.lines import Line, UsageDays, by_band, by_day, describe, taxed
from flows_billing.rating.plan import Part
from flows_billing.rating.shared_energy import imported
from flows_billing.rounding import line_amount_pence
from flows_billing.tariffs.scale import Block, Scale, scale_of
from flows_billing.usage.metered import Usage, sum_usages
from flows_billing.vat.rules import VatShare
from flows_shared.vocabulary.billing import LineKind, ThresholdPeriod, Unit
from flows_shared.vocabulary.meters import Element

# kWh that blocks hold so far, by day where they are blocks of a day.
Filled: TypeAlias = dict[date | None, Decimal]


def energy_lines(rated: Rated) -> list[Line]:
    """A line for each register, band and block of a part.

    Blocks are filled in order of time by all parts of a tariff version, and by all registers that feed one supply.
    """
    plan = rated.plan
    lines: list[Line] = []
    days_in_month = Days.of(plan.month).count
    filled: defaultdict[tuple[UUID, Element, str | None], Filled] = defaultdict(dict)
    for segment, usages in imported(rated.metered, rated.shared):
        part, register = segment.part, segment.register
        for band, sums in by_band(usages):
            scale = scale_of(part.tariff, register.element, band, plan.days_at(part.tariff), days_in_month)
            whole = sum_usages(sums, band)
            for block, days_kwh in fill(scale, sums, filled[part.tariff.id, register.feeds, band]):
                make = partial(_line, part, register, block, days_kwh, whole)
                lines += taxed(make, rated.supplied[part.days.start])
    return lines


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


def _line(part: Part, register: Register, block: Block, days_kwh: UsageDays, usage: Usage, vat: VatShare) -> Line:
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


def _describe(register: Register, band: str | None, block: Block) -> str:
    parts = [describe(register, band)]
    if block.to_kwh is not None:
        parts.append(f"{block.from_kwh.normalize():f} to {block.to_kwh.normalize():f} kWh")
    elif block.from_kwh:
        parts.append(f"above {block.from_kwh.normalize():f} kWh")
    return ", ".join(parts)


ENERGY = Kind(
    LineKind.ENERGY,
    energy_lines,
    is_energy=True,
    is_measured=True,
    fills_minimum=True,
    is_supplied=True,
    proven_rate="""
               coalesce(component.rate,
                        CASE WHEN line.element = 'B' THEN coalesce(own.computed_unit_rate_b, own.computed_unit_rate,
                                                                   community.computed_unit_rate_b,
                                                                   community.computed_unit_rate)
                             ELSE coalesce(own.computed_unit_rate, community.computed_unit_rate) END)""",
)
