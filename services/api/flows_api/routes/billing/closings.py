"""Close an account when someone moves out."""

from fastapi import APIRouter

from flows_api.routes.access import Operator
from flows_api.routes.billing.escos import Billing, billable_escos
from flows_api.routes.models import problems
from flows_shared.contracts.closings import CLOSE_ACCOUNT, FinalBill, FinalBillRequest
from flows_shared.service import Db

router = APIRouter()


@router.post("/final-bills", summary="Close an account with its final bill", responses=problems(404, 503))
async def close(asked: FinalBillRequest, principal: Operator, db: Db, billing: Billing) -> FinalBill:
    await billable_escos(db, principal, [asked.esco])
    return await billing.call(CLOSE_ACCOUNT, asked, principal)
