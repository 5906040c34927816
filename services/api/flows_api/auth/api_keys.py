"""Keys of programs: a secret that is shown once and kept as its hash, and what it may be used for."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from flows_api.auth.secret import hash_secret
from flows_shared.db import Connection
from flows_shared.errors import NotFoundError

PREFIX: Final = "flows_"
HINT_LENGTH: Final = len(PREFIX) + 6

USE = "SELECT * FROM flows.use_api_key($1)"
MAKE = """
    INSERT INTO public.api_keys (name, hint, role, scopes, esco, created_by, expires_at)
    VALUES ($1, $2, $3, $4, $5, flows.current_user_id(), $6)
    RETURNING id
"""
ROLE = "SELECT current_setting('role')"
BECOME_ROLE = "SELECT set_config('role', $1, true)"
KEEP_SECRET = "SELECT flows.keep_api_key($1, $2)"
LIST = """
    SELECT key.id, key.name, key.hint, key.role, key.scopes, key.esco, key.created_by, key.created_at, key.expires_at,
           key.revoked_at, secret.last_used_at
      FROM public.api_keys AS key
      LEFT JOIN flows.api_key_secrets AS secret ON secret.api_key = key.id
     WHERE $1::uuid IS NULL OR key.id = $1
     ORDER BY key.created_at DESC, key.id
"""
REVOKE = "UPDATE public.api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL"


class KeyMissing(NotFoundError):
    code = "api_key.unknown"

    def __init__(self, key: UUID) -> None:
        super().__init__(f"there is no API key {key}, or it is not of your communities")


@dataclass(frozen=True)
class UsedKey:
    """A key as it is presented; `allowed`: whether its maker still may have it."""

    id: UUID
    role: str
    scopes: list[str]
    esco: UUID | None
    created_by: UUID
    expires_at: datetime
    revoked_at: datetime | None
    allowed: bool


@dataclass(frozen=True)
class KeyWish:
    name: str
    role: str
    scopes: list[str]
    esco: UUID | None
    expires_at: datetime


@dataclass(frozen=True)
class ApiKey(KeyWish):
    """A key as its community's admins see it."""

    id: UUID
    hint: str
    created_by: UUID
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


async def use_key(db: Connection, secret: str) -> UsedKey | None:
    """The key of a secret, if there is such a one; its last use is noted."""
    row = await db.fetchrow(USE, hash_secret(secret))
    return UsedKey(**row) if row else None


async def make_key(db: Connection, wish: KeyWish) -> tuple[UUID, str]:
    """As the one who asks; the id and the secret, which nothing can tell again.

    The secret is kept by the gateway's own login role: an admin's role may give no key a secret of its own choice.
    """
    secret = PREFIX + token_urlsafe(32)
    hint = secret[:HINT_LENGTH]
    key: UUID = await db.fetchval(MAKE, wish.name, hint, wish.role, wish.scopes, wish.esco, wish.expires_at)
    asking = await db.fetchval(ROLE)
    await db.execute(BECOME_ROLE, "none")
    await db.execute(KEEP_SECRET, key, hash_secret(secret))
    await db.execute(BECOME_ROLE, asking)
    return key, secret


async def list_keys(db: Connection, key: UUID | None = None) -> list[ApiKey]:
    """Those that the one who asks may see, the newest first."""
    return [ApiKey(**row) for row in await db.fetch(LIST, key)]


async def revoke_key(db: Connection, key: UUID) -> ApiKey:
    """For good; a key that was revoked before stays as it was."""
    await db.execute(REVOKE, key)
    found = await list_keys(db, key)
    if not found:
        raise KeyMissing(key)
    return found[0]
