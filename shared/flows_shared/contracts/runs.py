"""Bill a month."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from flows_shared.contracts.route import Answer, Request, Route
from flows_shared.dates import MonthText
from flows_shared.vocabulary.billing import RunStatus


class RunRequest(Request):
    model_config = ConfigDict(json_schema_extra={"examples": [{"month": "2026-10"}]})

    month: Annotated[MonthText, Field(description="a month that has ended, year and month")]
    escos: Annotated[list[UUID] | None, Field(description="communities; all when null")] = None


class BillingRun(Answer):
    """A run and how far it is. `accounts` are looked at; `billed`, `skipped` and `failed` of them have an outcome."""

    id: UUID
    esco: UUID
    esco_code: str = Field(examples=["WLCE"])
    month: MonthText
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


START_RUNS = Route("POST", "/internal/billing/runs", RunRequest, list[BillingRun], status=202)
