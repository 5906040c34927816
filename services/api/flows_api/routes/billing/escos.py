"""Which communities a principal may bill, and the service that does it."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Request
from pydantic import Field

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_api.routes.services import ServiceClient
from flows_shared.db import Database
from flows_shared.errors import ForbiddenError

OWN_ESCOS = "SELECT flows.admin_escos()"


class EscoForbidden(ForbiddenError):
    code = "billing.esco_forbidden"


async def get_billing(request: Request) -> ServiceClient:
    client: ServiceClient = request.app.state.billing
    return client


# What a caller may name; all of theirs may be more.
Escos: TypeAlias = Annotated[
    list[UUID] | None, Field(min_length=1, max_length=1000, description="all of the caller's when null")
]
Billing: TypeAlias = Annotated[ServiceClient, Depends(get_billing)]


async def billable_escos(db: Database, principal: Principal, asked: Sequence[UUID] | None) -> list[UUID] | None:
    """Those that were asked for, or all of an admin's; none: every community, for a machine that named none."""
    if principal.role == "service":
        return None if asked is None else list(asked)
    async with acting_as(db, principal) as transaction:
        own: list[UUID] = await transaction.fetchval(OWN_ESCOS)
    if not own:
        raise EscoForbidden("this login is not an admin of any community")
    if foreign := set(asked or ()) - set(own):
        raise EscoForbidden(f"not an admin of {', '.join(map(str, sorted(foreign)))}")
    return list(asked or own)
