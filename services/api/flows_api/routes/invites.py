"""/v1/invites: let a customer make their login."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.auth.acting import acting_as
from flows_api.auth.inviting import make_invite
from flows_api.routes.access import Operator
from flows_api.routes.models import example, problems
from flows_shared.service import Db

router = APIRouter(prefix="/v1/invites", tags=["invites"])


class InviteRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra=example({"customer": "5f0c2c34-6f5e-4d6c-9a55-0c5a8f1f3a11"})
    )

    customer: UUID


class Invite(BaseModel):
    """The token lets its bearer in as the customer, once."""

    model_config = ConfigDict(from_attributes=True)

    invite_token: UUID
    customer: UUID
    expires_at: datetime = Field(description="seven days from now")
    status: str = Field(examples=["pending"])


@router.post("", status_code=201, summary="Invite a customer by mail", responses=problems(404))
async def invite(wished: InviteRequest, principal: Operator, db: Db) -> Invite:
    async with acting_as(db, principal) as transaction:
        return Invite.model_validate(await make_invite(transaction, wished.customer))
