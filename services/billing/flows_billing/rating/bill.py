"""A plan and what was measured in, lines and totals out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from flows_billing.accounts.account import Plan, Register, Segment
from flows_billing.outcomes import NotBilled, failed
from flows_billing.rating.rounding import line_amount_pence
from flows_billing.rating.vat import vat_summary
from flows_billing.tariffs.tariff import TariffPeriod
from flows_billing.usage.metered import NO_USAGE, Span, Usage, expected_half_hours, missing_half_hours

# What an integer column holds; a bill beyond it comes from a wrong reading or rate.
MAX_PENCE = 2**31 - 1
MAX_KWH = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class Line:
    """quantity x rate = amount. `rate` is in GBP a unit and holds VAT where its tariff includes it."""

    kind: Literal["energy", "standing_charge"]
    description: str
    quantity: Decimal
    unit: Literal["kWh", "day"]
    rate: Decimal
    amount_pence: int
    vat_rate: Decimal
    period: TariffPeriod
    register: UUID | None = None
    usage: Usage | None = None

    @property
    def includes_vat(self) -> bool:
        return self.period.tariff.includes_vat


@dataclass(frozen=True, slots=True)
class Bill:
    """What an account owes for its days of a month."""

    plan: Plan
    lines: tuple[Line, ...]
    net_pence: int
    vat_pence: int

    @property
    def total_pence(self) -> int:
        return self.net_pence + self.vat_pence


def rate(plan: Plan, usages: Mapping[Span, Usage], vat_rate: Decimal) -> Bill | NotBilled:
    """The bill of a plan, or why there is none. A span that `usages` does not hold measured nothing."""
    metered = [(segment, usages.get(segment.key, NO_USAGE)) for segment in plan.segments]
    if problem := _missing_readings(metered) or _unusable_readings(metered):
        return problem
    energy = [_energy_line(segment, usage, vat_rate) for segment, usage in metered]
    lines = tuple(energy + [_standing_charge_line(period, vat_rate) for period in plan.periods])
    if sum(abs(line.amount_pence) for line in lines) * 2 > MAX_PENCE:
        return failed("amount_out_of_range", "the amounts are too large to be true: check the readings and the rates")
    vat = vat_summary(lines)
    return Bill(plan, lines, sum(amount.net_pence for amount in vat), sum(amount.vat_pence for amount in vat))


def _missing_readings(metered: Sequence[tuple[Segment, Usage]]) -> NotBilled | None:
    missing = sum(missing_half_hours(segment.span, usage) for segment, usage in metered)
    if not missing:
        return None
    expected = sum(expected_half_hours(segment.span) for segment, _ in metered)
    return failed("readings_missing", f"{missing} of {expected} half hours are missing")


def _unusable_readings(metered: Sequence[tuple[Segment, Usage]]) -> NotBilled | None:
    """`numeric` in the database holds NaN and infinity too."""
    if all(usage.kwh.is_finite() and abs(usage.kwh) < MAX_KWH for _, usage in metered):
        return None
    return failed("readings_invalid", "a half hour is no number, or too large to be true")


def _energy_line(segment: Segment, usage: Usage, vat_rate: Decimal) -> Line:
    unit_rate = segment.tariff_period.tariff.unit_rate_of(segment.register.element)
    return Line(
        kind="energy",
        description=_describe(segment.register),
        quantity=usage.kwh,
        unit="kWh",
        rate=unit_rate,
        amount_pence=line_amount_pence(usage.kwh, unit_rate),
        vat_rate=vat_rate,
        period=segment.tariff_period,
        register=segment.register.id,
        usage=usage,
    )


def _standing_charge_line(period: TariffPeriod, vat_rate: Decimal) -> Line:
    days = Decimal(period.days.count)
    return Line(
        kind="standing_charge",
        description="Standing charge",
        quantity=days,
        unit="day",
        rate=period.tariff.standing_charge,
        amount_pence=line_amount_pence(days, period.tariff.standing_charge),
        vat_rate=vat_rate,
        period=period,
    )


def _describe(register: Register) -> str:
    what = {"power": "Electricity", "heat": "Heat"}[register.nature]
    return what if register.element == "SINGLE" else f"{what}, element {register.element}"
