"""The plan of a bill: which days at which tariff, VAT and benchmark, measured by which registers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.accounts.account import Account, Register, billed_days, supplied_days
from flows_billing.days import Days
from flows_billing.outcomes import NotBilled, failed, skipped
from flows_billing.rating.guard import UNGUARDED, Guard
from flows_billing.sharing.terms import Sharing, SharingTerms
from flows_billing.solar.credits import SolarCredit
from flows_billing.tariffs.tariff import Benchmark, Tariff, Tariffs, benchmark_on
from flows_billing.usage.metered import UsageKey
from flows_billing.vat.rules import VatTerms, VatUse
from flows_shared.time import Month, Period, local_midnight
from flows_shared.vocabulary.billing import RateType
from flows_shared.vocabulary.meters import Element
from flows_shared.vocabulary.people import AccountStatus

# The regulator has a cap for each way to pay.
BENCHMARK_METHODS = {"direct_debit": "direct_debit", "prepay": "prepay"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a community's bills of a month; by home, why its solar credit is not known."""

    month: Month
    zone: ZoneInfo
    tariffs: Tariffs
    vat: VatTerms
    benchmarks: Sequence[Benchmark]
    sharing: Sharing = field(default_factory=Sharing)
    solar_credits: Sequence[SolarCredit] = ()
    guard: Guard = UNGUARDED
    solar_problems: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Local days on which one tariff, one use for VAT and one way to share energy hold."""

    days: Days
    tariff: Tariff
    use: VatUse
    exporter_registered: bool
    benchmark: Benchmark | None
    sharing: SharingTerms | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """What one register measures in a part: lines of the bill, once it is summed."""

    part: Part
    register: Register
    span: Period
    usage_key: UsageKey


@dataclass(frozen=True, slots=True)
class Plan:
    """What one payer of an account can be billed for, once its segments are summed."""

    account: Account
    payer: UUID
    month: Month
    parts: tuple[Part, ...]
    segments: tuple[Segment, ...]
    solar_credits: tuple[SolarCredit, ...] = ()

    @property
    def days(self) -> Days:
        """From the first billed day to the last."""
        return Days(self.parts[0].days.start, self.parts[-1].days.end)

    @property
    def billed_days(self) -> int:
        return sum(part.days.count for part in self.parts)

    @property
    def versions(self) -> list[Tariff]:
        """The tariff versions of its parts, in the order of their days."""
        return list({part.tariff.id: part.tariff for part in self.parts}.values())

    def parts_at(self, version: Tariff) -> list[Part]:
        """Parts that differ only in VAT, sharing, registration or benchmark: one supply at one price."""
        return [part for part in self.parts if part.tariff.id == version.id]

    def days_at(self, version: Tariff) -> int:
        """Billed days on which a version holds, which its blocks and its minimum are pro rata to."""
        return sum(part.days.count for part in self.parts_at(version))


# A plan for each who pays for a part of the month, mostly one, in the order of their first days.
PlannedAccount: TypeAlias = tuple[Plan, ...] | NotBilled


def plan_account(account: Account, terms: Terms) -> PlannedAccount:
    """Which days of the month are billed to whom, at which tariffs, by which registers; or why not."""
    if account.prepay:
        return skipped("prepay", "the meter holds the balance and bills itself")
    if account.status == AccountStatus.PENDING:
        return skipped("pending", "the account is not open yet")
    if account.status == AccountStatus.CLOSED and account.end_date is None:
        return failed("no_end_date", "the account is closed, but its last day is not known")
    days = billed_days(account, terms.month)
    if not days:
        return skipped("others_days", "another account of the premises is billed for all of its days")
    runs = supplied_days(account, days)
    if not runs:
        return skipped("other_supplier", "another supplier bills the account for all of its days")
    shares = _shares(account, runs)
    if None in shares:
        return failed("no_customer", "the account has neither occupier nor owner")
    plans: list[Plan] = []
    for payer, own in shares.items():
        assert payer is not None
        plan = _plan(account, payer, own, terms)
        if isinstance(plan, NotBilled):
            return plan
        plans.append(plan)
    return tuple(_with_credits(plan, terms) for plan in plans)


def _with_credits(plan: Plan, terms: Terms) -> Plan:
    """Who is billed for the month's last day has the solar credits of the home."""
    if plan.days.end < Days.of(terms.month).end:
        return plan
    return replace(plan, solar_credits=tuple(each for each in terms.solar_credits if each.is_for(plan.account)))


