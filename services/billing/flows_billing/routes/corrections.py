"""What the gateway asks about corrections."""

from fastapi import APIRouter, Response

from flows_billing.communities.esco import require_vat_number
from flows_billing.communities.months import parse_month
from flows_billing.corrections.documents import printed_note
from flows_billing.corrections.explain import explain_note
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import Rebilling
from flows_billing.errors import UnknownCreditNote
from flows_billing.routes.settings import Settings
from flows_billing.stores.communities import find_escos
from flows_shared.acting import acting
from flows_shared.auth import CallingService
from flows_shared.contracts.corrections import CORRECT, CorrectedAccount, CorrectionRequest, Corrections
from flows_shared.contracts.explanations import EXPLAIN_CREDIT_NOTE, CreditNoteExplanation, ExplainRequest
from flows_shared.contracts.jobs import CORRECT_MONTH, CorrectionWork
from flows_shared.outbox import enqueue
from flows_shared.service import Db, serve
from flows_shared.time import utc_now

ACCOUNTS_SHOWN = 10_000

router = APIRouter()


@serve(router, CORRECT)
async def correct(
    asked: CorrectionRequest, response: Response, claims: CallingService, db: Db, settings: Settings
) -> Corrections:
    """What a month's invoices would be now; confirmed, a worker puts them right, as that may take long."""
    month = parse_month(asked.month)
    async with acting(db, claims.all) as transaction:
        [esco] = await find_escos(transaction, [asked.esco])
        require_vat_number(esco)
        if asked.confirm:
            work = CorrectionWork(**dict(asked), requested_by=claims.actor or claims.subject)
            await enqueue(transaction, CORRECT_MONTH(work.model_dump(mode="json", exclude={"confirm"}), claims.all))
            response.status_code = 202
            return Corrections(
                esco=esco.id, esco_code=esco.code, month=str(month), queued=True, unchanged=0, differs=0, too_old=0,
                failed=0, difference_pence=0, accounts=(),
            )  # fmt: skip
    found = await rebill(db, esco, month, settings, utc_now(), only=asked.accounts, causes=asked.causes)
    return _answer(found)


@serve(router, EXPLAIN_CREDIT_NOTE)
async def explanation(asked: ExplainRequest, _claims: CallingService, db: Db) -> CreditNoteExplanation:
    """What a credit note takes back, and what is different in the invoice in its place."""
    async with db.connection() as connection:
        note = await printed_note(connection, asked.number)
    if note is None:
        raise UnknownCreditNote(asked.number)
    return explain_note(note)


def _answer(found: Rebilling) -> Corrections:
    accounts = [account for account in found.accounts if account.outcome != "unchanged"]
    return Corrections(
        esco=found.esco.id,
        esco_code=found.esco.code,
        month=str(found.month),
        queued=False,
        unchanged=found.count("unchanged"),
        differs=found.count("differs"),
        too_old=found.count("too_old"),
        failed=found.count("failed"),
        difference_pence=found.difference_pence,
        accounts=tuple(
            CorrectedAccount.model_validate(account, from_attributes=True) for account in accounts[:ACCOUNTS_SHOWN]
        ),
    )
