"""How a community's generation was allocated to its members."""

from fastapi import APIRouter

from flows_api.routes.access import Operator
from flows_api.routes.billing.escos import Billing, billable_escos
from flows_api.routes.models import problems
from flows_shared.contracts.sharing import SHARE, Sharing, SharingRequest
from flows_shared.service import Db

router = APIRouter()


@router.post("/sharing", summary="How a month's generation is allocated", responses=problems(404, 503))
async def share(asked: SharingRequest, principal: Operator, db: Db, billing: Billing) -> Sharing:
    """Each group's generation, surplus and residue, and what each member consumed, shared and imported."""
    await billable_escos(db, principal, [asked.esco])
    return await billing.call(SHARE, asked, principal)
