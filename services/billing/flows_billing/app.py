"""The billing service's web app: routes that the gateway calls for its users."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from fastapi import APIRouter, FastAPI, Response

from flows_billing.answers import preview_answer, run_answer, simulation_answer, tariff_of, verification_answer
from flows_billing.bills.preview import preview_run
from flows_billing.bills.sharing import share_month
from flows_billing.bills.simulate import simulate
from flows_billing.communities.esco import Esco, require_vat_number
from flows_billing.communities.months import months_until, parse_month, require_finished
from flows_billing.errors import UnknownInvoice
from flows_billing.invoices.documents import printed_invoice
from flows_billing.invoices.explain import explain
from flows_billing.ledger.watch import sum_ledger
from flows_billing.proof.invoices import verify_invoices
from flows_billing.routes import closings, corrections, money, month_end
from flows_billing.routes.settings import Settings
from flows_billing.runs.request import enqueue_runs, request_runs
from flows_billing.settings import SERVICE, BillingSettings
from flows_billing.stores.communities import find_escos
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.contracts.explanations import EXPLAIN_INVOICE, ExplainRequest, Explanation
from flows_shared.contracts.previews import PREVIEW, SIMULATE, Preview, PreviewRequest, Simulation, SimulationRequest
from flows_shared.contracts.runs import START_RUNS, BillingRun, RunRequest
from flows_shared.contracts.sharing import SHARE, Sharing, SharingRequest
from flows_shared.contracts.verifications import VERIFY, Verification, VerifyRequest
from flows_shared.db import Database
from flows_shared.service import Db, create_service_app, serve
from flows_shared.settings import load_settings
from flows_shared.tasks import repeating
from flows_shared.time import Month, local_date, utc_now

ACCOUNTS_SHOWN = 10_000

router = APIRouter()


@serve(router, START_RUNS)
async def start_runs(asked: RunRequest, response: Response, claims: CallingService, db: Db) -> list[BillingRun]:
    """Bill a month that has ended, or go on with it."""
    month = parse_month(asked.month)
    async with acting(db, claims.all) as transaction:
        if asked.escos and len(asked.escos) == 1:  # of several, each says so by a run of its own that fails
            [esco] = await find_escos(transaction, asked.escos)
            require_vat_number(esco)
        requested = await request_runs(
            transaction, month, asked.escos, requested_by=claims.actor or claims.subject, now=utc_now()
        )
        await enqueue_runs(transaction, requested.with_work)
    if not requested.with_work:
        response.status_code = 200
    return [run_answer(run) for run in requested.runs]


@serve(router, PREVIEW)
async def preview(asked: PreviewRequest, _claims: CallingService, db: Db, settings: Settings) -> Preview:
    """What a month's run would bill. Nothing is stored."""
    esco, month = await _billable(db, asked.esco, asked.month)
    require_vat_number(esco)
    found = await preview_run(db, esco, month, settings, local_date(utc_now(), esco.zone), only=asked.accounts)
    return preview_answer(found, ACCOUNTS_SHOWN)


@serve(router, SIMULATE)
async def simulation(asked: SimulationRequest, _claims: CallingService, db: Db, settings: Settings) -> Simulation:
    """Months at another tariff, beside what they cost at the tariffs that hold. Nothing is stored."""
    esco, last = await _billable(db, asked.esco, asked.until or asked.month)
    months = months_until(parse_month(asked.month), last)
    found = await simulate(db, esco, months, tariff_of(asked.tariff, months[0]), settings, only=asked.accounts)
    return simulation_answer(found, ACCOUNTS_SHOWN)


@serve(router, SHARE)
async def sharing(asked: SharingRequest, _claims: CallingService, db: Db) -> Sharing:
    """How a month's generation is allocated. Nothing is stored."""
    esco, month = await _billable(db, asked.esco, asked.month)
    async with db.connection() as connection:
        groups = await share_month(connection, esco.id, month, esco.zone, account=asked.account)
    return Sharing(esco=esco.id, esco_code=esco.code, month=str(month), groups=tuple(groups))


@serve(router, VERIFY)
async def verification(asked: VerifyRequest, _claims: CallingService, db: Db, settings: Settings) -> Verification:
    """Invoices computed again from their sources, and what does not agree."""
    month = parse_month(asked.month) if asked.month else None
    async with db.connection() as connection:
        found = [
            await verify_invoices(connection, esco=esco, month=month, number=asked.number, settings=settings)
            for esco in (asked.escos or (None,))
        ]
    return verification_answer(found)


@serve(router, EXPLAIN_INVOICE)
async def explanation(asked: ExplainRequest, _claims: CallingService, db: Db) -> Explanation:
    """How each amount of an invoice came about."""
    async with db.connection() as connection:
        invoice = await printed_invoice(connection, asked.number)
    if invoice is None:
        raise UnknownInvoice(asked.number)
    return explain(invoice)


def create_app() -> FastAPI:
    """What `flows serve billing` runs."""
    app = create_service_app(SERVICE, load_settings(BillingSettings), lifespan=_watch_ledger)
    for each in (router, money.router, month_end.router, corrections.router, closings.router):
        app.include_router(each)
    return app


@asynccontextmanager
async def _watch_ledger(app: FastAPI) -> AsyncIterator[None]:
    every_seconds = app.state.settings.billing_ledger_sum_seconds
    async with repeating(partial(sum_ledger, app.state.db), every_seconds, failed="ledger_not_summed"):
        yield


async def _billable(db: Database, esco_id: UUID, text: str) -> tuple[Esco, Month]:
    month = parse_month(text)
    async with db.connection() as connection:
        [esco] = await find_escos(connection, [esco_id])
    require_finished(month, esco, utc_now())
    return esco, month
