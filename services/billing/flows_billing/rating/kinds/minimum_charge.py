"""The minimum charge: what energy and days of a tariff version lack of it, all of its parts taken together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from flows_billing.apportion import apportion
from flows_billing.days import Days
from flows_billing.rating.kinds.kind import Kind, Rated
from flows_billing.rating.lines import Line, SuppliedVat, taxed
from flows_billing.rating.plan import Part
from flows_billing.rounding import exact_amount_pence
from flows_billing.tariffs.tariff import Component
from flows_billing.vat.rules import VatShare
from flows_shared.money import format_pounds, pounds
from flows_shared.vocabulary.billing import ComponentKind, LineKind, Unit


def minimum_lines(rated: Rated) -> list[Line]:
    """What is missing, as a line; where its parts are taxed at several rates, one for each, by their days."""
    plan, supplied = rated.plan, rated.supplied
    days_in_month = Days.of(plan.month).count
    filled_up: list[Line] = []
    for version in plan.versions:
        minimum = version.component(ComponentKind.MINIMUM_CHARGE)
        own = [line for line in rated.lines if line.part.tariff.id == version.id]
        days = plan.days_at(version)
        if minimum is None or not (missing := missing_of_minimum(minimum, own, days, days_in_month)):
            continue
        basis = (
            f"the minimum of {format_pounds(round(minimum.rate * 100))} a month for {days} of {days_in_month} days "
            f"{'with' if minimum.includes_vat else 'without'} VAT, less energy and days: {missing}p"
        )
        taxed_alike = _by_vat(plan.parts_at(version), supplied)
        shares = apportion(missing, [sum(p.days.count for p in parts) for _, parts in taxed_alike], days)
        for (vat, parts), pence in zip(taxed_alike, shares, strict=True):
            filled_up += taxed(partial(_line, _span(parts), minimum, pence, basis), vat)
    return filled_up


def missing_of_minimum(minimum: Component, lines: Iterable[Line], days: int, days_in_month: int) -> int:
    """Pence that what was supplied on some days lacks of the minimum for them; credits do not count."""
    wanted = minimum.rate * days / days_in_month
    found = sum((_in_terms_of(minimum.includes_vat, line) for line in lines), Decimal(0))
    return max(0, exact_amount_pence(wanted - found))


def _in_terms_of(with_vat: bool, line: Line) -> Decimal:
    """The exact amount of a line in GBP, with or without VAT."""
    amount = line.quantity * line.rate
    if line.includes_vat == with_vat:
        return amount
    return amount * (1 + line.vat_rate) if with_vat else amount / (1 + line.vat_rate)


def _by_vat(parts: Iterable[Part], supplied: SuppliedVat) -> list[tuple[Sequence[VatShare], list[Part]]]:
    """Parts at the same rates of VAT, for whichever reasons."""
    alike: dict[tuple[tuple[Decimal, Decimal], ...], tuple[Sequence[VatShare], list[Part]]] = {}
    for part in parts:
        vat = supplied[part.days.start]
        alike.setdefault(tuple((share.fraction, share.rate) for share in vat), (vat, []))[1].append(part)
    return list(alike.values())


def _span(parts: Sequence[Part]) -> Part:
    first, last = parts[0], parts[-1]
    return first if first is last else replace(first, days=Days(first.days.start, last.days.end))


def _line(part: Part, minimum: Component, pence: int, basis: str, vat: VatShare) -> Line:
    return Line(
        kind=LineKind.MINIMUM_CHARGE,
        description="Up to the minimum charge",
        quantity=Decimal(1),
        unit=Unit.ITEM,
        rate=pounds(pence),
        includes_vat=minimum.includes_vat,
        amount_pence=pence,
        part=part,
        vat=vat,
        component=minimum.id,
        basis=basis,
    )


MINIMUM_CHARGE = Kind(LineKind.MINIMUM_CHARGE, minimum_lines, is_supplied=True, has_price=False)
