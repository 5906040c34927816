"""The billing service's web app: routes that the gateway calls for its users."""

import json
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, Field

from flows_billing.runs.request import SERVICE, enqueue_runs, request_runs
from flows_billing.runs.run import Run, RunStatus, Unbilled, parse_month
from flows_billing.runs.store import find_run, unbilled_outcomes
from flows_billing.settings import BillingSettings
from flows_shared.auth import CallingService, Claims
from flows_shared.db import Connection
from flows_shared.service import Db, create_service_app
from flows_shared.settings import load_settings
from flows_shared.time import utc_now

UNBILLED_SHOWN = 1_000

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
    async with db.transaction() as transaction:
        await _act_for(transaction, claims)
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


def create_app() -> FastAPI:
    """What `flows serve billing` runs."""
    app = create_service_app(SERVICE, load_settings(BillingSettings))
    app.include_router(router)
    return app


async def _act_for(transaction: Connection, claims: Claims) -> None:
    """The audit log names whom the gateway acts for."""
    await transaction.execute("SELECT set_config('request.jwt.claims', $1, true)", json.dumps(claims.all))


def _state(run: Run) -> dict[str, object]:
    shown = {name: getattr(run, name) for name in RunState.model_fields if hasattr(run, name)}
    return {**shown, "esco": run.esco.id, "esco_code": run.esco.code, "month": str(run.month)}
