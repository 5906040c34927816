"""Shared energy: what a home got of the community's generation. A line for each register and band of a part."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from flows_billing.rating.kinds.kind import Kind, Rated
from flows_billing.rating.lines import DaysKwh, Line, by_band, by_day, describe, taxed
from flows_billing.rating.plan import Segment
from flows_billing.rating.shared_energy import shared_of
from flows_billing.rounding import line_amount_pence
from flows_billing.usage.metered import Usage, sum_usages
from flows_billing.vat.rules import VatShare
from flows_shared.vocabulary.billing import LineKind, Unit


def shared_lines(rated: Rated) -> Iterator[Line]:
    for segment, usages in rated.metered:
        found = rated.shared.by_usage_key.get(segment.usage_key, {})
        for band, sums in by_band(usages) if found else ():
            days = [(usage.day, shared_of(usage, found)) for usage in sums]
            if kwh := sum((kwh for _, kwh in days), Decimal(0)):
                make = partial(_line, segment, kwh, by_day(days), sum_usages(sums, band))
                yield from taxed(make, rated.supplied[segment.part.days.start])


def _line(segment: Segment, kwh: Decimal, days_kwh: DaysKwh, usage: Usage, vat: VatShare) -> Line:
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


SHARED_ENERGY = Kind(
    LineKind.SHARED_ENERGY,
    shared_lines,
    is_energy=True,
    is_measured=True,
    fills_minimum=True,
    is_supplied=True,
    sentence="Shared energy is your part of what {shared_by} generated, in the very half hours in which you consumed "
    "it; the rest of your energy is billed at your tariff.",
    proven_rate="terms.internal_rate",
)
