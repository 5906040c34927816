"""The billing worker: bill a month, print its invoices, and begin by itself when a month has ended."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias
from uuid import UUID

from flows_billing.bills.costs import store_month_costs
from flows_billing.bills.judge import sum_ahead
from flows_billing.communities.esco import Esco
from flows_billing.communities.months import parse_month
from flows_billing.corrections.due import CorrectionsDue, forget_settled_days
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import Confirmation
from flows_billing.invoices.status import set_statuses
from flows_billing.ledger.books import check_all_books
from flows_billing.printing import draw_invoices, draw_notes, keep_documents, missing_invoices, missing_notes
from flows_billing.reports import refresh
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import enqueue_runs, request_runs
from flows_billing.runs.store import find_run
from flows_billing.settings import SERVICE, BillingSettings
from flows_billing.stores.communities import due_escos, find_escos
from flows_billing.stores.solar import grant_solar_credits
from flows_shared.apart import in_parts, is_about_data
from flows_shared.contracts.jobs import (
    BILL_MONTH,
    CORRECT_MONTH,
    REFRESH_REPORTS,
    RENDER_CREDIT_NOTES,
    RENDER_INVOICES,
    SEND_CREDIT_NOTES,
    SEND_INVOICES,
    SUM_COSTS,
    CorrectionWork,
)
from flows_shared.db import JSON, Connection
from flows_shared.errors import say_error
from flows_shared.jobs import Worker, complete_job
from flows_shared.logs import get_logger
from flows_shared.outbox import enqueue, enqueue_many
from flows_shared.settings import load_settings
from flows_shared.time import Month, local_date
from flows_shared.worker import Cron, WorkerDefinition

# A worker that was down on the 1st makes up for it until then; later a person decides.
CRON_GIVES_UP_AFTER = timedelta(days=3)
COUNTED_EVERY_SECONDS = 300

BillingWorker: TypeAlias = Worker[BillingSettings]

log = get_logger()


async def bill_month(worker: BillingWorker, run_id: str) -> None:
    """Bill the accounts of a run that have no invoice yet; run again, it goes on where it stopped."""
    run = await execute_run(worker.db, UUID(run_id), worker.settings, worker.now())
    log.info("month_billed", esco=run.esco.code, month=str(run.month), billed=run.billed, failed=run.failed)


async def render_invoices(worker: BillingWorker, invoice_ids: list[str]) -> None:
    """Make the documents of the invoices that have none yet, and let notify send them."""
    async with worker.db.connection() as connection:
        drawn = await draw_invoices(connection, [UUID(invoice_id) for invoice_id in invoice_ids])
    async with worker.db.transaction() as transaction:
        if drawn:
            await keep_documents(transaction, drawn)
            await enqueue(transaction, SEND_INVOICES(_ids(document.invoice for document in drawn)))
        await complete_job(transaction)


async def sum_costs(worker: BillingWorker, run_id: str) -> None:
    """After a run: what its month cost each customer, and would have cost at other prices."""
    async with worker.db.connection() as connection:
        run = await find_run(connection, UUID(run_id))
        customers = await store_month_costs(connection, run.esco, run.month, worker.settings)
    log.info("month_costs_stored", esco=run.esco.code, month=str(run.month), customers=customers)


async def credit_solar(worker: BillingWorker) -> None:
    """On the first days of a month, every hour: the solar credits of the one that ended, where they are missing."""
    async with worker.db.connection() as connection:
        await _each_esco(connection, partial(_credit_solar, connection, worker.now()), failed="solar_not_credited")


async def _credit_solar(connection: Connection, now: datetime, esco: Esco) -> None:
    today = local_date(now, esco.zone)
    if today.day <= CRON_GIVES_UP_AFTER.days:
        made = await grant_solar_credits(connection, esco.id, Month.of(today).previous())
        log.info("solar_credits_made", esco=esco.code, credits=made)


async def render_credit_notes(worker: BillingWorker, note_ids: list[str]) -> None:
    """Make the documents of credit notes, and of the invoices in place of those taken back; they are sent together."""
    async with worker.db.connection() as connection:
        drawn = await draw_notes(connection, [UUID(note_id) for note_id in note_ids])
    async with worker.db.transaction() as transaction:
        if drawn:
            await keep_documents(transaction, drawn)
            await enqueue(transaction, SEND_CREDIT_NOTES(_ids(document.credit_note for document in drawn)))
        await complete_job(transaction)


async def print_missing(worker: BillingWorker) -> None:
    """Every hour: ask again for what should have been printed by now."""
    size, now = worker.settings.billing_render_slice, worker.now()
    async with worker.db.transaction() as transaction:
        for job, find in ((RENDER_INVOICES, missing_invoices), (RENDER_CREDIT_NOTES, missing_notes)):
            ids = _ids(await find(transaction, now))
            await enqueue_many(transaction, [job(ids[i : i + size]) for i in range(0, len(ids), size)])


async def correct_month(worker: BillingWorker, asked: dict[str, JSON], claims: Mapping[str, JSON]) -> None:
    """Put the invoices of a month right; run again, it goes on with those that are not."""
    work = CorrectionWork.model_validate(asked)
    async with worker.db.connection() as connection:
        [esco] = await find_escos(connection, [work.esco])
    found = await rebill(
        worker.db,
        esco,
        parse_month(work.month),
        worker.settings,
        worker.now(),
        only=work.accounts,
        causes=work.causes,
        confirmation=Confirmation(work.requested_by, work.reason, claims),
    )
    log.info("month_corrected", esco=esco.code, month=work.month, corrected=found.count("corrected"))


async def settle_changes(worker: BillingWorker) -> None:
    """Every hour: forget changed days that no bill differs from."""
    async with worker.db.transaction() as transaction:
        settled = await forget_settled_days(transaction)
    log.info("changed_days_settled", days=settled)


async def start_due_runs(worker: BillingWorker) -> None:
    """On the 1st, from the hour set, ask for the month that ended in each community."""
    now, hour = worker.now(), timedelta(hours=worker.settings.billing_cron_hour)
    async with worker.db.transaction() as transaction:
        for month, escos in (await due_escos(transaction, now, hour, CRON_GIVES_UP_AFTER)).items():
            ask = partial(_start_runs, transaction, month, now)
            _, broken = await in_parts(transaction, escos, ask)
            for esco, error in broken.items():
                log.error("run_not_started", esco=str(esco), month=str(month), reason=say_error(error))


async def _start_runs(connection: Connection, month: Month, now: datetime, escos: Sequence[UUID]) -> None:
    requested = await request_runs(connection, month, escos, requested_by="cron", now=now)
    await enqueue_runs(connection, requested.with_work)
    log.info("month_ended", month=str(month), communities=len(escos))


async def sum_bands(worker: BillingWorker) -> None:
    """Every night, where usage is summed from roll-ups: bring this month's and the last one's up to date."""
    settings = worker.settings
    if settings.billing_usage_source == "half_hours":
        return
    async with worker.db.connection() as connection:
        await _each_esco(connection, partial(_sum_bands, connection, settings, worker.now()), failed="bands_not_summed")


async def _sum_bands(connection: Connection, settings: BillingSettings, now: datetime, esco: Esco) -> None:
    month = Month.of(local_date(now, esco.zone))
    for each in (month.previous(), month):
        await sum_ahead(connection, esco, each, settings)


async def update_statuses(worker: BillingWorker) -> None:
    """Every hour: which invoices were paid, and which are late by now."""
    async with worker.db.transaction() as transaction:
        changed = await set_statuses(transaction, worker.now())
    log.info("invoice_statuses_set", changed=changed)


async def check_books(worker: BillingWorker) -> None:
    """Every night: name in the log whatever in the ledger disagrees with what it stands for."""
    async with worker.db.connection() as connection:
        await check_all_books(connection)


async def refresh_reports(worker: BillingWorker) -> None:
    """Make the reports again, after a run or an hour."""
    async with worker.db.connection() as connection:
        await refresh.refresh_reports(connection, worker.now())


async def request_refresh(worker: BillingWorker) -> None:
    """Every hour, as readings and payments come in without a run."""
    async with worker.db.transaction() as transaction:
        await refresh.enqueue_refresh(transaction)


@asynccontextmanager
async def start(worker: BillingWorker) -> AsyncIterator[BillingWorker]:
    due, reports = CorrectionsDue(), refresh.ReportAges()
    async with due.shown(worker.db, COUNTED_EVERY_SECONDS), reports.shown(worker.db, COUNTED_EVERY_SECONDS):
        yield worker


def create_worker() -> WorkerDefinition[BillingSettings, BillingWorker]:
    """What `flows work billing` runs."""
    handlers = [
        BILL_MONTH.done_by(bill_month),
        RENDER_INVOICES.done_by(render_invoices),
        RENDER_CREDIT_NOTES.done_by(render_credit_notes),
        CORRECT_MONTH.done_by(correct_month),
        SUM_COSTS.done_by(sum_costs),
        REFRESH_REPORTS.done_by(refresh_reports),
    ]
    crons = [
        Cron(start_due_runs, minute={0, 15, 30, 45}),
        Cron(credit_solar, minute=10),
        Cron(sum_bands, hour=3, minute=20),
        Cron(update_statuses, minute=5),
        Cron(check_books, hour=4, minute=10),
        Cron(request_refresh, minute=10),
        Cron(settle_changes, minute=35),
        Cron(print_missing, minute=50),
    ]
    return WorkerDefinition(SERVICE, load_settings(BillingSettings), handlers, start, crons)


async def _each_esco(connection: Connection, work: Callable[[Esco], Awaitable[None]], *, failed: str) -> None:
    """One community stops no other: the log names those whose data stopped them."""
    for esco in await find_escos(connection, None):
        try:
            await work(esco)
        except Exception as error:
            if not is_about_data(error):
                raise
            log.error(failed, esco=esco.code, reason=say_error(error))


def _ids(found: Iterable[UUID | None]) -> list[str]:
    """Each of them once."""
    return [str(id) for id in dict.fromkeys(found) if id]
