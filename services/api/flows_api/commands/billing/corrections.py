"""Bill a month again that was billed: what differs first, then credit notes and new invoices."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from flows_api.commands.access import Operator
from flows_api.commands.billing.escos import Billing, billable_escos
from flows_api.commands.billing.previews import Accounts
from flows_api.commands.models import problems
from flows_shared.contracts.money import Text
from flows_shared.dates import MonthText
from flows_shared.service import Db

router = APIRouter()

Cause = Literal["readings", "tariff", "vat", "payer", "days"]


class CorrectionRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    month: MonthText
    esco: UUID
    accounts: Accounts = None
    causes: list[Cause] = Field([], description="only corrections that have one of these; all when empty")
    reason: Text | None = Field(None, description="for the credit notes; else the causes")
    confirm: bool = Field(False, description="put right what differs; without it nothing is stored")


class LineDifference(BaseModel):
    """A line before and after; a side without such a line is null. `period_end` is the first day after."""

    description: str
    unit: str
    period_start: date
    period_end: date
    quantity_before: Decimal | None
    quantity_after: Decimal | None
    rate_before: Decimal | None
    rate_after: Decimal | None
    vat_rate_before: Decimal | None
    vat_rate_after: Decimal | None
    amount_before_pence: int
    amount_after_pence: int


class Correction(BaseModel):
    """One payer's invoice before and after."""

    customer: UUID
    causes: list[Cause]
    invoice: str | None = Field(description="the one to take back; null: they were not billed")
    before_pence: int
    after_pence: int
    difference_pence: int
    vat_before_pence: int
    vat_after_pence: int
    lines: list[LineDifference]


class CorrectedAccount(BaseModel):
    account: UUID
    account_number: int
    outcome: Literal["differs", "too_old", "failed"]
    details: str | None
    corrections: list[Correction]


class Corrections(BaseModel):
    """Accounts whose invoices would be others now, at most 10,000; the counts and the difference are of all."""

    esco: UUID
    esco_code: str = Field(examples=["WLCE"])
    month: MonthText
    queued: bool = Field(description="whether a worker puts them right now; see public.credit_notes")
    unchanged: int
    differs: int
    too_old: int = Field(description="what they would charge more was used too long ago")
    failed: int
    difference_pence: int
    accounts: list[CorrectedAccount]


@router.post(
    "/corrections",
    summary="What a month's invoices would be now, and on demand put them right",
    responses={202: {"model": Corrections, "description": "Confirmed: a worker does it"}, **problems(404, 503)},
)
async def correct(
    asked: CorrectionRequest, response: Response, principal: Operator, db: Db, billing: Billing
) -> Corrections:
    """Confirmed, each invoice that differs is taken back by a credit note, and a new one takes its place."""
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.post("/internal/billing/corrections", asked.model_dump(mode="json"), principal)
    response.status_code = answer.status_code
    return Corrections.model_validate_json(answer.content)
