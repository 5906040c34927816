"""From accounts to results: what holds for them, what was measured, and the bill of each. Nothing is stored."""

from asyncio import to_thread
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from flows_billing.accounts.account import Account
from flows_billing.communities.esco import Esco
from flows_billing.errors import SharingInvalid
from flows_billing.holds.store import find_holds
from flows_billing.outcomes import NotBilled, data_invalid, failed
from flows_billing.rating.back_bill import guarded
from flows_billing.rating.bill import Measured, RatingResult, all_measured, rate_account
from flows_billing.rating.guard import UNGUARDED, Guard
from flows_billing.rating.plan import Plan, PlannedAccount, Terms, plan_account
from flows_billing.rating.shared_energy import Shared, share_out
from flows_billing.settings import RunSettings
from flows_billing.sharing.allocation import Allocation, allocate_month
from flows_billing.stores.accounts import supply_account_ids, supply_accounts
from flows_billing.stores.calendars import band_calendars, day_calendar, fill_calendars
from flows_billing.stores.days import require_half_hours
from flows_billing.stores.exports import exported
from flows_billing.stores.rating import back_bill_guard, vat_terms
from flows_billing.stores.rollups import add_band_sums, sum_roll_ups
from flows_billing.stores.sharing import read_series, sharing_in
from flows_billing.stores.solar import solar_credits_in
from flows_billing.stores.tariffs import benchmarks_in, tariffs_in
from flows_billing.stores.usage import sum_half_hours
from flows_billing.usage.metered import Usage, UsageKey
from flows_shared.apart import attempt, in_parts
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.time import Month
from flows_shared.vocabulary.billing import ComponentKind


@dataclass(frozen=True, slots=True)
class PreparedAccounts:
    """Accounts that are ready to be judged, in their order."""

    esco: Esco
    planned: Mapping[UUID, PlannedAccount]
    measured: Measured
    guard: Guard = UNGUARDED
    holds: Mapping[UUID, NotBilled] = field(default_factory=dict)

    @property
    def registers(self) -> list[UUID]:
        """Those that measure what is billed."""
        return list({segment.register.id for plan in plans_of(self.planned.values()) for segment in plan.segments})

    def results(self, size: int) -> Iterator[Mapping[UUID, RatingResult]]:
        """Some accounts at a time, so that no more bills than these are held at once."""
        accounts = list(self.planned)
        for start in range(0, len(accounts), size):
            yield {account: self.result(account) for account in accounts[start : start + size]}

    def result(self, account: UUID) -> RatingResult:
        planned = self.planned[account]
        if isinstance(planned, NotBilled):
            return planned
        with attempt() as tried:
            result = self._rate(planned)
        if tried.error:
            return data_invalid("its bill could not be computed", tried.error)
        return result if isinstance(result, NotBilled) else self.holds.get(account, result)

    def _rate(self, planned: Sequence[Plan]) -> RatingResult:
        result = rate_account(planned, self.measured, self.esco.seller)
        if isinstance(result, NotBilled):
            return result
        return tuple(guarded(bill, (), self.guard) for bill in result)


async def load_terms(db: Connection, esco: Esco, month: Month, accounts: Sequence[Account]) -> Terms:
    """What holds for these accounts in a month."""
    await require_half_hours(db, month, esco.zone)
    credits, problems = await solar_credits_in(db, esco.id, month)
    customers = list({party.customer for account in accounts for party in account.parties})
    premises = [account.premises for account in accounts]
    return Terms(
        month=month,
        zone=esco.zone,
        tariffs=await tariffs_in(db, esco.id, customers, month),
        vat=await vat_terms(db, esco.seller, premises, customers, month.next().first_day),
        benchmarks=await benchmarks_in(db, esco.id, month),
        sharing=await sharing_in(db, esco.id, month),
        solar_credits=credits,
        solar_problems=problems,
    )


async def prepare(
    db: Connection,
    esco: Esco,
    month: Month,
    accounts: Sequence[UUID],
    settings: RunSettings,
    issued_on: date | None = None,
    *,
    billed_at: datetime | None = None,
) -> PreparedAccounts:
    """Plan the accounts' bills and sum what they need; an account whose data stop that is planned to fail.

    With a day of issue, what is too old to be charged for by then is left out, and what looks wrong is held. Those that
    were billed at a time were open then, and what was excepted later was not.
    """

    async def part(ids: Sequence[UUID]) -> PreparedAccounts:
        found = await supply_accounts(db, esco.id, month, only=ids, billed_too=True)
        if billed_at:
            found = [account.as_billed for account in found]
        guard = await _guard(db, esco, ids, issued_on, billed_at)
        terms = replace(await load_terms(db, esco, month, found), guard=guard)
        planned = {account.id: plan_of(account, terms) for account in found}
        measured = await measure(db, planned.values(), terms, settings)
        if issued_on is None:
            return PreparedAccounts(esco, planned, measured)
        holds = await find_holds(db, esco, month, plans_of(planned.values()), measured)
        return PreparedAccounts(esco, planned, measured, guard, holds)

    parts, broken = await in_parts(db, accounts, part, lambda: load_terms(db, esco, month, ()))
    return _one_prepared(esco, accounts, parts, broken)


async def _guard(
    db: Connection, esco: Esco, accounts: Sequence[UUID], issued_on: date | None, known_at: datetime | None
) -> Guard:
    if issued_on is None:
        return UNGUARDED
    return await back_bill_guard(db, accounts, issued_on, esco.back_bill_months, known_at=known_at)


