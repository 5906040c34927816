"""Lines of shared energy: what a home got of the community's generation, and its part of the surplus."""

from dataclasses import replace
from decimal import Decimal
from functools import partial

from flows_billing.rating.lines import DaysKwh, Line, Metered, SuppliedVat, by_band, by_day, describe, taxed
from flows_billing.rating.plan import Part, Plan, Segment
from flows_billing.rating.shared_energy import ByDayAndBand, Shared
from flows_billing.rounding import line_amount_pence
from flows_billing.usage.metered import Usage, sum_usages
from flows_billing.vat.rules import VatShare, export_vat
from flows_shared.vocabulary.billing import LineKind, Unit


def imported(metered: Metered, shared: Shared) -> Metered:
    """What is left for the tariff, in each day and band."""
    return [
        (segment, [_less(usage, found) for usage in usages] if (found := shared.by_need.get(segment.need)) else usages)
        for segment, usages in metered
    ]


def shared_lines(metered: Metered, shared: Shared, supplied: SuppliedVat) -> list[Line]:
    """A line for each register and band of a part in which something was shared."""
    return [
        line
        for segment, usages in metered
        if (found := shared.by_need.get(segment.need))
        for band, sums in by_band(usages)
        if (kwh := sum((_of(usage, found) for usage in sums), Decimal(0)))
        for line in taxed(
            partial(
                _shared_line,
                segment,
                kwh,
                by_day([(usage.day, _of(usage, found)) for usage in sums]),
                sum_usages(sums, band),
            ),
            supplied[segment.part.days.start],
        )
    ]


def surplus_lines(plan: Plan, shared: Shared) -> list[Line]:
    """A credit for the home's part of what nobody in the group could use, taxed as its export is."""
    found = ((part, shared.surplus.get((plan.account.premises, part.days))) for part in plan.parts)
    return [_surplus_line(part, kwh) for part, kwh in found if kwh]


def _of(usage: Usage, found: ByDayAndBand) -> Decimal:
    return found.get((usage.day, usage.band), Decimal(0))


def _less(usage: Usage, found: ByDayAndBand) -> Usage:
    return replace(usage, kwh=usage.kwh - _of(usage, found))


def _shared_line(segment: Segment, kwh: Decimal, days_kwh: DaysKwh, usage: Usage, vat: VatShare) -> Line:
    terms, register = segment.part.sharing, segment.register
    assert terms is not None
    measured = describe(register, usage.band)
    return Line(
        kind=LineKind.SHARED_ENERGY,
        description=f"Shared energy, {measured[0].lower()}{measured[1:]}",
        quantity=kwh,
        unit=Unit.KWH,
        rate=terms.internal_rate,
        includes_vat=terms.includes_vat,
        amount_pence=line_amount_pence(kwh, terms.internal_rate),
        part=segment.part,
        vat=vat,
        register=register.id,
        element=register.element,
        usage=usage,
        sharing_terms=terms.id,
        days_kwh=days_kwh,
    )


def _surplus_line(part: Part, kwh: Decimal) -> Line:
    terms = part.sharing
    assert terms is not None
    return Line(
        kind=LineKind.EXPORT_CREDIT,
        description="Surplus of shared energy",
        quantity=kwh,
        unit=Unit.KWH,
        rate=-terms.surplus_rate,
        includes_vat=terms.includes_vat,
        amount_pence=line_amount_pence(kwh, -terms.surplus_rate),
        part=part,
        vat=export_vat(part.exporter_registered, part.days.start),
        sharing_terms=terms.id,
    )
