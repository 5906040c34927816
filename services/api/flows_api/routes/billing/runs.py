"""Start a month's billing run and see how it goes."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from flows_api.auth.acting import acting_as
from flows_api.routes.access import Operator, OperatorReader
from flows_api.routes.billing.escos import Billing, Escos, billable_escos
from flows_api.routes.models import problems
from flows_shared.contracts import runs
from flows_shared.contracts.runs import START_RUNS, BillingRun
from flows_shared.dates import MonthText
from flows_shared.errors import NotFoundError
from flows_shared.numbers import PLAIN
from flows_shared.service import Db
from flows_shared.vocabulary.billing import Outcome

RUNS = """
    SELECT run.id, run.esco, esco.code AS esco_code, to_char(run.month, 'YYYY-MM') AS month, run.status,
           run.requested_by, run.started_at, run.finished_at, run.accounts, run.billed, run.skipped, run.failed,
           CASE WHEN run.status = 'completed' THEN 100
                ELSE 100 * (run.billed + run.skipped + run.failed) / greatest(run.accounts, 1) END AS percent,
           run.error
      FROM public.billing_runs AS run
      JOIN flows.escos AS esco ON esco.id = run.esco
"""
RUN = f"{RUNS} WHERE run.id = $1"
LIST_RUNS = f"""{RUNS}
     WHERE ($1::date IS NULL OR run.month = $1) AND ($2::uuid IS NULL OR run.esco = $2)
     ORDER BY run.month DESC, esco.code
     LIMIT $3 OFFSET $4
"""
OUTCOMES = """
    SELECT outcome.account, account.account_number, outcome.outcome, outcome.reason, outcome.details,
           invoice.number AS invoice, invoice.total_pence
      FROM public.billing_run_accounts AS outcome
      JOIN public.accounts AS account ON account.id = outcome.account
      LEFT JOIN public.invoices AS invoice ON invoice.id = outcome.invoice
     WHERE outcome.run = $1 AND ($2::text IS NULL OR outcome.outcome = $2)
     ORDER BY account.account_number
     LIMIT $3 OFFSET $4
"""

router = APIRouter()


class RunUnknown(NotFoundError):
    code = "billing.unknown_run"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"there is no billing run {run_id}")


class RunRequest(runs.RunRequest):
    escos: Annotated[Escos, Field(description="communities; all of the caller's when null")] = None


class AccountOutcome(BaseModel):
    account: UUID
    account_number: int
    outcome: Outcome
    reason: str | None = Field(examples=["no_tariff"])
    details: str | None
    invoice: str | None = Field(description="the invoice's number", examples=["WLCE-000001"])
    total_pence: int | None


class BillingRunResult(BillingRun):
    outcomes: list[AccountOutcome]


@router.post(
    "/runs",
    status_code=202,
    summary="Bill a month, or go on with it",
    responses={200: {"model": list[BillingRun], "description": "Nothing is left to do"}, **problems(404, 503)},
)
async def start_runs(
    asked: RunRequest,
    response: Response,
    principal: Operator,
    db: Db,
    billing: Billing,
) -> list[BillingRun]:
    """One run a community. Asked again, a run goes on with the accounts that have no invoice yet."""
    escos = await billable_escos(db, principal, asked.escos)
    answer = await billing.send(START_RUNS, runs.RunRequest(month=asked.month, escos=escos), principal)
    response.status_code = answer.status_code
    return START_RUNS.read(answer.content)


@router.get("/runs", summary="Runs, the latest month first", responses=problems())
async def list_runs(
    principal: OperatorReader,
    db: Db,
    month: Annotated[MonthText | None, Query()] = None,
    esco: UUID | None = None,
    limit: Annotated[int, PLAIN, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, PLAIN, Query(ge=0, le=1_000_000_000)] = 0,
) -> list[BillingRun]:
    first_day = date.fromisoformat(f"{month}-01") if month else None
    async with acting_as(db, principal) as transaction:
        rows = await transaction.fetch(LIST_RUNS, first_day, esco, limit, offset)
    return [BillingRun(**row) for row in rows]


@router.get("/runs/{run_id}", summary="A run and what became of each account", responses=problems(404))
async def run_result(
    run_id: UUID,
    principal: OperatorReader,
    db: Db,
    outcome: Outcome | None = None,
    limit: Annotated[int, PLAIN, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, PLAIN, Query(ge=0, le=1_000_000_000)] = 0,
) -> BillingRunResult:
    """`limit` and `offset` page through the accounts."""
    async with acting_as(db, principal) as transaction:
        run = await transaction.fetchrow(RUN, run_id)
        if run is None:
            raise RunUnknown(run_id)
        outcomes = await transaction.fetch(OUTCOMES, run_id, outcome, limit, offset)
    return BillingRunResult(**run, outcomes=[AccountOutcome(**row) for row in outcomes])
