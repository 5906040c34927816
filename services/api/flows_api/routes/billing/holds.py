"""Let a bill go that waits for a person."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.auth.acting import acting_as
from flows_api.routes.access import Operator
from flows_api.routes.models import problems
from flows_shared.contracts.money import Text
from flows_shared.errors import NotFoundError
from flows_shared.service import Db
from flows_shared.vocabulary.billing import HoldReason

COLUMNS = "id, account, to_char(month, 'YYYY-MM') AS month, reason, details, release_reason, released_by, released_at"
RELEASE = f"UPDATE public.bill_holds SET release_reason = $2 WHERE id = $1 RETURNING {COLUMNS}"

router = APIRouter()


class HoldUnknown(NotFoundError):
    code = "billing.unknown_hold"

    def __init__(self, hold: UUID) -> None:
        super().__init__(f"there is no held bill {hold}")


class Release(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(description="why the bill is right as it is")


class BillHold(BaseModel):
    """A bill that waited, why, and who released it; `/rest/v1/bill_holds` lists them."""

    id: UUID
    account: UUID
    month: str = Field(examples=["2026-10"])
    reason: HoldReason
    details: str
    release_reason: str
    released_by: str
    released_at: datetime


@router.post("/holds/{hold}/release", summary="Release a held bill", responses=problems(404))
async def release(hold: UUID, asked: Release, principal: Operator, db: Db) -> BillHold:
    """The month asked again bills the account, as long as nothing else looks wrong by then."""
    async with acting_as(db, principal) as transaction:
        row = await transaction.fetchrow(RELEASE, hold, asked.reason)
    if row is None:
        raise HoldUnknown(hold)
    return BillHold(**row)