def _one_prepared(
    esco: Esco, accounts: Sequence[UUID], parts: Sequence[PreparedAccounts], broken: Mapping[UUID, Exception]
) -> PreparedAccounts:
    """In the order of the accounts."""
    planned: dict[UUID, PlannedAccount] = {account: plan for part in parts for account, plan in part.planned.items()}
    planned |= {account: data_invalid("it could not be read", error) for account, error in broken.items()}
    return PreparedAccounts(
        esco,
        {account: planned[account] for account in accounts if account in planned},
        parts[0].measured if len(parts) == 1 else all_measured([part.measured for part in parts]),
        _one_guard([part.guard for part in parts]),
        {account: hold for part in parts for account, hold in part.holds.items()},
    )


def _one_guard(guards: Sequence[Guard]) -> Guard:
    excepted = {account: days for guard in guards for account, days in guard.excepted.items()}
    return Guard(guards[0].since, excepted) if guards else UNGUARDED


def plan_of(account: Account, terms: Terms) -> PlannedAccount:
    """Without a credit that cannot be computed, a home's bill would be too high."""
    planned = plan_account(account, terms)
    problem = terms.solar_problems.get(account.premises)
    if problem and not isinstance(planned, NotBilled):
        return failed("solar_credit_invalid", problem)
    return planned


async def measure(db: Connection, planned: Iterable[PlannedAccount], terms: Terms, settings: RunSettings) -> Measured:
    """What the registers of these plans measured and shared. Stores no more than calendars of bands."""
    plans = plans_of(planned)
    segments = [segment for plan in plans for segment in plan.segments]
    exporting = {(s.register.id, s.span) for s in segments if s.part.tariff.component(ComponentKind.EXPORT_CREDIT)}
    usage_keys = {segment.usage_key for segment in segments}
    await fill_calendars(db, _profiles(usage_keys), terms.month, terms.zone)
    usages = await _usages(db, usage_keys, terms, settings)
    exports = await exported(db, exporting) if exporting else {}
    return Measured(usages, exports, await _shared(db, plans, terms))


async def sum_ahead(db: Connection, esco: Esco, month: Month, settings: RunSettings) -> None:
    """Make the sums by band that the month's run will take."""

    async def part(ids: Sequence[UUID]) -> None:
        accounts = await supply_accounts(db, esco.id, month, only=ids)
        terms = await load_terms(db, esco, month, accounts)
        plans = plans_of(plan_account(account, terms) for account in accounts)
        usage_keys = [segment.usage_key for plan in plans for segment in plan.segments]
        await add_band_sums(db, usage_keys, month, esco.zone, work_mem_mb=settings.billing_work_mem_mb)

    await in_parts(db, await supply_account_ids(db, esco.id, month), part, lambda: load_terms(db, esco, month, ()))


async def _usages(
    db: Connection, usage_keys: set[UsageKey], terms: Terms, settings: RunSettings
) -> Mapping[UsageKey, Sequence[Usage]]:
    memory = settings.billing_work_mem_mb
    if settings.billing_usage_source == "half_hours":
        return await sum_half_hours(db, usage_keys, terms.zone, work_mem_mb=memory)
    usages = await sum_roll_ups(db, usage_keys, terms.zone, work_mem_mb=memory)
    left = usage_keys - usages.keys()
    if unsummed := {usage_key for usage_key in left if usage_key.profile}:
        await add_band_sums(db, unsummed, terms.month, terms.zone, work_mem_mb=memory)
        usages |= await sum_roll_ups(db, unsummed, terms.zone, work_mem_mb=memory)
        left -= usages.keys()
    if left:
        usages |= await sum_half_hours(db, left, terms.zone, work_mem_mb=memory)
    return usages


async def _shared(db: Connection, plans: Sequence[Plan], terms: Terms) -> Shared:
    """Allocate the groups that these plans have a part in."""
    concerned = {part.sharing.group for plan in plans for part in plan.parts if part.sharing}
    if not concerned:
        return Shared()
    allocations: list[Allocation] = []
    invalid: dict[UUID, str] = {}
    for group in terms.sharing.groups:
        if group.id in concerned:
            readings = await read_series(db, group, terms.month, terms.zone)
            with attempt() as tried:
                # Seconds for thousands of members: a worker goes on with its leases meanwhile.
                allocations.append(await to_thread(allocate_month, group, readings, terms.month, terms.zone))
            if isinstance(tried.error, SharingInvalid):
                invalid[group.id] = str(tried.error)
            elif tried.error:
                invalid[group.id] = f"what {group.name} shares could not be computed: {say_error(tried.error)}"
    profiles = {part.tariff.profile for plan in plans for part in plan.parts if part.sharing and part.tariff.profile}
    calendars = await band_calendars(db, profiles, terms.month, terms.zone)
    return share_out(plans, allocations, invalid, calendars | day_calendar(terms.month, terms.zone), terms.zone)


def plans_of(planned: Iterable[PlannedAccount]) -> list[Plan]:
    return [plan for plans in planned if not isinstance(plans, NotBilled) for plan in plans]


def _profiles(usage_keys: Iterable[UsageKey]) -> set[UUID]:
    return {usage_key.profile for usage_key in usage_keys if usage_key.profile}
