"""/v1/invites: let a customer make their login."""

from datetime import datetime
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from flows_api.access import acting_as
from flows_api.commands.access import Operator
from flows_api.commands.models import example, problems
from flows_shared.db import Connection
from flows_shared.errors import NotFoundError
from flows_shared.service import Db

INVITE = """
    INSERT INTO public.customer_invites (customer)
    SELECT id FROM public.customers WHERE id = $1
    RETURNING invite_token, customer, expires_at, status
"""

router = APIRouter(prefix="/v1/invites", tags=["invites"])


class CustomerUnknown(NotFoundError):
    code = "customer.unknown"

    def __init__(self, customer: UUID) -> None:
        super().__init__(f"there is no customer {customer}, or they are not of your communities")


class InviteRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra=example({"customer": "5f0c2c34-6f5e-4d6c-9a55-0c5a8f1f3a11"})
    )

    customer: UUID


class Invite(BaseModel):
    """The token lets its bearer in as the customer, once."""

    invite_token: UUID
    customer: UUID
    expires_at: datetime = Field(description="seven days from now")
    status: str = Field(examples=["pending"])


async def make_invite(db: Connection, customer: UUID) -> Invite:
    """As the one who asks; the mail follows."""
    row: asyncpg.Record | None = await db.fetchrow(INVITE, customer)
    if row is None:
        raise CustomerUnknown(customer)
    return Invite(**row)


@router.post("", status_code=201, summary="Invite a customer by mail", responses=problems(404))
async def invite(wished: InviteRequest, principal: Operator, db: Db) -> Invite:
    async with acting_as(db, principal) as transaction:
        return await make_invite(transaction, wished.customer)
