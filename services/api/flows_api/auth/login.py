"""/auth/v1: logging in and out, as Supabase's auth client calls it."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from flows_api.auth.attempts import count_attempt
from flows_api.auth.authenticator import Authenticator
from flows_api.auth.dependencies import PROBLEMS, AuthRoute, LoggedIn, Passwords, Tokens, session_of, user_of
from flows_api.auth.errors import GrantTypeUnsupported, InvalidCredentials, SessionMissing, UserBanned, ValidationFailed
from flows_api.auth.models import AuthHealth, AuthSettings, PasswordGrant, RefreshGrant, Session
from flows_api.auth.passwords import PasswordChecks
from flows_api.auth.sessions import Extent, end_sessions, rotate, start_session
from flows_api.auth.users import find_login, note_login
from flows_shared.db import Database
from flows_shared.logs import get_logger
from flows_shared.service import Db
from flows_shared.time import utc_now

log = get_logger()

router = APIRouter(prefix="/auth/v1", tags=["auth"], route_class=AuthRoute, responses=PROBLEMS)


@router.post("/token", summary="Log in, or go on with a refresh token")
async def token(
    request: Request,
    grant_type: Annotated[str, Query(examples=["password"])],
    grant: PasswordGrant | RefreshGrant,
    response: Response,
    tokens: Tokens,
    db: Db,
    passwords: Passwords,
) -> Session:
    response.headers["Cache-Control"] = "no-store"
    match grant_type, grant:
        case "password", PasswordGrant():
            await count_attempt(request, grant.email)
            return await _log_in(grant, tokens, db, passwords, utc_now())
        case "refresh_token", RefreshGrant():
            return await _refresh(grant, tokens, db, utc_now())
        case (("password" | "refresh_token"), _):
            raise ValidationFailed(f"the body is not what grant_type={grant_type} needs")
        case _:
            raise GrantTypeUnsupported


@router.post("/logout", summary="End this session, all of the user's, or the others", status_code=204)
async def logout(principal: LoggedIn, db: Db, tokens: Tokens, scope: Extent = "global") -> None:
    """Access tokens of an ended session are refused from then on."""
    user = await user_of(db, principal)
    if principal.session is None and scope != "global":
        raise SessionMissing
    async with db.transaction() as transaction:
        await end_sessions(transaction, user.id, principal.session, scope)
    tokens.forget(str(user.id))
    log.info("logged_out", user_id=str(user.id), scope=scope)


@router.get("/settings", summary="Which ways to log in there are")
async def settings() -> AuthSettings:
    return AuthSettings()


@router.get("/health", summary="Whether this answers")
async def health() -> AuthHealth:
    return AuthHealth()


@router.get("/.well-known/jwks.json", summary="The public keys that verify tokens")
async def jwks(response: Response, tokens: Tokens) -> dict[str, list[dict[str, str]]]:
    """Empty where a shared secret signs. A key that is to come is published before it signs."""
    response.headers["Cache-Control"] = "public, max-age=600"
    return {"keys": [dict(key) for key in tokens.keys.published()["keys"]]}


async def _log_in(
    grant: PasswordGrant, tokens: Authenticator, db: Database, passwords: PasswordChecks, now: datetime
) -> Session:
    async with db.connection() as connection:
        login = await find_login(connection, grant.email)
    matches = await passwords.verify(login.password_hash if login else None, grant.password)
    if login is None or not matches:
        log.info("login_refused", known=login is not None)
        raise InvalidCredentials
    if login.disabled_at is not None:
        raise UserBanned
    async with db.transaction() as transaction:
        await note_login(transaction, login.id)
        expires_at = now + timedelta(days=tokens.settings.api_session_days)
        refresh_token = await start_session(transaction, login.id, expires_at)
    log.info("logged_in", user_id=str(login.id))
    return await session_of(tokens, db, login.id, refresh_token, now)


async def _refresh(grant: RefreshGrant, tokens: Authenticator, db: Database, now: datetime) -> Session:
    async with db.connection() as connection:
        user_id, refresh_token = await rotate(connection, tokens.settings, grant.refresh_token, now)
    return await session_of(tokens, db, user_id, refresh_token, now)
