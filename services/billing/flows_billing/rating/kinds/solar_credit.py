"""Solar credits: paid for the declared capacity of installations."""

from decimal import Decimal

from flows_billing.rating.kinds.kind import Kind, Rated
from flows_billing.rating.lines import Line
from flows_billing.rating.plan import Plan
from flows_billing.solar.credits import SolarCredit
from flows_billing.vat.rules import SOLAR_CREDIT_VAT
from flows_shared.money import pounds
from flows_shared.vocabulary.billing import LineKind, Unit


def solar_credit_lines(rated: Rated) -> list[Line]:
    return [_line(rated.plan, credit) for credit in rated.plan.solar_credits if credit.pence]


def _line(plan: Plan, credit: SolarCredit) -> Line:
    part = "" if credit.ratio == 1 else f", {credit.ratio * 100:f}% of an installation's".replace(".00%", "%")
    return Line(
        kind=LineKind.SOLAR_CREDIT,
        description=f"Solar credit {plan.month.first_day:%B %Y}{part}",
        quantity=Decimal(1),
        unit=Unit.ITEM,
        rate=-pounds(credit.pence),
        includes_vat=False,
        amount_pence=-credit.pence,
        part=plan.parts[-1],
        vat=SOLAR_CREDIT_VAT,
    )


SOLAR_CREDIT = Kind(
    LineKind.SOLAR_CREDIT,
    solar_credit_lines,
    is_credit=True,
    has_tariff=False,
    source="the declared capacity, its days and the ratio of the month's solar credit",
)
