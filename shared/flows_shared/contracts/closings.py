"""An account that is closed with its final bill."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from flows_shared.contracts.route import Answer, Request, Route
from flows_shared.dates import Day
from flows_shared.numbers import PLAIN
from flows_shared.vocabulary.billing import Outcome, ReadSource
from flows_shared.vocabulary.meters import Element


class FinalBillRequest(Request):
    esco: UUID
    account_number: Annotated[int, PLAIN]
    last_day: Day = Field(description="the last day that is billed; it must be over")
    reads: dict[Element, Annotated[Decimal, PLAIN, Field(ge=0)]] = Field(
        {},
        description="what the customer read, in kWh by element; else the meter's own count",
        examples=[{"A": "1234.5"}],
    )


class ClosingRead(Answer):
    element: Element
    read: Decimal
    source: ReadSource


class FinalBill(Answer):
    """What was made; asked again, a closing goes on with what is not billed or refunded yet."""

    account: UUID
    account_number: int
    last_day: date
    outcome: Outcome
    details: str | None
    invoices: tuple[str, ...]
    credit_notes: tuple[str, ...] = Field(description="of invoices that were issued beyond the last day")
    reads: tuple[ClosingRead, ...]
    refund_pence: int | None
    balance_pence: int = Field(description="what is owed after the refund")
    next_account: int | None = Field(description="who is billed for the home from the next day on")


CLOSE_ACCOUNT = Route("POST", "/internal/billing/final-bills", FinalBillRequest, FinalBill)
