"""The evidence of a month, as an archive."""

from fastapi import APIRouter, Response

from flows_billing.communities.months import parse_month
from flows_billing.month_end.evidence import zipped
from flows_billing.month_end.take import take_evidence
from flows_billing.routes.settings import Settings
from flows_billing.stores.communities import find_escos
from flows_shared.auth import CallingService
from flows_shared.contracts.month_end import MANIFEST_HEADER, TAKE_EVIDENCE, EvidenceRequest
from flows_shared.service import Db, serve
from flows_shared.time import utc_now

router = APIRouter()


@serve(router, TAKE_EVIDENCE)
async def evidence(asked: EvidenceRequest, claims: CallingService, db: Db, settings: Settings) -> Response:
    """The controls of a month that has ended. Nothing is stored."""
    async with db.connection() as connection:
        [esco] = await find_escos(connection, [asked.esco])
    by = claims.actor or claims.subject
    made = await take_evidence(db, esco, parse_month(asked.month), settings, now=utc_now(), by=by)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}.zip"',
        MANIFEST_HEADER: made.manifest_sha256,
    }
    return Response(zipped(made), media_type="application/zip", headers=headers)
