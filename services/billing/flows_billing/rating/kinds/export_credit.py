"""Credits for energy: for what a home exported, and for its part of what nobody in its group could use."""

from collections.abc import Iterator
from decimal import Decimal

from flows_billing.rating.kinds.kind import Kind, Rated
from flows_billing.rating.lines import Line
from flows_billing.rating.plan import Part, Segment
from flows_billing.rounding import line_amount_pence
from flows_billing.usage.metered import Exported, Usage
from flows_billing.vat.rules import export_vat
from flows_shared.vocabulary.billing import ComponentKind, LineKind, Unit


def export_lines(rated: Rated) -> Iterator[Line]:
    """Taxed by the exporter's own status."""
    for segment, found in rated.exports:
        yield _line(segment, found)
    for part in rated.plan.parts:
        if kwh := rated.shared.surplus.get((rated.plan.account.premises, part.days)):
            yield _surplus_line(part, kwh)


def _line(segment: Segment, found: Exported) -> Line:
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


EXPORT_CREDIT = Kind(
    LineKind.EXPORT_CREDIT,
    export_lines,
    is_measured=True,
    is_credit=True,
    proven_rate="CASE WHEN terms.id IS NOT NULL THEN -terms.surplus_rate ELSE -component.rate END",
)
