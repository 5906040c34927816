"""What lines charge for days that are too old: each day by itself where its energy is known, else by their number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from flows_billing.days import Days
from flows_billing.rating.bill import Bill
from flows_billing.rating.guard import Guard
from flows_billing.rating.kinds import KINDS
from flows_billing.rating.kinds.minimum_charge import missing_of_minimum
from flows_billing.rating.lines import DaysKwh, Line
from flows_billing.tariffs.tariff import Tariff
from flows_billing.vat.rules import CREDIT_REASONS
from flows_shared.vocabulary.billing import ComponentKind, LineKind

# Whether it is a credit, the rate of VAT, and whether prices include it.
Group: TypeAlias = tuple[bool, Decimal, bool]


@dataclass(frozen=True, slots=True)
class Charge:
    """What a line charges, of this bill or of one before. `days_kwh` is its energy by day, where it is known."""

    kind: LineKind
    days: Days
    quantity: Decimal
    amount_pence: int
    vat_rate: Decimal
    includes_vat: bool
    vat_reason: str | None = None
    register: UUID | None = None
    band: str | None = None
    block_from_kwh: Decimal | None = None
    days_kwh: DaysKwh = ()

    @property
    def group(self) -> Group:
        is_credit = KINDS[self.kind].is_credit or self.vat_reason in CREDIT_REASONS
        return is_credit, self.vat_rate, self.includes_vat

    @property
    def place(self) -> tuple[object, ...]:
        """What a line of another bill for the same has in common with it."""
        return self.kind, self.register, self.band, self.block_from_kwh, self.days, self.vat_rate, self.includes_vat

    @property
    def measured(self) -> tuple[object, ...]:
        return self.kind, self.register, self.band, self.block_from_kwh


@dataclass(frozen=True, slots=True)
class AgedCharge:
    """A charge, and which share of it is for days that are too old."""

    charge: Charge
    old: Fraction

    @property
    def pence(self) -> Fraction:
        return self.charge.amount_pence * self.old


def charge_of(line: Line) -> Charge:
    return Charge(
        kind=line.kind,
        days=line.part.days,
        quantity=line.quantity,
        amount_pence=line.amount_pence,
        vat_rate=line.vat_rate,
        includes_vat=line.includes_vat,
        vat_reason=line.vat.reason,
        register=line.register,
        band=line.usage.band if line.usage else None,
        block_from_kwh=line.block_from_kwh,
        days_kwh=line.days_kwh,
    )


def judge(bill: Bill, guard: Guard) -> list[AgedCharge]:
    """The charges of a bill."""
    account = bill.plan.account.id
    shares = [_old_share(charge_of(line), account, guard) for line in bill.lines]
    minimums = {v.id: _old_minimum(bill, v, shares, guard) for v in bill.plan.versions if _is_filled_up(bill, v)}
    return [
        AgedCharge(charge_of(line), minimums[line.part.tariff.id] if line.kind == LineKind.MINIMUM_CHARGE else share)
        for line, share in zip(bill.lines, shares, strict=True)
    ]


def judge_before(before: Iterable[Charge], now: Sequence[AgedCharge], account: UUID, guard: Guard) -> list[AgedCharge]:
    """What was charged before. Its energy by day was not kept: it follows from what is known now and what changed."""
    places = {judged.charge.place: judged for judged in now}
    return [AgedCharge(charge, _old_share_before(charge, places, now, account, guard)) for charge in before]


def _old_share_before(
    charge: Charge,
    places: dict[tuple[object, ...], AgedCharge],
    now: Sequence[AgedCharge],
    account: UUID,
    guard: Guard,
) -> Fraction:
    if charge.kind == LineKind.ADJUSTMENT:  # it left out days that were too old already
        return Fraction(guard.too_old(account, charge.days) > 0)
    twin = places.get(charge.place)
    if twin and twin.charge.quantity == charge.quantity:
        return twin.old
    remembered = _with_the_rest(charge, twin.charge, guard) if twin else _of_its_meter(charge, now)
    return _old_share(replace(charge, days_kwh=remembered), account, guard)


def _with_the_rest(charge: Charge, known: Charge, guard: Guard) -> DaysKwh:
    """Days whose readings did not change were billed as they are known; those that changed had the rest.

    Of several that changed each had its part as it has it now, or where they have nothing now an equal one.
    """
    noted = guard.changed.get(charge.register, ()) if charge.register else ()
    changed = {day: Decimal(0) for day in charge.days.each() if day in noted}
    if not changed or not known.days_kwh:
        return ()
    kept = [(day, kwh) for day, kwh in known.days_kwh if day not in changed]
    changed |= {day: kwh for day, kwh in known.days_kwh if day in changed}
    rest = charge.quantity - sum((kwh for _, kwh in kept), Decimal(0))
    whole = sum(changed.values(), Decimal(0))
    return (*kept, *((day, rest * kwh / whole if whole else rest / len(changed)) for day, kwh in changed.items()))


def _of_its_meter(charge: Charge, now: Sequence[AgedCharge]) -> DaysKwh:
    """Lines that were cut otherwise: the same energy was used on the same days."""
    known = [day for each in now if each.charge.measured == charge.measured for day in each.charge.days_kwh]
    within = tuple((day, kwh) for day, kwh in known if charge.days.start <= day < charge.days.end)
    return within if sum(kwh for _, kwh in within) == charge.quantity else ()


def _old_share(charge: Charge, account: UUID, guard: Guard) -> Fraction:
    """By the energy of its days; spread evenly where that is not known."""
    whole = sum((Fraction(kwh) for _, kwh in charge.days_kwh), Fraction(0))
    if not whole:
        return Fraction(guard.too_old(account, charge.days), charge.days.count)
    return sum((Fraction(kwh) for day, kwh in charge.days_kwh if guard.is_too_old(account, day)), Fraction(0)) / whole


def _is_filled_up(bill: Bill, version: Tariff) -> bool:
    return any(line.kind == LineKind.MINIMUM_CHARGE and line.part.tariff.id == version.id for line in bill.lines)


def _old_minimum(bill: Bill, version: Tariff, shares: Sequence[Fraction], guard: Guard) -> Fraction:
    """A minimum is charged for the days that may be charged for, less what these cost."""
    minimum = version.component(ComponentKind.MINIMUM_CHARGE)
    assert minimum is not None
    lines = [(line, share) for line, share in zip(bill.lines, shares, strict=True) if line.part.tariff.id == version.id]
    young = [
        replace(line, quantity=line.quantity * _decimal(1 - share))
        for line, share in lines
        if KINDS[line.kind].fills_minimum
    ]
    account = bill.plan.account.id
    days = sum(part.days.count - guard.too_old(account, part.days) for part in bill.plan.parts_at(version))
    missing = missing_of_minimum(minimum, young, days, Days.of(bill.plan.month).count)
    whole = sum(line.amount_pence for line, _ in lines if line.kind == LineKind.MINIMUM_CHARGE)
    return 1 - Fraction(min(missing, whole), whole)


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)
