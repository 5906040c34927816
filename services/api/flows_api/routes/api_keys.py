"""/v1/api-keys: keys of programs, made and revoked by admins."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flows_api.auth.acting import acting_as
from flows_api.auth.api_keys import KeyMissing, KeyWish, list_keys, make_key, revoke_key
from flows_api.auth.principal import Principal
from flows_api.routes.access import RouteScope, require
from flows_api.routes.models import example, problems
from flows_shared.dates import Moment
from flows_shared.errors import ForbiddenError
from flows_shared.service import Db
from flows_shared.time import utc_now
from flows_shared.vocabulary.people import KeyRole

LIFE: Final = timedelta(days=365)
LONGEST_LIFE: Final = timedelta(days=3 * 366)

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"])

Scope = Annotated[str, Field(pattern=r"^(read|write(:\w{1,63}(\.\w{1,63})?)?)$", examples=["write:flows"])]


class KeyForbidden(ForbiddenError):
    code = "api_key.forbidden"


def _future(moment: datetime) -> datetime:
    if not utc_now() < moment <= utc_now() + LONGEST_LIFE:
        raise ValueError("must be a time in the future, within three years")
    return moment.astimezone(UTC)


def _plain(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("must be a name")
    return text.strip()


class KeyRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra=example({"name": "Meter mediator", "scopes": ["read", "write:flows"]})
    )

    name: Annotated[str, AfterValidator(_plain)] = Field(max_length=100, description="what the key is for")
    role: KeyRole = Field(
        KeyRole.ADMIN, description="service and reporting reach every community, so operators make them"
    )
    scopes: list[Scope] = Field(min_length=1, max_length=100)
    esco: UUID | None = Field(None, description="the only community that it reaches; null: all, for operators")
    expires_at: Annotated[Moment, AfterValidator(_future)] | None = Field(None, description="in a year when null")


class KeyOut(BaseModel):
    """What is known of a key; its secret is not."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    hint: str = Field(description="how the key begins", examples=["flows_a1b2c3"])
    role: KeyRole
    scopes: list[str]
    esco: UUID | None
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute")


class NewKey(KeyOut):
    key: str = Field(description="the key itself, shown this once", examples=["flows_..."])


def _person(scope: RouteScope) -> Callable[[Principal], Awaitable[Principal]]:
    """A key makes no keys."""

    async def check(principal: Annotated[Principal, Depends(require("admin", scope=scope))]) -> Principal:
        if principal.key is not None:
            raise KeyForbidden("keys are made and revoked by people, not by keys")
        return principal

    return check


Admin = Annotated[Principal, Depends(_person("write:public"))]
AdminReader = Annotated[Principal, Depends(_person("read"))]


@router.post("", status_code=201, summary="Make a key", responses=problems())
async def create(wished: KeyRequest, principal: Admin, db: Db, response: Response) -> NewKey:
    """The key acts for the admin who makes it: it loses what they lose, and ends when they may not log in any more."""
    response.headers["Cache-Control"] = "no-store"
    expires_at = wished.expires_at or utc_now() + LIFE
    wish = KeyWish(wished.name, wished.role, wished.scopes, wished.esco, expires_at)
    try:
        async with acting_as(db, principal) as transaction:
            key, secret = await make_key(transaction, wish)
            [made] = await list_keys(transaction, key)
    except asyncpg.InsufficientPrivilegeError:
        raise KeyForbidden(_why(wished)) from None
    except asyncpg.CheckViolationError:
        raise KeyForbidden(f"a key of role {wished.role} reaches every community: leave esco out") from None
    return NewKey(**vars(made), key=secret)


@router.get("", summary="The keys of one's communities, the newest first", responses=problems())
async def index(principal: AdminReader, db: Db) -> list[KeyOut]:
    async with acting_as(db, principal) as transaction:
        return [KeyOut.model_validate(key) for key in await list_keys(transaction)]


@router.get("/{key_id}", summary="One key", responses=problems(404))
async def show(key_id: UUID, principal: AdminReader, db: Db) -> KeyOut:
    async with acting_as(db, principal) as transaction:
        found = await list_keys(transaction, key_id)
    if not found:
        raise KeyMissing(key_id)
    return KeyOut.model_validate(found[0])


@router.delete("/{key_id}", summary="Revoke a key, for good", responses=problems(404))
async def revoke(key_id: UUID, principal: Admin, db: Db) -> KeyOut:
    """Every gateway refuses it from then on."""
    async with acting_as(db, principal) as transaction:
        return KeyOut.model_validate(await revoke_key(transaction, key_id))


def _why(wished: KeyRequest) -> str:
    if wished.role != "admin":
        return f"only an admin of every community makes keys of role {wished.role}"
    return f"not an admin of {wished.esco}" if wished.esco else "name the esco that the key is for"
