"""Look before a month is billed, try another tariff on it, and check what was billed."""

from fastapi import APIRouter

from flows_api.routes.access import Operator
from flows_api.routes.billing.escos import Billing, Escos, billable_escos
from flows_api.routes.models import problems
from flows_shared.contracts import verifications
from flows_shared.contracts.previews import PREVIEW, SIMULATE, Preview, PreviewRequest, Simulation, SimulationRequest
from flows_shared.contracts.verifications import VERIFY, Verification
from flows_shared.service import Db

router = APIRouter()


class VerifyRequest(verifications.VerifyRequest):
    escos: Escos = None


@router.post("/previews", summary="What a month's run would bill; nothing is stored", responses=problems(404, 503))
async def preview(asked: PreviewRequest, principal: Operator, db: Db, billing: Billing) -> Preview:
    """Accounts that have no invoice for the month yet, or those named whether they have one or not."""
    await billable_escos(db, principal, [asked.esco])
    return await billing.call(PREVIEW, asked, principal)


@router.post("/simulations", summary="What if: a month, or several, at another tariff", responses=problems(404, 503))
async def simulate(asked: SimulationRequest, principal: Operator, db: Db, billing: Billing) -> Simulation:
    """Nothing is stored."""
    await billable_escos(db, principal, [asked.esco])
    return await billing.call(SIMULATE, asked, principal)


@router.post("/verifications", summary="Compute invoices again from their sources", responses=problems(404, 503))
async def verify(asked: VerifyRequest, principal: Operator, db: Db, billing: Billing) -> Verification:
    escos = await billable_escos(db, principal, asked.escos)
    return await billing.call(VERIFY, asked.model_copy(update={"escos": escos}), principal)
