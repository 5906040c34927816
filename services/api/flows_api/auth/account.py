"""/auth/v1: one's own login: made by an invite, recovered by mail, its password changed."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from flows_api.auth.authenticator import Authenticator
from flows_api.auth.dependencies import (
    PROBLEMS,
    AuthRoute,
    LoggedIn,
    Passwords,
    Settings,
    Tokens,
    check_strength,
    session_of,
    user_of,
)
from flows_api.auth.errors import PasswordUnchanged, SignupDisabled, ValidationFailed
from flows_api.auth.invites import accept_invite, begin_recovery, use_recovery
from flows_api.auth.models import AuthProblem, AuthUser, Recovery, Session, SignUp, UserChanges, Verification
from flows_api.auth.sessions import end_sessions, start_session
from flows_api.auth.users import find_login, note_login, set_password
from flows_api.rates.attempts import count_attempt
from flows_shared.db import Database
from flows_shared.service import Db
from flows_shared.telemetry.logs import get_logger

log = get_logger()

router = APIRouter(
    prefix="/auth/v1",
    tags=["auth"],
    route_class=AuthRoute,
    responses={**PROBLEMS, 403: {"model": AuthProblem}, 422: {"model": AuthProblem}, 429: {"model": AuthProblem}},
)


@router.post("/signup", summary="Make a login with an invite")
async def sign_up(
    request: Request, asked: SignUp, response: Response, tokens: Tokens, db: Db, passwords: Passwords
) -> Session:
    response.headers["Cache-Control"] = "no-store"
    await count_attempt(request, asked.email)
    invite = asked.data.invite_token if asked.data else None
    if invite is None:
        raise SignupDisabled
    check_strength(asked.password, tokens.settings)
    password_hash = await passwords.hash(asked.password)
    async with db.connection() as connection:
        user_id = await accept_invite(connection, invite, asked.email, password_hash)
    return await _begin(tokens, db, user_id)


@router.post("/recover", summary="Have a mail sent with a link to choose a new password")
async def recover(request: Request, asked: Recovery, db: Db, settings: Settings) -> dict[str, str]:
    """The answer is the same whether the address is known or not; at most one mail a minute is sent."""
    await count_attempt(request, asked.email)
    async with db.transaction() as transaction:
        await begin_recovery(transaction, settings, asked.email, timedelta(minutes=settings.api_recovery_minutes))
    return {}


@router.post("/verify", summary="Log in with the token of a mail")
async def verify(request: Request, asked: Verification, response: Response, tokens: Tokens, db: Db) -> Session:
    response.headers["Cache-Control"] = "no-store"
    await count_attempt(request)
    given = asked.token_hash or asked.token
    if given is None:
        raise ValidationFailed("Verify requires a token or a token hash")
    use = accept_invite if asked.type == "invite" else use_recovery
    async with db.connection() as connection:
        user_id = await use(connection, given)
    return await _begin(tokens, db, user_id)


@router.get("/user", summary="Who the token's user is")
async def user(principal: LoggedIn, settings: Settings, db: Db) -> AuthUser:
    return AuthUser.of(await user_of(db, principal), settings.api_token_audience)


@router.put("/user", summary="Choose a new password")
async def change_user(
    changes: UserChanges, principal: LoggedIn, tokens: Tokens, db: Db, passwords: Passwords
) -> AuthUser:
    """All other sessions of the user end."""
    known = await user_of(db, principal)
    if changes.password is not None:
        check_strength(changes.password, tokens.settings)
        async with db.connection() as connection:
            login = await find_login(connection, known.email)
        if login and await passwords.verify(login.password_hash, changes.password):
            raise PasswordUnchanged
        password_hash = await passwords.hash(changes.password)
        async with db.transaction() as transaction:
            await set_password(transaction, known.id, password_hash)
            await end_sessions(transaction, known.id, principal.session, "others")
        tokens.forget(str(known.id))
        log.info("password_changed", user_id=str(known.id))
    return AuthUser.of(await user_of(db, principal), tokens.settings.api_token_audience)


async def _begin(tokens: Authenticator, db: Database, user_id: UUID) -> Session:
    async with db.transaction() as transaction:
        await note_login(transaction, user_id)
        refresh = await start_session(transaction, user_id, timedelta(days=tokens.settings.api_session_days))
    log.info("logged_in", user_id=str(user_id))
    return await session_of(tokens, db, user_id, refresh)
