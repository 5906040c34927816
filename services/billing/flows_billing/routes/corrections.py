"""What the gateway asks about corrections."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from flows_billing.communities.esco import require_vat_number
from flows_billing.communities.months import parse_month
from flows_billing.corrections.documents import printed_note
from flows_billing.corrections.explain import NoteExplanation, explain_note
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import RebilledAccount, Rebilling
from flows_billing.errors import UnknownCreditNote
from flows_billing.routes.settings import Settings
from flows_billing.settings import SERVICE
from flows_billing.stores.communities import find_escos
from flows_billing.views import ExplainRequest
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.dates import MonthText
from flows_shared.outbox import enqueue
from flows_shared.service import Db
from flows_shared.time import utc_now
from flows_shared.vocabulary.billing import CorrectionCause

ACCOUNTS_SHOWN = 10_000

router = APIRouter(prefix="/internal/billing")


class CorrectionRequest(BaseModel):
    month: MonthText
    esco: UUID
    accounts: list[UUID] | None = None
    causes: list[CorrectionCause] = []
    reason: str | None = Field(None, min_length=1)
    confirm: bool = False


class CorrectionResult(BaseModel):
    """`accounts` are those that differ, are too old or failed; `queued`: a worker puts right what differs."""

    esco: UUID
    esco_code: str
    month: MonthText
    queued: bool
    unchanged: int
    differs: int
    too_old: int
    failed: int
    difference_pence: int
    accounts: list[RebilledAccount]

    @classmethod
    def of(cls, found: Rebilling) -> Self:
        accounts = [account for account in found.accounts if account.outcome != "unchanged"]
        return cls(
            esco=found.esco.id,
            esco_code=found.esco.code,
            month=str(found.month),
            queued=False,
            unchanged=found.count("unchanged"),
            differs=found.count("differs"),
            too_old=found.count("too_old"),
            failed=found.count("failed"),
            difference_pence=found.difference_pence,
            accounts=accounts[:ACCOUNTS_SHOWN],
        )


@router.post("/corrections")
async def correct(
    asked: CorrectionRequest, response: Response, claims: CallingService, db: Db, settings: Settings
) -> CorrectionResult:
    """What a month's invoices would be now; confirmed, a worker puts them right, as that may take long."""
    month = parse_month(asked.month)
    async with acting(db, claims.all) as transaction:
        [esco] = await find_escos(transaction, [asked.esco])
        require_vat_number(esco)
        if asked.confirm:
            work = asked.model_dump(mode="json", exclude={"confirm"})
            work["requested_by"] = claims.actor or claims.subject
            await enqueue(transaction, SERVICE, "correct_month", work, claims.all)
            response.status_code = 202
            return CorrectionResult(
                esco=esco.id, esco_code=esco.code, month=str(month), queued=True, unchanged=0, differs=0, too_old=0,
                failed=0, difference_pence=0, accounts=[],
            )  # fmt: skip
    found = await rebill(db, esco, month, settings, utc_now(), only=asked.accounts, causes=asked.causes)
    return CorrectionResult.of(found)


@router.post("/credit-note-explanations")
async def explanation(asked: ExplainRequest, _claims: CallingService, db: Db) -> NoteExplanation:
    """What a credit note takes back, and what is different in the invoice in its place."""
    async with db.connection() as connection:
        note = await printed_note(connection, asked.number)
    if note is None:
        raise UnknownCreditNote(asked.number)
    return explain_note(note)
