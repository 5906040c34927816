"""An issued invoice beside the bill that its days come to now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Final
from uuid import UUID

from flows_billing.days import Days
from flows_billing.rating.back_bill import guarded
from flows_billing.rating.bill import Bill
from flows_billing.rating.charges import Charge
from flows_billing.rating.guard import Guard
from flows_billing.rating.lines import Line
from flows_shared.contracts.corrections import Cause, LineDifference

CAUSES: Final[Mapping[Cause, str]] = {
    "readings": "late or corrected readings",
    "tariff": "a corrected price",
    "vat": "a corrected VAT status",
    "payer": "a change of who pays",
    "days": "a change of the days that are billed",
}


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line as it stands on an invoice, or would."""

    kind: str
    description: str
    days: Days
    quantity: Decimal
    unit: str
    rate: Decimal
    includes_vat: bool
    vat_rate: Decimal
    amount_pence: int
    register: UUID | None
    band: str | None
    block_from_kwh: Decimal | None
    vat_reason: str | None

    @classmethod
    def of(cls, line: Line) -> "BilledLine":
        return cls(
            kind=line.kind,
            description=line.description,
            days=line.part.days,
            quantity=line.quantity,
            unit=line.unit,
            rate=line.rate,
            includes_vat=line.includes_vat,
            vat_rate=line.vat_rate,
            amount_pence=line.amount_pence,
            register=line.register,
            band=line.usage.band if line.usage else None,
            block_from_kwh=line.block_from_kwh,
            vat_reason=line.vat.reason,
        )

    @property
    def place(self) -> tuple[object, ...]:
        """What a line of the other bill has in common with it."""
        return self.kind, self.register, self.band, self.block_from_kwh

    @property
    def substance(self) -> tuple[object, ...]:
        """What makes a difference. Why and how much is left out as too old is said anew by each bill."""
        taxed = self.vat_rate, self.includes_vat, self.amount_pence
        if self.kind == "adjustment":
            return self.kind, *taxed
        return self.kind, self.register, self.band, self.days, self.quantity, self.rate, *taxed


