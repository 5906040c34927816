"""What if: months that were measured, billed at another tariff, beside what they cost at the tariffs that hold."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flows_billing.accounts.account import Account
from flows_billing.bills.judge import Docket, load_terms, measure, plan_of
from flows_billing.bills.preview import from_half_hours
from flows_billing.communities.esco import Esco
from flows_billing.errors import UnknownProfile
from flows_billing.outcomes import NotBilled
from flows_billing.rating.plan import Terms
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import account_numbers, supply_account_ids, supply_accounts
from flows_billing.tariffs.tariff import Tariff, Tariffs
from flows_shared.apart import in_parts
from flows_shared.contracts.previews import ComparedAccount
from flows_shared.db import Connection, Database
from flows_shared.errors import say_error
from flows_shared.time import Month

PROFILE = "SELECT EXISTS (SELECT FROM public.rate_profiles WHERE id = $1 AND esco = $2)"


@dataclass(frozen=True, slots=True)
class Simulation:
    """The sums are of the accounts that have both bills."""

    esco: Esco
    months: tuple[Month, ...]
    accounts: tuple[ComparedAccount, ...]

    @property
    def compared(self) -> list[ComparedAccount]:
        return [account for account in self.accounts if account.difference_pence is not None]

    @property
    def now_pence(self) -> int:
        return sum(account.now_pence or 0 for account in self.compared)

    @property
    def proposed_pence(self) -> int:
        return sum(account.proposed_pence or 0 for account in self.compared)


async def simulate(
    db: Database,
    esco: Esco,
    months: Sequence[Month],
    proposal: Tariff,
    settings: RunSettings,
    *,
    only: Sequence[UUID] | None = None,
) -> Simulation:
    """These accounts, or all, with `proposal` in place of every tariff. Nothing is stored.

    An account's sums are of the months that have both bills; `why_not` names the others.
    """
    async with db.connection() as connection:
        await _require_profile(connection, esco, proposal)
    found = {
        month: await _simulate_month(db, esco, month, proposal, from_half_hours(settings), only) for month in months
    }
    return Simulation(esco, tuple(months), found[months[0]] if len(found) == 1 else _added(found))


async def _simulate_month(
    db: Database, esco: Esco, month: Month, proposal: Tariff, settings: RunSettings, only: Sequence[UUID] | None
) -> tuple[ComparedAccount, ...]:
    async with db.connection() as connection:
        ids = await supply_account_ids(connection, esco.id, month, only=only, billed_too=True)
        numbers = await account_numbers(connection, ids)

        async def part(accounts: Sequence[UUID]) -> list[ComparedAccount]:
            found = await supply_accounts(connection, esco.id, month, only=accounts, billed_too=True)
            terms = await load_terms(connection, esco, month, found)
            return await _compare(connection, esco, found, terms, proposal, settings)

        parts, broken = await in_parts(connection, ids, part, lambda: load_terms(connection, esco, month, ()))
    compared = {each.account: each for part in parts for each in part}
    for account, error in broken.items():
        compared[account] = ComparedAccount(
            account=account,
            account_number=numbers[account],
            now_pence=None,
            proposed_pence=None,
            why_not=say_error(error),
        )
    return tuple(compared[account] for account in ids if account in compared)


async def _compare(
    db: Connection, esco: Esco, accounts: Sequence[Account], terms: Terms, proposal: Tariff, settings: RunSettings
) -> list[ComparedAccount]:
    proposed_terms = replace(terms, tariffs=Tariffs({}, [proposal]))
    now = {account.id: plan_of(account, terms) for account in accounts}
    proposed = {account.id: plan_of(account, proposed_terms) for account in accounts}
    measured = await measure(db, [*now.values(), *proposed.values()], terms, settings)
    bills = [_bills(Docket(esco, planned, measured)) for planned in (now, proposed)]
    return [_compared(account.id, account.number, bills[0], bills[1]) for account in accounts]


def _added(found: Mapping[Month, Sequence[ComparedAccount]]) -> tuple[ComparedAccount, ...]:
    by_account: defaultdict[UUID, dict[Month, ComparedAccount]] = defaultdict(dict)
    for month, accounts in found.items():
        for compared in accounts:
            by_account[compared.account][month] = compared
    return tuple(map(_sum, by_account.values()))


def _sum(months: Mapping[Month, ComparedAccount]) -> ComparedAccount:
    first = next(iter(months.values()))
    now = [each.now_pence for each in months.values() if each.difference_pence is not None]
    proposed = [each.proposed_pence for each in months.values() if each.difference_pence is not None]
    why_not = "; ".join(f"{month}: {each.why_not}" for month, each in months.items() if each.why_not)
    return ComparedAccount(
        account=first.account,
        account_number=first.account_number,
        now_pence=sum(pence or 0 for pence in now) if now else None,
        proposed_pence=sum(pence or 0 for pence in proposed) if proposed else None,
        why_not=why_not or None,
    )


def _bills(docket: Docket) -> dict[UUID, int | str]:
    """Pence, or why there is no bill."""
    return {
        account: verdict.details if isinstance(verdict, NotBilled) else sum(bill.total_pence for bill in verdict)
        for batch in docket.verdicts(len(docket.planned) or 1)
        for account, verdict in batch.items()
    }


def _compared(
    account: UUID, number: int, now: dict[UUID, int | str], proposed: dict[UUID, int | str]
) -> ComparedAccount:
    pair = now[account], proposed[account]
    pence = [amount if isinstance(amount, int) else None for amount in pair]
    why_not = next((amount for amount in pair if isinstance(amount, str)), None)
    return ComparedAccount(
        account=account, account_number=number, now_pence=pence[0], proposed_pence=pence[1], why_not=why_not
    )


async def _require_profile(db: Connection, esco: Esco, proposal: Tariff) -> None:
    if proposal.profile and not await db.fetchval(PROFILE, proposal.profile, esco.id):
        raise UnknownProfile(proposal.profile)
