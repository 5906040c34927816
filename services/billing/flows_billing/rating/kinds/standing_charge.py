"""The standing charge: a price a day."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from flows_billing.rating.kinds.kind import Kind, Rated
from flows_billing.rating.lines import Line, taxed
from flows_billing.rating.plan import Part
from flows_billing.rounding import line_amount_pence
from flows_billing.vat.rules import VatShare
from flows_shared.vocabulary.billing import LineKind, Unit


def standing_charge_lines(rated: Rated) -> Iterator[Line]:
    for part in rated.plan.parts:
        yield from taxed(partial(_line, part), rated.supplied[part.days.start])


def _line(part: Part, vat: VatShare) -> Line:
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


STANDING_CHARGE = Kind(
    LineKind.STANDING_CHARGE,
    standing_charge_lines,
    fills_minimum=True,
    is_supplied=True,
    proven_rate="coalesce(own.computed_standing_charge, community.computed_standing_charge)",
)
