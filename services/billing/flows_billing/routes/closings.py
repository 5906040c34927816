"""What the gateway asks when someone moves out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from flows_billing.closings.final import Closing, FinalBill, final_bill
from flows_billing.routes.settings import Settings
from flows_billing.stores.communities import find_escos
from flows_shared.auth import CallingService
from flows_shared.dates import Day
from flows_shared.numbers import PLAIN
from flows_shared.service import Db
from flows_shared.time import utc_now
from flows_shared.vocabulary.billing import Outcome
from flows_shared.vocabulary.meters import Element

router = APIRouter(prefix="/internal/billing")


class FinalBillRequest(BaseModel):
    esco: UUID
    account_number: Annotated[int, PLAIN]
    last_day: Day
    reads: dict[Element, Annotated[Decimal, PLAIN, Field(ge=0)]] = {}


class ClosingReadResult(BaseModel):
    element: str
    read: Decimal
    source: str


class FinalBillResult(BaseModel):
    account: UUID
    account_number: int
    last_day: date
    outcome: Outcome
    details: str | None
    invoices: list[str]
    credit_notes: list[str]
    reads: list[ClosingReadResult]
    refund_pence: int | None
    balance_pence: int
    next_account: int | None

    @classmethod
    def of(cls, made: FinalBill) -> Self:
        return cls.model_validate(made, from_attributes=True)


@router.post("/final-bills")
async def close(asked: FinalBillRequest, claims: CallingService, db: Db, settings: Settings) -> FinalBillResult:
    """End an account with a day that is over, bill it, and pay its credit back."""
    async with db.connection() as connection:
        [esco] = await find_escos(connection, [asked.esco])
    closing = Closing(
        account_number=asked.account_number,
        last_day=asked.last_day,
        reads={str(element): read for element, read in asked.reads.items()},
        requested_by=claims.actor or claims.subject,
        claims=claims.all,
    )
    return FinalBillResult.of(await final_bill(db, esco, closing, settings, utc_now()))
