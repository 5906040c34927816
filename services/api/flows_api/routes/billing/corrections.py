"""Bill a month again that was billed: what differs first, then credit notes and new invoices."""

from fastapi import APIRouter, Response

from flows_api.routes.access import Operator
from flows_api.routes.billing.escos import Billing, billable_escos
from flows_api.routes.models import problems
from flows_shared.contracts.corrections import CORRECT, CorrectionRequest, Corrections
from flows_shared.service import Db

router = APIRouter()


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
    answer = await billing.send(CORRECT, asked, principal)
    response.status_code = answer.status_code
    return CORRECT.read(answer.content)
