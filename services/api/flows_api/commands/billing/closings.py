"""Close an account when someone moves out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.commands.access import Operator
from flows_api.commands.billing.escos import Billing, billable_escos
from flows_api.commands.models import problems
from flows_shared.dates import Day
from flows_shared.numbers import PLAIN
from flows_shared.service import Db

router = APIRouter()

Element = Literal["A", "B", "SINGLE"]


class FinalBillRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    esco: UUID
    account_number: Annotated[int, PLAIN]
    last_day: Day = Field(description="the last day that is billed; it must be over")
    reads: dict[Element, Annotated[Decimal, PLAIN, Field(ge=0)]] = Field(
        {},
        description="what the customer read, in kWh by element; else the meter's own count",
        examples=[{"A": "1234.5"}],
    )


class ClosingRead(BaseModel):
    element: Element
    read: Decimal
    source: Literal["meter", "customer", "estimated"]


class FinalBill(BaseModel):
    """What was made; asked again, a closing goes on with what is not billed or refunded yet."""

    account: UUID
    account_number: int
    last_day: date
    outcome: Literal["billed", "skipped", "failed"]
    details: str | None
    invoices: list[str]
    credit_notes: list[str] = Field(description="of invoices that were issued beyond the last day")
    reads: list[ClosingRead]
    refund_pence: int | None
    balance_pence: int = Field(description="what is owed after the refund")
    next_account: int | None = Field(description="who is billed for the home from the next day on")


@router.post("/final-bills", summary="Close an account with its final bill", responses=problems(404, 503))
async def close(asked: FinalBillRequest, principal: Operator, db: Db, billing: Billing) -> FinalBill:
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.post("/internal/billing/final-bills", asked.model_dump(mode="json"), principal)
    return FinalBill.model_validate_json(answer.content)
