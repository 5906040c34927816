"""The evidence of a month's end."""

from fastapi import APIRouter, Response

from flows_api.routes.access import Operator
from flows_api.routes.billing.escos import Billing, billable_escos
from flows_api.routes.models import problems
from flows_shared.contracts.month_end import MANIFEST_HEADER, TAKE_EVIDENCE, EvidenceRequest
from flows_shared.service import Db

PASSED_ON = ("Content-Disposition", MANIFEST_HEADER)

router = APIRouter()


@router.post(
    "/evidence",
    summary="The controls of a month that has ended, as an archive",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "The files"}, **problems(404, 503)},
)
async def evidence(asked: EvidenceRequest, principal: Operator, db: Db, billing: Billing) -> Response:
    """A file a control, a summary for people, and a manifest with the hash of each. Nothing is stored."""
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.send(TAKE_EVIDENCE, asked, principal)
    headers = {"Cache-Control": "private, no-store", **{name: answer.headers[name] for name in PASSED_ON}}
    return Response(answer.content, media_type="application/zip", headers=headers)
