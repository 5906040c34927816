"""A month that was billed, billed again."""

from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from flows_shared.contracts.money import Text
from flows_shared.contracts.previews import Accounts
from flows_shared.contracts.route import Answer, Request, Route
from flows_shared.dates import MonthText

Cause: TypeAlias = Literal["readings", "tariff", "vat", "payer", "days"]


class CorrectionRequest(Request):
    month: MonthText
    esco: UUID
    accounts: Accounts = None
    causes: list[Cause] = Field([], description="only corrections that have one of these; all when empty")
    reason: Text | None = Field(None, description="for the credit notes; else the causes")
    confirm: bool = Field(False, description="put right what differs; without it nothing is stored")


class LineDifference(Answer):
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

    @property
    def difference_pence(self) -> int:
        return self.amount_after_pence - self.amount_before_pence


class Correction(Answer):
    """One payer's invoice before and after."""

    customer: UUID
    causes: tuple[Cause, ...]
    invoice: str | None = Field(description="the one to take back; null: they were not billed")
    before_pence: int
    after_pence: int
    difference_pence: int
    vat_before_pence: int
    vat_after_pence: int
    lines: tuple[LineDifference, ...]


class CorrectedAccount(Answer):
    account: UUID
    account_number: int
    outcome: Literal["differs", "too_old", "failed"]
    details: str | None
    corrections: tuple[Correction, ...]


class Corrections(Answer):
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
    accounts: tuple[CorrectedAccount, ...]


CORRECT = Route("POST", "/internal/billing/corrections", CorrectionRequest, Corrections)
