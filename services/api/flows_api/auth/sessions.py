"""Logins that last: an access token, and a refresh token that is used once and kept as its hash alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Literal, TypeAlias
from uuid import UUID

from flows_api.auth.errors import RefreshTokenUnknown, RefreshTokenUsed
from flows_api.auth.principal import Person
from flows_api.auth.secret import hash_secret
from flows_api.settings import ApiSettings
from flows_shared.db import Connection
from flows_shared.tokens import TokenKey, derived_token, sign_token

Extent: TypeAlias = Literal["global", "local", "others"]

START = "SELECT flows.start_session($1, $2, $3)"
SESSION = "SELECT flows.session_of($1)"
ROTATE = "SELECT outcome, user_id FROM flows.rotate_refresh_token($1, $2, $3, $4)"
LIVES = "SELECT flows.session_lives($1, $2)"
END = "SELECT flows.end_sessions($1, $2, $3)"


@dataclass(frozen=True)
class RefreshToken:
    """The session's newest one."""

    token: str
    session: UUID


@dataclass(frozen=True)
class AccessToken:
    token: str
    expires_at: datetime


def sign_access_token(
    settings: ApiSettings, key: TokenKey, user_id: UUID, role: Person, email: str, session: UUID, now: datetime
) -> AccessToken:
    lifetime = timedelta(seconds=settings.api_token_seconds)
    token = sign_token(
        key,
        subject=str(user_id),
        role=role,
        lifetime=lifetime,
        audience=settings.api_token_audience,
        issuer=settings.api_token_issuer,
        now=now,
        email=email,
        session_id=str(session),
    )
    return AccessToken(token, now + lifetime)


async def start_session(db: Connection, user_id: UUID, expires_at: datetime) -> RefreshToken:
    """The first refresh token of a login."""
    token = token_urlsafe(32)
    await db.execute(START, user_id, hash_secret(token), expires_at)
    return await _of_session(db, token)


async def rotate(db: Connection, settings: ApiSettings, token: str, now: datetime) -> tuple[UUID, RefreshToken]:
    """The user and the session's newest refresh token.

    One that is used again a while later ends its session: it may have been stolen. Within that while the client may
    not have seen the answer, and gets it again.
    """
    following = derived_token(settings, "refresh", token)
    grace = timedelta(seconds=settings.api_refresh_reuse_seconds)
    expires_at = now + timedelta(days=settings.api_session_days)
    row = await db.fetchrow(ROTATE, hash_secret(token), hash_secret(following), expires_at, grace)
    assert row is not None  # the function always gives one row
    match row["outcome"]:
        case "rotated":
            return row["user_id"], await _of_session(db, following)
        case "passed_on":
            return await rotate(db, settings, following, now)
        case "used":
            raise RefreshTokenUsed
        case _:
            raise RefreshTokenUnknown


async def session_lives(db: Connection, session: UUID, user_id: UUID) -> bool:
    lives: bool = await db.fetchval(LIVES, session, user_id)
    return lives


async def end_sessions(db: Connection, user_id: UUID, session: UUID | None, extent: Extent) -> None:
    """All of a user's, this one, or all but this one."""
    await db.execute(END, user_id, session, extent)


async def _of_session(db: Connection, token: str) -> RefreshToken:
    return RefreshToken(token, await db.fetchval(SESSION, hash_secret(token)))
