"""A month's costs by customer: rated as the run does, prepay customers too, and at the community's own price."""

from asyncio import to_thread
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from flows_billing.accounts.account import Account
from flows_billing.bills.judge import PreparedAccounts, load_terms, measure, plans_of
from flows_billing.communities.esco import Esco
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Bill
from flows_billing.rating.costs import MonthCosts, month_costs
from flows_billing.rating.plan import PlannedAccount, Terms, plan_account
from flows_billing.rounding import Costs
from flows_billing.settings import RunSettings
from flows_billing.sharing.terms import Sharing
from flows_billing.stores.accounts import supply_account_ids, supply_accounts
from flows_billing.tariffs.tariff import Tariffs
from flows_shared.apart import in_parts
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.time import Month

log = get_logger()

STORE = """
    INSERT INTO public.monthly_costs AS stored (
        month, customer_id, power, heat, standing_charge, total,
        microgrid_power, microgrid_heat, microgrid_standing_charge, microgrid_total,
        benchmark_power, benchmark_heat, benchmark_standing_charge, benchmark_total)
    SELECT $1, row.*
      FROM unnest($2::uuid[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[],
                  $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[]) AS row
        ON CONFLICT (customer_id, month) DO UPDATE
       SET power = excluded.power, heat = excluded.heat, standing_charge = excluded.standing_charge,
           total = excluded.total, microgrid_power = excluded.microgrid_power, microgrid_heat = excluded.microgrid_heat,
           microgrid_standing_charge = excluded.microgrid_standing_charge, microgrid_total = excluded.microgrid_total,
           benchmark_power = excluded.benchmark_power, benchmark_heat = excluded.benchmark_heat,
           benchmark_standing_charge = excluded.benchmark_standing_charge, benchmark_total = excluded.benchmark_total
     WHERE (stored.power, stored.heat, stored.standing_charge, stored.microgrid_total, stored.benchmark_total)
           IS DISTINCT FROM (excluded.power, excluded.heat, excluded.standing_charge, excluded.microgrid_total,
                             excluded.benchmark_total)
"""


async def store_month_costs(db: Connection, esco: Esco, month: Month, settings: RunSettings) -> int:
    """What the month cost each customer whose usage is known; done again, it follows what has changed since."""
    ids = await supply_account_ids(db, esco.id, month, billed_too=True)

    async def part(accounts: Sequence[UUID]) -> dict[UUID, MonthCosts]:
        return await _costs(db, esco, month, accounts, settings)

    async def store(customers: Sequence[UUID]) -> None:
        await db.execute(STORE, month.first_day, *zip(*(_row(id, costs[id]) for id in customers), strict=True))

    parts, broken = await in_parts(db, ids, part, lambda: load_terms(db, esco, month, ()))
    costs: dict[UUID, MonthCosts] = {}
    for each in parts:
        costs = _added(costs, each)
    _, refused = await in_parts(db, list(costs), store) if costs else ([], {})
    for id, error in {**broken, **refused}.items():
        log.error("month_costs_unknown", esco=esco.code, month=str(month), of=str(id), reason=say_error(error))
    return len(costs) - len(refused)


async def _costs(
    db: Connection, esco: Esco, month: Month, ids: Sequence[UUID], settings: RunSettings
) -> dict[UUID, MonthCosts]:
    accounts = await supply_accounts(db, esco.id, month, only=ids, billed_too=True)
    terms = await load_terms(db, esco, month, accounts)
    own = {account.id: _plan(account, terms) for account in accounts}
    community_price = replace(terms, tariffs=Tariffs({}, terms.tariffs.community))
    differing = [account for account in accounts if _has_own_price(own[account.id])]
    at_community = {account.id: _plan(account, community_price) for account in differing}
    measured = await measure(db, [*own.values(), *at_community.values()], terms, settings)
    prepared_parts = PreparedAccounts(esco, own, measured), PreparedAccounts(esco, at_community, measured)
    return await to_thread(month_costs, _bills(*prepared_parts, settings))


def _added(some: dict[UUID, MonthCosts], more: dict[UUID, MonthCosts]) -> dict[UUID, MonthCosts]:
    """A customer's accounts may be in several parts."""
    return some | {id: some[id] + costs if id in some else costs for id, costs in more.items()}


def _plan(account: Account, terms: Terms) -> PlannedAccount:
    """A prepay meter bills itself, at its tariff for all of its energy: none of it at the price of what is shared."""
    if account.prepay:
        return plan_account(replace(account, prepay=False), replace(terms, sharing=Sharing()))
    return plan_account(account, terms)


def _bills(
    own: PreparedAccounts, at_community: PreparedAccounts, settings: RunSettings
) -> Iterator[tuple[Bill, Bill | None]]:
    """Each payer's bill, beside what it is at the community's price: the same where they have no other."""
    for results in own.results(settings.billing_batch_accounts):
        for account, result in results.items():
            compared = at_community.result(account) if account in at_community.planned else result
            others = {} if isinstance(compared, NotBilled) else {bill.plan.payer: bill for bill in compared}
            for bill in () if isinstance(result, NotBilled) else result:
                yield bill, others.get(bill.plan.payer)


def _has_own_price(planned: PlannedAccount) -> bool:
    return any(part.tariff.owner == "customer" for plan in plans_of([planned]) for part in plan.parts)


def _row(customer: UUID, costs: MonthCosts) -> tuple[object, ...]:
    return customer, *_values(costs.paid), *_values(costs.microgrid), *_values(costs.benchmark)


def _values(costs: Costs | None) -> tuple[object, ...]:
    return (costs.power, costs.heat, costs.standing_charge, costs.total) if costs else (None,) * 4
