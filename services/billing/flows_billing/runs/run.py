"""A run, the community it is for, and which months may be billed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.errors import MonthInFuture, MonthInvalid, MonthUnfinished, SellerWithoutVatNumber
from flows_billing.rating.vat_rules import Seller
from flows_shared.time import Month, local_date

MOST_MONTHS: Final = 36

RunStatus: TypeAlias = Literal["pending", "running", "completed", "failed"]


@dataclass(frozen=True, slots=True)
class Esco:
    """What a bill needs to know of a community."""

    id: UUID
    code: str
    zone: ZoneInfo
    seller: Seller
    vat_number: str | None
    payment_days: int
    back_bill_months: int | None = 12
    hold_spikes: bool = True
    hold_read_kwh: Decimal | None = Decimal(1)


@dataclass(frozen=True, slots=True)
class Run:
    """`accounts` are those that the run looks at; billed, skipped and failed are those that have an outcome."""

    id: UUID
    esco: Esco
    month: Month
    status: RunStatus
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    accounts: int
    billed: int
    skipped: int
    failed: int
    error: str | None

    @property
    def percent(self) -> int:
        if self.status == "completed":
            return 100
        return 100 * (self.billed + self.skipped + self.failed) // self.accounts if self.accounts else 0


@dataclass(frozen=True, slots=True)
class Unbilled:
    """An account that a run left without an invoice."""

    account: UUID
    account_number: int
    outcome: Literal["skipped", "failed"]
    reason: str
    details: str


def parse_month(text: str) -> Month:
    """From `2026-10`."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise MonthInvalid(str(error)) from None


def months_until(month: Month, until: Month | None) -> list[Month]:
    """From the first to the last, both included; that one alone where there is no last."""
    last = until or month
    months = [month]
    while months[-1].first_day < last.first_day and len(months) < MOST_MONTHS:
        months.append(months[-1].next())
    if months[-1] != last:
        raise MonthInvalid(f"{month} until {last} is not a time of 1 to {MOST_MONTHS} months")
    return months


def require_vat_number(esco: Esco) -> None:
    """A seller who charges VAT shows their number: VAT Regulations 1995, regulation 14."""
    if esco.seller.registered and not esco.vat_number:
        raise SellerWithoutVatNumber(esco.code)


def require_finished(month: Month, esco: Esco, now: datetime) -> None:
    """Only a month whose last local day is over can be billed."""
    today = local_date(now, esco.zone)
    if month.first_day > today:
        raise MonthInFuture(month, esco.code)
    if month.next().first_day > today:
        raise MonthUnfinished(month, esco.code, today)
