"""The billing worker: bill a month, print its invoices, and begin by itself when a month has ended."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from arq import cron

from flows_billing.invoices.documents import insert_documents, unprinted_invoices
from flows_billing.invoices.pdf import render
from flows_billing.runs.escos import due_escos
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import SERVICE, enqueue_runs, request_runs
from flows_billing.settings import BillingSettings
from flows_shared.jobs import complete_job
from flows_shared.outbox import enqueue
from flows_shared.settings import load_settings
from flows_shared.telemetry.logs import get_logger
from flows_shared.time import utc_now
from flows_shared.worker import Worker, WorkerDefinition

# A worker that was down on the 1st makes up for it until then; later a person decides.
CRON_GIVES_UP_AFTER = timedelta(days=3)

log = get_logger()


async def bill_month(ctx: dict[str, Any], run_id: str) -> None:
    """Bill the accounts of a run that have no invoice yet; run again, it goes on where it stopped."""
    worker: Worker = ctx["worker"]
    run = await execute_run(worker.db, UUID(run_id), _settings(worker), utc_now())
    log.info("month_billed", esco=run.esco.code, month=str(run.month), billed=run.billed, failed=run.failed)


async def render_invoices(ctx: dict[str, Any], invoice_ids: list[str]) -> None:
    """Print the invoices that have no PDF yet, and let notify send them."""
    worker: Worker = ctx["worker"]
    async with worker.db.connection() as connection:
        invoices = await unprinted_invoices(connection, [UUID(invoice_id) for invoice_id in invoice_ids])
    pages = [await asyncio.to_thread(render, invoice) for invoice in invoices]
    async with worker.db.transaction() as transaction:
        if invoices:
            await insert_documents(transaction, invoices, pages)
            await enqueue(transaction, "notify", "send_invoices", [str(invoice.id) for invoice in invoices])
        await complete_job(transaction)


async def start_due_runs(ctx: dict[str, Any]) -> None:
    """On the 1st, from the hour set, ask for the month that ended in each community."""
    worker: Worker = ctx["worker"]
    now, hour = utc_now(), timedelta(hours=_settings(worker).billing_cron_hour)
    async with worker.db.transaction() as transaction:
        for month, escos in (await due_escos(transaction, now, hour, CRON_GIVES_UP_AFTER)).items():
            requested = await request_runs(transaction, month, escos, requested_by="cron", now=now)
            await enqueue_runs(transaction, requested.with_work)
            log.info("month_ended", month=str(month), communities=len(escos))


def create_worker() -> WorkerDefinition:
    """What `flows work billing` runs."""
    return WorkerDefinition(
        service=SERVICE,
        settings=load_settings(BillingSettings),
        jobs=[bill_month, render_invoices],
        crons=[cron(start_due_runs, minute={0, 15, 30, 45})],
    )


def _settings(worker: Worker) -> BillingSettings:
    assert isinstance(worker.settings, BillingSettings)
    return worker.settings