def _shares(account: Account, runs: Sequence[Days]) -> dict[UUID | None, list[Days]]:
    """Who pays for which of the days."""
    shares: dict[UUID | None, list[Days]] = {}
    for run in runs:
        cuts = sorted({*_payer_days(account, run), run.end})
        for start, end in pairwise(cuts):
            own = shares.setdefault(account.payer_on(start), [])
            if own and own[-1].end == start:
                start = own.pop().start
            own.append(Days(start, end))
    return shares


def _plan(account: Account, payer: UUID, runs: Sequence[Days], terms: Terms) -> Plan | NotBilled:
    parts: list[Part] = []
    for run in runs:
        for days in _cut(run, account, payer, terms):
            part = _part(days, account, payer, terms)
            if part is None:
                return failed(
                    "no_tariff", f"no tariff, of the customer's own or of the community, holds on {days.start}"
                )
            parts.append(part)
    parts = _joined(parts)
    by_day = terms.guard.cuts(account.id, Days(parts[0].days.start, parts[-1].days.end))
    segments = _segments(parts, account.registers, terms.zone, by_day)
    if not segments:
        return failed("no_meter", "no register measured the supply in this time")
    return Plan(account, payer, terms.month, tuple(parts), segments)


def _payer_days(account: Account, run: Days) -> set[date]:
    """Days on which the payer may be another than the day before, and the first."""
    changes = {party.start_date for party in account.parties if party.start_date}
    changes |= {party.end_date + timedelta(days=1) for party in account.parties if party.end_date}
    return {run.start} | {day for day in changes if run.start < day < run.end}


def _cut(run: Days, account: Account, payer: UUID, terms: Terms) -> list[Days]:
    changes = terms.tariffs.changes(payer) | terms.vat.changes(account.premises, payer)
    changes |= terms.sharing.changes(account.premises)
    cuts = sorted(day for day in changes if run.start < day < run.end)
    return [Days(start, end) for start, end in pairwise([run.start, *cuts, run.end])]


def _part(days: Days, account: Account, payer: UUID, terms: Terms) -> Part | None:
    tariff = terms.tariffs.holding(payer, days.start)
    if tariff is None:
        return None
    method = BENCHMARK_METHODS.get(account.payment_method, "standard_credit")
    rate_type: RateType = RateType.MULTI if tariff.profile else RateType.SINGLE
    return Part(
        days=days,
        tariff=tariff,
        use=terms.vat.use_on(days.start, account.premises, payer),
        exporter_registered=terms.vat.is_registered(payer, days.start),
        benchmark=benchmark_on(terms.benchmarks, days.start, method, rate_type),
        sharing=terms.sharing.terms_of(account.premises, days.start),
    )


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Neighbours that differ in nothing are one: a change of what is not theirs cuts nothing."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and last.days.end == part.days.start and _same_terms(last, part):
            part = Part(Days(last.days.start, part.days.end), *_terms_of(last))
            joined.pop()
        joined.append(part)
    return joined


def _same_terms(one: Part, other: Part) -> bool:
    return _terms_of(one) == _terms_of(other)


def _terms_of(part: Part) -> tuple[Tariff, VatUse, bool, Benchmark | None, SharingTerms | None]:
    return part.tariff, part.use, part.exporter_registered, part.benchmark, part.sharing


def _segments(
    parts: Sequence[Part], registers: Sequence[Register], zone: ZoneInfo, by_day: bool
) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            part, register, span, UsageKey(register.id, span, part.tariff.profile, by_day or part.tariff.judges_days)
        )
        for part in parts
        for register in sorted(registers, key=_place)
        if (span := _shared_time(part.days, register, zone)) is not None
    )


def _place(register: Register) -> tuple[Element, datetime, Element, UUID]:
    """What feeds the same supply follows each other in time, however the registers were read."""
    return register.feeds, register.start, register.element, register.id


def _shared_time(days: Days, register: Register, zone: ZoneInfo) -> Period | None:
    start = max(local_midnight(days.start, zone), register.start)
    end = local_midnight(days.end, zone)
    if register.end is not None:
        end = min(end, register.end)
    return Period(start, end) if start < end else None
