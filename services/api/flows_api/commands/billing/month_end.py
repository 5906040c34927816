"""The evidence of a month's end."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from flows_api.commands.access import Operator
from flows_api.commands.billing.escos import Billing, billable_escos
from flows_api.commands.models import problems
from flows_shared.dates import MonthText
from flows_shared.service import Db

PASSED_ON = ("Content-Disposition", "X-Manifest-Sha256")

router = APIRouter()


class EvidenceRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    month: MonthText
    esco: UUID


@router.post(
    "/evidence",
    summary="The controls of a month that has ended, as an archive",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "The files"}, **problems(404, 503)},
)
async def evidence(asked: EvidenceRequest, principal: Operator, db: Db, billing: Billing) -> Response:
    """A file a control, a summary for people, and a manifest with the hash of each. Nothing is stored."""
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.post("/internal/billing/evidence", asked.model_dump(mode="json"), principal)
    headers = {"Cache-Control": "private, no-store", **{name: answer.headers[name] for name in PASSED_ON}}
    return Response(answer.content, media_type="application/zip", headers=headers)
