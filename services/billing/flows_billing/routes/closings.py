"""What the gateway asks when someone moves out."""

from fastapi import APIRouter

from flows_billing.closings.final import Closing, final_bill
from flows_billing.routes.settings import Settings
from flows_billing.stores.communities import find_escos
from flows_shared.auth import CallingService
from flows_shared.contracts.closings import CLOSE_ACCOUNT, FinalBill, FinalBillRequest
from flows_shared.service import Db, serve
from flows_shared.time import utc_now

router = APIRouter()


@serve(router, CLOSE_ACCOUNT)
async def close(asked: FinalBillRequest, claims: CallingService, db: Db, settings: Settings) -> FinalBill:
    """End an account with a day that is over, bill it, and pay its credit back."""
    async with db.connection() as connection:
        [esco] = await find_escos(connection, [asked.esco])
    closing = Closing(
        account_number=asked.account_number,
        last_day=asked.last_day,
        reads={str(element): read for element, read in asked.reads.items()},
        requested_by=claims.actor or claims.subject,
        claims=claims.all,
    )
    made = await final_bill(db, esco, closing, settings, utc_now())
    return FinalBill.model_validate(made, from_attributes=True)
