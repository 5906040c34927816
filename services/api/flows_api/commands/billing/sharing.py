"""How a community's generation was allocated to its members."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.commands.access import Operator
from flows_api.commands.billing.escos import Billing, billable_escos
from flows_api.commands.models import problems
from flows_shared.dates import MonthText
from flows_shared.service import Db

router = APIRouter()


class SharingRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    month: MonthText
    esco: UUID
    account: UUID | None = Field(None, description="answers with each half hour of this account's home")


class SharedHome(BaseModel):
    home: UUID
    plot: str
    consumption_kwh: Decimal
    shared_kwh: Decimal
    imported_kwh: Decimal
    surplus_kwh: Decimal = Field(description="its part of the surplus, for which it is credited")


class SharedHalfHour(BaseModel):
    timestamp: datetime
    generation_kwh: Decimal = Field(description="of the group")
    consumption_kwh: Decimal = Field(description="of the home")
    shared_kwh: Decimal


class SharedGroup(BaseModel):
    """Energy of the month; the residue is what came over the boundary and was measured by nobody inside."""

    group: UUID
    name: str = Field(examples=["Sun Club"])
    half_hours: int
    generation_missing: int = Field(description="half hours that a generation meter did not measure")
    generation_kwh: Decimal
    consumption_kwh: Decimal
    shared_kwh: Decimal
    imported_kwh: Decimal
    surplus_kwh: Decimal
    others_kwh: Decimal = Field(description="consumption of homes of the site that are not in the group")
    boundary_known: int = Field(description="half hours in which the boundary was measured")
    residue_kwh: Decimal | None
    homes: list[SharedHome]
    home_half_hours: list[SharedHalfHour]


class Sharing(BaseModel):
    esco: UUID
    esco_code: str = Field(examples=["WLCE"])
    month: MonthText
    groups: list[SharedGroup]


@router.post("/sharing", summary="How a month's generation is allocated", responses=problems(404, 503))
async def share(asked: SharingRequest, principal: Operator, db: Db, billing: Billing) -> Sharing:
    """Each group's generation, surplus and residue, and what each member consumed, shared and imported."""
    await billable_escos(db, principal, [asked.esco])
    answer = await billing.post("/internal/billing/sharing", asked.model_dump(mode="json"), principal)
    return Sharing.model_validate_json(answer.content)
