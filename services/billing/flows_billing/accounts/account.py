"""An account as a billing run sees it, and the plan of its bill: which days at which tariff by which register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.days import Days
from flows_billing.outcomes import NotBilled, failed, skipped
from flows_billing.tariffs.tariff import TariffPeriod, Tariffs, tariff_periods
from flows_billing.usage.metered import Span
from flows_shared.time import Month, Period, local_midnight

Element: TypeAlias = Literal["A", "B", "SINGLE"]
Nature: TypeAlias = Literal["heat", "power"]


@dataclass(frozen=True, slots=True)
class Register:
    """One measured quantity of a supply meter, within its life `[start, end)`."""

    id: UUID
    element: Element
    nature: Nature
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """A supply account that was there in the month."""

    id: UUID
    number: int
    status: Literal["pending", "open", "closed"]
    start_date: date
    end_date: date | None
    prepay: bool
    payer: UUID | None
    registers: tuple[Register, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """What one register measures while one tariff holds: a line of the bill, once it is summed."""

    tariff_period: TariffPeriod
    register: Register
    span: Period

    @property
    def key(self) -> Span:
        return self.register.id, self.span


@dataclass(frozen=True, slots=True)
class Plan:
    """An account that can be billed once its segments are summed."""

    account: Account
    payer: UUID
    days: Days
    periods: tuple[TariffPeriod, ...]
    segments: tuple[Segment, ...]


def plan_account(account: Account, tariffs: Tariffs, month: Month, zone: ZoneInfo) -> Plan | NotBilled:
    """Which days of the month are billed, at which tariffs, by which registers; or why not."""
    if account.prepay:
        return skipped("prepay", "the meter holds the balance and bills itself")
    if account.status == "pending":
        return skipped("pending", "the account is not open yet")
    if account.status == "closed" and account.end_date is None:
        return failed("no_end_date", "the account is closed, but its last day is not known")
    if account.payer is None:
        return failed("no_customer", "the account has neither occupier nor owner")
    days = billed_days(account, month)
    periods = tariff_periods(days, tariffs.customers.get(account.payer, []), tariffs.community)
    if not periods or periods[0].days.start > days.start:
        return failed("no_tariff", f"no tariff, of the customer's own or of the community, holds on {days.start}")
    segments = _segments(periods, account.registers, zone)
    if not segments:
        return failed("no_meter", "no register measured the supply in this time")
    return Plan(account, account.payer, days, tuple(periods), segments)


def billed_days(account: Account, month: Month) -> Days:
    """The month's local days between the account's first and last, both of which are billed."""
    whole = Days.of(month)
    end = whole.end if account.end_date is None else min(whole.end, account.end_date + timedelta(days=1))
    return Days(max(whole.start, account.start_date), end)


def _segments(periods: Sequence[TariffPeriod], registers: Sequence[Register], zone: ZoneInfo) -> tuple[Segment, ...]:
    return tuple(
        Segment(period, register, span)
        for period in periods
        for register in registers
        if (span := _shared_time(period.days, register, zone)) is not None
    )


def _shared_time(days: Days, register: Register, zone: ZoneInfo) -> Period | None:
    start = max(local_midnight(days.start, zone), register.start)
    end = local_midnight(days.end, zone)
    if register.end is not None:
        end = min(end, register.end)
    return Period(start, end) if start < end else None
