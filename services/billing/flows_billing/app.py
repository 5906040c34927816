"""The billing service's web app: routes that the gateway calls for its users."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, Field

from flows_billing.bills.preview import preview_run
from flows_billing.bills.sharing import share_month
from flows_billing.bills.simulate import simulate
from flows_billing.communities.esco import Esco, require_vat_number
from flows_billing.communities.months import months_until, parse_month, require_finished
from flows_billing.errors import UnknownInvoice
from flows_billing.invoices.documents import printed_invoice
from flows_billing.invoices.explain import Explanation, explain
from flows_billing.ledger.watch import sum_ledger
from flows_billing.proof.invoices import verify_invoices
from flows_billing.routes import closings, corrections, money, month_end
from flows_billing.routes.settings import Settings
from flows_billing.runs.request import enqueue_runs, request_runs
from flows_billing.runs.run import Run, Unbilled
from flows_billing.runs.store import find_run, unbilled_outcomes
from flows_billing.settings import SERVICE, BillingSettings
from flows_billing.stores.communities import find_escos
from flows_billing.views import (
    ExplainRequest,
    PreviewRequest,
    PreviewResult,
    SharingRequest,
    SharingResult,
    SimulationRequest,
    SimulationResult,
    VerifyRequest,
    VerifyResult,
)
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.db import Database
from flows_shared.service import Db, create_service_app
from flows_shared.settings import load_settings
from flows_shared.tasks import repeating
from flows_shared.time import Month, utc_now
from flows_shared.vocabulary.billing import RunStatus

UNBILLED_SHOWN = 1_000
ACCOUNTS_SHOWN = 10_000

router = APIRouter(prefix="/internal/billing")


class RunRequest(BaseModel):
    month: Annotated[str, Field(examples=["2026-10"])]
    escos: Annotated[list[UUID] | None, Field(description="communities; all when null")] = None


class RunState(BaseModel):
    """A run and how far it is."""

    id: UUID
    esco: UUID
    esco_code: str
    month: str
    status: RunStatus
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    accounts: int
    billed: int
    skipped: int
    failed: int
    percent: int
    error: str | None

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls.model_validate(_state(run))


class RunResult(RunState):
    """`unbilled` names the accounts without an invoice, failed ones first, at most a thousand."""

    unbilled: list[Unbilled]


@router.post("/runs", status_code=202, responses={200: {"description": "Nothing is left to do"}})
async def start_runs(asked: RunRequest, response: Response, claims: CallingService, db: Db) -> list[RunState]:
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
    return [RunState.of(run) for run in requested.runs]


@router.get("/runs/{run_id}")
async def run_result(run_id: UUID, _claims: CallingService, db: Db) -> RunResult:
    """How far a run is, and which accounts it could not bill."""
    async with db.connection() as connection:
        run = await find_run(connection, run_id)
        unbilled = await unbilled_outcomes(connection, run_id, UNBILLED_SHOWN)
    return RunResult.model_validate({**_state(run), "unbilled": unbilled})


@router.post("/previews")
async def preview(asked: PreviewRequest, _claims: CallingService, db: Db, settings: Settings) -> PreviewResult:
    """What a month's run would bill. Nothing is stored."""
    esco, month = await _billable(db, asked.esco, asked.month)
    require_vat_number(esco)
    return PreviewResult.of(await preview_run(db, esco, month, settings, only=asked.accounts), ACCOUNTS_SHOWN)


@router.post("/simulations")
async def simulation(asked: SimulationRequest, _claims: CallingService, db: Db, settings: Settings) -> SimulationResult:
    """Months at another tariff, beside what they cost at the tariffs that hold. Nothing is stored."""
    esco, last = await _billable(db, asked.esco, asked.until or asked.month)
    months = months_until(parse_month(asked.month), last)
    found = await simulate(db, esco, months, asked.tariff.tariff(months[0]), settings, only=asked.accounts)
    return SimulationResult.of(found, ACCOUNTS_SHOWN)


@router.post("/sharing")
async def sharing(asked: SharingRequest, _claims: CallingService, db: Db) -> SharingResult:
    """How a month's generation is allocated. Nothing is stored."""
    esco, month = await _billable(db, asked.esco, asked.month)
    async with db.connection() as connection:
        groups = await share_month(connection, esco.id, month, esco.zone, account=asked.account)
    return SharingResult(esco=esco.id, esco_code=esco.code, month=str(month), groups=groups)


@router.post("/verifications")
async def verification(asked: VerifyRequest, _claims: CallingService, db: Db, settings: Settings) -> VerifyResult:
    """Invoices computed again from their sources, and what does not agree."""
    month = parse_month(asked.month) if asked.month else None
    async with db.connection() as connection:
        found = [
            await verify_invoices(connection, esco=esco, month=month, number=asked.number, settings=settings)
            for esco in (asked.escos or (None,))
        ]
    return VerifyResult.of(found)


@router.post("/explanations")
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


def _state(run: Run) -> dict[str, object]:
    shown = {name: getattr(run, name) for name in RunState.model_fields if hasattr(run, name)}
    return {**shown, "esco": run.esco.id, "esco_code": run.esco.code, "month": str(run.month)}
