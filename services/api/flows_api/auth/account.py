"""/auth/v1: one's own login: made by an invite, recovered by mail, its password or address changed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response

from flows_api.auth.attempts import count_attempt
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
from flows_api.auth.invites import (
    accept_invite,
    begin_email_change,
    begin_recovery,
    use_email_change,
    use_recovery,
)
from flows_api.auth.models import AuthProblem, AuthUser, Recovery, Session, SignUp, UserChanges, Verification
from flows_api.auth.passwords import PasswordChecks
from flows_api.auth.principal import Principal
from flows_api.auth.reauthentication import begin_reauthentication, check_fresh, check_nonce, check_password
from flows_api.auth.redirects import RedirectTo, allowed_redirect
from flows_api.auth.sessions import end_sessions, start_session
from flows_api.auth.users import User, find_login, note_login, set_password
from flows_api.settings import ApiSettings
from flows_shared.db import Database
from flows_shared.logs import get_logger
from flows_shared.service import Db
from flows_shared.time import utc_now

log = get_logger()

USES: Final = {"invite": accept_invite, "email_change": use_email_change}

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
    return await _begin(tokens, db, user_id, utc_now())


@router.post("/recover", summary="Have a mail sent with a link to choose a new password")
async def recover(
    request: Request,
    asked: Recovery,
    db: Db,
    settings: Settings,
    after: BackgroundTasks,
    redirect_to: RedirectTo = None,
) -> dict[str, str]:
    """The answer is the same whether the address is known or not; at most one mail a minute is sent."""
    await count_attempt(request, asked.email)
    page = allowed_redirect(redirect_to, settings.api_redirect_urls)
    after.add_task(_recover, db, settings, asked.email, page, utc_now())  # so that its time does not tell either
    return {}


@router.get("/reauthenticate", summary="Have a code mailed with which the password or address can be changed")
async def reauthenticate(principal: LoggedIn, settings: Settings, db: Db) -> dict[str, str]:
    known = await user_of(db, principal)
    async with db.transaction() as transaction:
        await begin_reauthentication(transaction, known.id, _mail_expiry(settings, utc_now()))
    return {}


@router.post("/verify", summary="Log in with the token of a mail")
async def verify(request: Request, asked: Verification, response: Response, tokens: Tokens, db: Db) -> Session:
    response.headers["Cache-Control"] = "no-store"
    await count_attempt(request)
    given = asked.token_hash or asked.token
    if given is None:
        raise ValidationFailed("Verify requires a token or a token hash")
    use = USES.get(asked.type, use_recovery)
    async with db.connection() as connection:
        user_id = await use(connection, given)
    tokens.forget(str(user_id))
    return await _begin(tokens, db, user_id, utc_now())


@router.get("/user", summary="Who the token's user is")
async def user(principal: LoggedIn, settings: Settings, db: Db) -> AuthUser:
    return AuthUser.of(await user_of(db, principal), settings.api_token_audience)


@router.put("/user", summary="Choose a new password, or another address")
async def change_user(
    request: Request,
    changes: UserChanges,
    principal: LoggedIn,
    tokens: Tokens,
    db: Db,
    passwords: Passwords,
    redirect_to: RedirectTo = None,
) -> AuthUser:
    """With a new password all other sessions end. A new address counts once the link in a mail to it is followed.

    A day after the login either needs `current_password`, or the `nonce` that `GET /reauthenticate` has mailed.
    """
    settings = tokens.settings
    known = await user_of(db, principal)
    if changes.password is not None:
        check_strength(changes.password, settings)
    if changes.password is not None or changes.email is not None:
        await _prove(request, changes, known, principal, settings, db, passwords, utc_now())
    if changes.password is not None:
        await _change_password(changes.password, known, principal, tokens, db, passwords)
    new_email = changes.email if changes.email and changes.email.lower() != known.email else None
    if new_email is not None:
        page = allowed_redirect(redirect_to, settings.api_redirect_urls)
        async with db.transaction() as transaction:
            expires_at = _mail_expiry(settings, utc_now())
            await begin_email_change(transaction, settings, known.id, new_email, expires_at, page)
    return AuthUser.of(await user_of(db, principal), settings.api_token_audience, new_email=new_email)


async def _prove(
    request: Request,
    changes: UserChanges,
    known: User,
    principal: Principal,
    settings: ApiSettings,
    db: Database,
    passwords: PasswordChecks,
    now: datetime,
) -> None:
    """What is given as a proof must be right; without any the session must be young."""
    if changes.current_password is None and changes.nonce is None:
        return await check_fresh(db, principal.session, now)
    await count_attempt(request, known.email)
    if changes.nonce is not None:
        return await check_nonce(db, settings, known.id, changes.nonce)
    return await check_password(db, passwords, known.email, changes.current_password or "")


async def _change_password(
    password: str, known: User, principal: Principal, tokens: Authenticator, db: Database, passwords: PasswordChecks
) -> None:
    async with db.connection() as connection:
        login = await find_login(connection, known.email)
    if login and await passwords.verify(login.password_hash, password):
        raise PasswordUnchanged
    password_hash = await passwords.hash(password)
    async with db.transaction() as transaction:
        await set_password(transaction, known.id, password_hash)
        await end_sessions(transaction, known.id, principal.session, "others")
    tokens.forget(str(known.id))
    log.info("password_changed", user_id=str(known.id))


async def _recover(db: Database, settings: ApiSettings, email: str, page: str | None, now: datetime) -> None:
    async with db.transaction() as transaction:
        await begin_recovery(transaction, settings, email, _mail_expiry(settings, now), page)


async def _begin(tokens: Authenticator, db: Database, user_id: UUID, now: datetime) -> Session:
    async with db.transaction() as transaction:
        await note_login(transaction, user_id)
        expires_at = now + timedelta(days=tokens.settings.api_session_days)
        refresh = await start_session(transaction, user_id, expires_at)
    log.info("logged_in", user_id=str(user_id))
    return await session_of(tokens, db, user_id, refresh, now)


def _mail_expiry(settings: ApiSettings, now: datetime) -> datetime:
    return now + timedelta(minutes=settings.api_recovery_minutes)
