"""A plan and what was measured in, lines and totals out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from flows_billing.errors import TariffInvalid
from flows_billing.outcomes import NotBilled, failed
from flows_billing.rating.benchmark import benchmark_costs
from flows_billing.rating.kinds import KINDS
from flows_billing.rating.kinds.kind import Rated
from flows_billing.rating.lines import Line, Metered, SuppliedVat
from flows_billing.rating.plan import Plan, Segment
from flows_billing.rating.shared_energy import Shared, all_shared
from flows_billing.rounding import MAX_PENCE, Costs
from flows_billing.usage.metered import Exported, Usage, UsageKey, expected_half_hours, missing_half_hours
from flows_billing.vat.rules import Seller, supply_vat
from flows_billing.vat.summary import vat_summary
from flows_shared.money import pence
from flows_shared.time import Period
from flows_shared.vocabulary.billing import ComponentKind

MAX_KWH = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run knows of its registers. A key that `usages` does not hold measured nothing."""

    usages: Mapping[UsageKey, Sequence[Usage]]
    exports: Mapping[tuple[UUID, Period], Exported] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)


def all_measured(parts: Sequence[Measured]) -> Measured:
    """Of parts of the accounts."""
    return Measured(
        usages={usage_key: usages for part in parts for usage_key, usages in part.usages.items()},
        exports={key: found for part in parts for key, found in part.exports.items()},
        shared=all_shared([part.shared for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Bill:
    """What an account owes for its days of a month. `benchmark` is with VAT.

    `vat_pence` is what is charged less `input_vat_pence`, which the customer charges on what they export.
    """

    plan: Plan
    lines: tuple[Line, ...]
    net_pence: int
    vat_pence: int
    benchmark: Costs | None
    input_vat_pence: int = 0

    @property
    def benchmark_pence(self) -> int | None:
        return pence(self.benchmark.total) if self.benchmark else None

    @property
    def output_vat_pence(self) -> int:
        return self.vat_pence + self.input_vat_pence

    @property
    def total_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def solar_credit_pence(self) -> int:
        return sum(credit.pence for credit in self.plan.solar_credits)

    @property
    def kwh(self) -> Decimal:
        return sum((line.quantity for line in self.lines if KINDS[line.kind].is_energy), Decimal(0))


# A bill for each payer of an account, or why there is none.
RatingResult: TypeAlias = tuple[Bill, ...] | NotBilled


def rate_account(plans: Sequence[Plan], measured: Measured, seller: Seller) -> RatingResult:
    """The bills of an account: all of them, or why there is none."""
    bills: list[Bill] = []
    for plan in plans:
        bill = rate(plan, measured, seller)
        if isinstance(bill, NotBilled):
            return bill
        bills.append(bill)
    return tuple(bills)


def rate(plan: Plan, measured: Measured, seller: Seller) -> Bill | NotBilled:
    """The bill of a plan, or why there is none."""
    metered = [(segment, measured.usages.get(segment.usage_key, ())) for segment in plan.segments]
    exports = [(s, found) for s in plan.segments if (found := _export_of(s, measured))]
    if problem := _missing_readings(metered) or _unusable_readings(metered, exports):
        return problem
    if problem := measured.shared.problems.get(plan.account.id):
        return problem
    try:
        lines = _lines(plan, metered, exports, measured.shared, seller)
    except TariffInvalid as error:
        return failed("tariff_invalid", str(error))
    if sum(abs(line.amount_pence) for line in lines) * 2 > MAX_PENCE:
        return failed("amount_out_of_range", "the amounts are too large to be true: check the readings and the rates")
    used = ((segment.part, segment.register.nature, usage.kwh) for segment, usages in metered for usage in usages)
    return summed(Bill(plan, lines, 0, 0, benchmark_costs(plan, used)))


def summed(bill: Bill) -> Bill:
    """The bill with the sums of its lines."""
    vat = vat_summary(bill.lines)
    return replace(
        bill,
        net_pence=sum(amount.net_pence for amount in vat),
        vat_pence=sum(amount.vat_pence for amount in vat),
        input_vat_pence=-sum(amount.vat_pence for amount in vat if amount.is_bought),
    )


def _lines(
    plan: Plan, metered: Metered, exports: Sequence[tuple[Segment, Exported]], shared: Shared, seller: Seller
) -> tuple[Line, ...]:
    """Of each kind in its order: what follows from the lines before it finds them."""
    lines: list[Line] = []
    rated = Rated(plan, metered, exports, shared, _supply_vat(plan, _kwh(metered), seller), lines)
    for kind in KINDS.values():
        if kind.make_lines:
            lines += list(kind.make_lines(rated))
    return tuple(lines)


def _supply_vat(plan: Plan, kwh: Decimal, seller: Seller) -> SuppliedVat:
    """Whether a quantity is small is judged once, for the whole bill."""
    return {
        part.days.start: supply_vat(seller, part.use, part.days.start, kwh, plan.billed_days) for part in plan.parts
    }


def _export_of(segment: Segment, measured: Measured) -> Exported | None:
    if segment.part.tariff.component(ComponentKind.EXPORT_CREDIT) is None:
        return None
    return measured.exports.get((segment.register.id, segment.span))


def _missing_readings(metered: Metered) -> NotBilled | None:
    missing = sum(missing_half_hours(segment.span, usages) for segment, usages in metered)
    if not missing:
        return None
    expected = sum(expected_half_hours(segment.span) for segment, _ in metered)
    return failed("readings_missing", f"{missing} of {expected} half hours are missing")


def _unusable_readings(metered: Metered, exports: Sequence[tuple[Segment, Exported]]) -> NotBilled | None:
    """`numeric` in the database holds NaN and infinity too."""
    if not all(usage.kwh.is_finite() and 0 <= usage.kwh < MAX_KWH for _, usages in metered for usage in usages):
        return failed("readings_invalid", "a half hour is no number, negative, or too large to be true")
    if not all(found.kwh.is_finite() and 0 <= found.kwh < MAX_KWH for _, found in exports):
        return failed("export_invalid", "an export reading is no number, or lower than the one before")
    for _, found in exports:
        if found.is_doubtful:
            between = f"{found.first:%Y-%m-%d %H:%M}Z and {found.last:%Y-%m-%d %H:%M}Z"
            return failed(
                "export_invalid", f"of the export readings at {between}, one does not go with those beside it"
            )
    return None


def _kwh(metered: Metered) -> Decimal:
    return sum((usage.kwh for _, usages in metered for usage in usages), Decimal(0))