@dataclass(frozen=True, slots=True)
class BilledInvoice:
    """An issued invoice, as it can be corrected."""

    id: UUID
    number: str
    account: UUID
    customer: UUID
    run: UUID | None
    days: Days
    net_pence: int
    vat_pence: int
    total_pence: int
    lines: tuple[BilledLine, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What becomes of one payer's invoice. No `original`: they were not billed; no `bill`: they owe nothing."""

    original: BilledInvoice | None
    bill: Bill | None
    causes: tuple[Cause, ...]

    @property
    def customer(self) -> UUID:
        if self.original:
            return self.original.customer
        assert self.bill is not None
        return self.bill.plan.payer

    @property
    def before_pence(self) -> int:
        return self.original.total_pence if self.original else 0

    @property
    def after_pence(self) -> int:
        return self.bill.total_pence if self.bill else 0

    @property
    def lines(self) -> tuple[LineDifference, ...]:
        after = [BilledLine.of(line) for line in self.bill.lines] if self.bill else []
        return compare(self.original.lines if self.original else (), after)

    @property
    def is_left_out(self) -> bool:
        """Whether all that it would charge more is too old."""
        if not self.original or not self.bill or not any(line.kind == "adjustment" for line in self.bill.lines):
            return False
        amounts = self.bill.net_pence, self.bill.vat_pence
        return amounts == (self.original.net_pence, self.original.vat_pence)


def correct(originals: Sequence[BilledInvoice], bills: Sequence[Bill], guard: Guard) -> list[Correction]:
    """Each payer's invoice that differs from their bill; `guard` leaves out what is too old to be charged for now."""
    unmatched = list(originals)
    corrections: list[Correction] = []
    for bill in bills:
        original = next((invoice for invoice in unmatched if invoice.customer == bill.plan.payer), None)
        if original:
            unmatched.remove(original)
        new = guarded(bill, charges_of(original), guard)
        if original is None:
            corrections.append(Correction(None, new, ("payer",)))
        elif not _is_same(original, new):
            corrections.append(Correction(original, new, causes_of(original, new)))
    cause: Cause = "payer" if bills else "days"
    return [*corrections, *(Correction(invoice, None, (cause,)) for invoice in unmatched)]


def compare(before: Iterable[BilledLine], after: Iterable[BilledLine]) -> tuple[LineDifference, ...]:
    """Line by line: what is of the same register, band and block stands side by side, in the order of its days."""
    places: dict[tuple[object, ...], tuple[list[BilledLine], list[BilledLine]]] = {}
    for side, lines in enumerate((before, after)):
        for line in lines:
            places.setdefault(line.place, ([], []))[side].append(line)
    return tuple(_difference(*pair) for pairs in places.values() for pair in zip_longest(*pairs))


def causes_of(original: BilledInvoice, bill: Bill) -> tuple[Cause, ...]:
    """Why they differ, by what differs."""
    before, after = original.lines, [BilledLine.of(line) for line in bill.lines]
    causes: list[Cause] = []
    moved = _days(before) != _days(after)
    if moved:
        causes.append("days")
    elif _energy(before) != _energy(after):
        causes.append("readings")
    if _prices(before) != _prices(after):
        causes.append("tariff")
    if _taxes(before) != _taxes(after):
        causes.append("vat")
    return tuple(causes) or ("readings",)


def say_causes(causes: Sequence[Cause]) -> str:
    """As in `Late or corrected readings and a corrected price`."""
    text = " and ".join(CAUSES[cause] for cause in causes)
    return text[:1].upper() + text[1:]


def _is_same(original: BilledInvoice, bill: Bill) -> bool:
    before = [line.substance for line in original.lines]
    after = [BilledLine.of(line).substance for line in bill.lines]
    return sorted(before, key=repr) == sorted(after, key=repr)


def charges_of(original: BilledInvoice | None) -> list[Charge]:
    """What it charged."""
    lines = original.lines if original else ()
    return [
        Charge(
            kind=line.kind,
            days=line.days,
            quantity=line.quantity,
            amount_pence=line.amount_pence,
            vat_rate=line.vat_rate,
            includes_vat=line.includes_vat,
            vat_reason=line.vat_reason,
            register=line.register,
            band=line.band,
            block_from_kwh=line.block_from_kwh,
        )
        for line in lines
    ]


def _days(lines: Iterable[BilledLine]) -> set[date]:
    return {day for line in lines if line.kind == "standing_charge" for day in line.days.each()}


def _energy(lines: Iterable[BilledLine]) -> dict[tuple[object, ...], Decimal]:
    sums: dict[tuple[object, ...], Decimal] = {}
    for line in lines:
        if line.kind in ("energy", "shared_energy", "export_credit"):
            key = line.kind, line.register, line.band
            sums[key] = sums.get(key, Decimal(0)) + line.quantity
    return sums


def _prices(lines: Iterable[BilledLine]) -> set[tuple[object, ...]]:
    priced = (line for line in lines if line.kind not in ("minimum_charge", "adjustment"))
    return {(line.kind, line.band, line.block_from_kwh, line.rate, line.includes_vat) for line in priced}


def _taxes(lines: Iterable[BilledLine]) -> set[tuple[str, Decimal]]:
    return {(line.kind, line.vat_rate) for line in lines if line.kind not in ("minimum_charge", "adjustment")}


def _difference(before: BilledLine | None, after: BilledLine | None) -> LineDifference:
    line = after or before
    assert line is not None
    return LineDifference(
        description=line.description,
        unit=line.unit,
        period_start=line.days.start,
        period_end=line.days.end,
        quantity_before=before.quantity if before else None,
        quantity_after=after.quantity if after else None,
        rate_before=before.rate if before else None,
        rate_after=after.rate if after else None,
        vat_rate_before=before.vat_rate if before else None,
        vat_rate_after=after.vat_rate if after else None,
        amount_before_pence=before.amount_pence if before else 0,
        amount_after_pence=after.amount_pence if after else 0,
    )
