"""How a month's generation is allocated to the members of groups."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from flows_shared.contracts.route import Answer, Request, Route
from flows_shared.dates import MonthText


class SharingRequest(Request):
    month: MonthText
    esco: UUID
    account: UUID | None = Field(None, description="answers with each half hour of this account's home")


class SharedHome(Answer):
    home: UUID
    plot: str
    consumption_kwh: Decimal
    shared_kwh: Decimal
    imported_kwh: Decimal
    surplus_kwh: Decimal = Field(description="its part of the surplus, for which it is credited")


class SharedHalfHour(Answer):
    timestamp: datetime
    generation_kwh: Decimal = Field(description="of the group")
    consumption_kwh: Decimal = Field(description="of the home")
    shared_kwh: Decimal


class SharedGroup(Answer):
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
    homes: tuple[SharedHome, ...]
    home_half_hours: tuple[SharedHalfHour, ...]


class Sharing(Answer):
    esco: UUID
    esco_code: str = Field(examples=["WLCE"])
    month: MonthText
    groups: tuple[SharedGroup, ...]


SHARE = Route("POST", "/internal/billing/sharing", SharingRequest, Sharing)
