"""A billing run, from its accounts to their invoices: read, decide, write, some thousand accounts at a time.

Every batch commits by itself: its invoices, lines, postings, outcomes and the jobs that print them. A run that ends
in the middle leaves whole batches, and goes on with the accounts that have no invoice.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from flows_billing.bills.judge import prepare
from flows_billing.communities.esco import require_vat_number
from flows_billing.holds.store import keep_holds
from flows_billing.invoices.issue import issue_bills
from flows_billing.outcomes import NotBilled, data_invalid
from flows_billing.rating.bill import Bill, RatingResult
from flows_billing.reports.refresh import enqueue_refresh
from flows_billing.runs.run import Run
from flows_billing.runs.store import begin_run, complete_run, fail_run, find_run, run_held, store_outcomes
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import supply_account_ids
from flows_billing.stores.sharing import store_allocation
from flows_billing.stores.solar import grant_solar_credits
from flows_billing.stores.usage import store_monthly_usage
from flows_shared.apart import in_parts
from flows_shared.contracts.jobs import RENDER_INVOICES, SUM_COSTS
from flows_shared.db import Connection, Database, is_connection_lost
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.memory import collector_paused
from flows_shared.outbox import enqueue, enqueue_many
from flows_shared.time import local_date

Progress: TypeAlias = Callable[[int, int], None]
RatingResults: TypeAlias = Mapping[UUID, RatingResult]

log = get_logger()


async def execute_run(
    db: Database, run_id: UUID, settings: RunSettings, now: datetime, on_progress: Progress | None = None
) -> Run:
    """Bill the accounts of a run that have no invoice yet; executed again, it goes on where it stopped.

    `on_progress` is told how many accounts have an outcome, and of how many.
    """
    async with db.connection() as connection, run_held(connection, run_id):
        try:
            run = await find_run(connection, run_id)
            with collector_paused():
                await _bill_accounts(connection, run, settings, now, on_progress or _log_progress)
        except Exception as error:
            if not is_connection_lost(error):
                await fail_run(connection, run_id, say_error(error))
            raise
        return await find_run(connection, run_id)


async def _bill_accounts(db: Connection, run: Run, settings: RunSettings, now: datetime, on_progress: Progress) -> None:
    require_vat_number(run.esco)
    accounts = await supply_account_ids(db, run.esco.id, run.month)
    await begin_run(db, run.id, accounts)
    await grant_solar_credits(db, run.esco.id, run.month)
    prepared = await prepare(db, run.esco, run.month, accounts, settings, local_date(now, run.esco.zone))
    for allocation in prepared.measured.shared.allocations:
        await store_allocation(db, allocation, run.month)
    done = 0
    async with aclosing(_one_ahead(prepared.results(settings.billing_batch_accounts))) as batches:
        async for results in batches:
            await _store_apart(db, run, results, settings, now)
            done += len(results)
            on_progress(done, len(accounts))
    await store_monthly_usage(db, run.esco.id, run.month)
    async with db.transaction():
        await complete_run(db, run.id)
        await enqueue(db, SUM_COSTS(str(run.id)), key=str(run.id))
        await enqueue_refresh(db)


async def _one_ahead(batches: Iterator[RatingResults]) -> AsyncGenerator[RatingResults, None]:
    """The batches, each rated by another thread while the database stores the one before."""
    rating = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while results := await rating:
            rating = asyncio.create_task(asyncio.to_thread(next, batches, None))
            yield results
    finally:
        await asyncio.wait([rating])


async def _store_apart(db: Connection, run: Run, results: RatingResults, settings: RunSettings, now: datetime) -> None:
    """In one transaction; where the database refuses it, in several, without the accounts whose rows it refuses."""

    async def store(accounts: Sequence[UUID]) -> None:
        async with db.transaction():
            await _store(db, run, {account: results[account] for account in accounts}, settings, now)

    _, broken = await in_parts(db, list(results), store)
    if broken:
        outcomes = {account: data_invalid("its bill could not be stored", error) for account, error in broken.items()}
        async with db.transaction():
            await store_outcomes(db, run.id, outcomes)


async def _store(db: Connection, run: Run, results: RatingResults, settings: RunSettings, now: datetime) -> None:
    """Everything that follows from a batch, in the caller's transaction; an account's last invoice is its outcome."""
    outcomes: dict[UUID, UUID | NotBilled] = {}
    bills: list[Bill] = []
    for account, result in results.items():
        if isinstance(result, NotBilled):
            outcomes[account] = result
        else:
            bills += result
    if bills:
        invoices = await issue_bills(db, run.esco, run.id, bills, now)
        outcomes |= {invoice.bill.plan.account.id: invoice.id for invoice in invoices}
        await _enqueue_printing(db, [invoice.id for invoice in invoices], settings.billing_render_slice)
    await store_outcomes(db, run.id, outcomes)
    await keep_holds(db, run.month, outcomes)


async def _enqueue_printing(db: Connection, invoices: Sequence[UUID], size: int) -> None:
    ids = [str(invoice) for invoice in invoices]
    await enqueue_many(db, [RENDER_INVOICES(ids[i : i + size]) for i in range(0, len(ids), size)])


def _log_progress(done: int, accounts: int) -> None:
    log.info("billing_progress", done=done, accounts=accounts, percent=100 * done // accounts)
