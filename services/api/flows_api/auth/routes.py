"""/auth/v1: login, as Supabase's auth client calls it."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials

from flows_api.auth.bearer import BEARER, get_principal
from flows_api.auth.errors import (
    BadToken,
    GrantTypeUnsupported,
    InvalidCredentials,
    NoAuthorization,
    UserBanned,
    ValidationFailed,
)
from flows_api.auth.models import AuthProblem, AuthUser, PasswordGrant, RefreshGrant, Session
from flows_api.auth.passwords import PasswordChecks
from flows_api.auth.principal import PEOPLE, Principal, principal_of
from flows_api.auth.sessions import rotate, sign_access_token, start_session
from flows_api.auth.users import find_login, find_own_user, note_login
from flows_api.settings import ApiSettings
from flows_shared.auth import TokenError, TokenMissing
from flows_shared.db import Database
from flows_shared.service import Db
from flows_shared.telemetry.logs import get_logger

log = get_logger()


class AuthRoute(APIRoute):
    """Says what is wrong with a body in these routes' own form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                problems = [f"{error['loc'][-1]}: {error['msg']}" for error in error.errors()]
                raise ValidationFailed("; ".join(problems)) from None

        return handler


router = APIRouter(
    prefix="/auth/v1",
    tags=["auth"],
    route_class=AuthRoute,
    responses={400: {"model": AuthProblem}, 401: {"model": AuthProblem}},
)


async def get_api_settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


async def get_password_checks(request: Request) -> PasswordChecks:
    checks: PasswordChecks = request.app.state.password_checks
    return checks


async def get_person(
    request: Request, declared: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Principal:
    """Only people have a user."""
    try:
        principal = await get_principal(request, declared)
    except TokenMissing:
        raise NoAuthorization from None
    except TokenError as error:
        raise BadToken(f"invalid JWT: {error}") from None
    if principal.role not in PEOPLE:
        raise BadToken(f"invalid JWT: role {principal.role!r} has no user")
    return principal


Settings = Annotated[ApiSettings, Depends(get_api_settings)]
Passwords = Annotated[PasswordChecks, Depends(get_password_checks)]


@router.post("/token", summary="Log in, or go on with a refresh token")
async def token(
    grant_type: Annotated[str, Query(examples=["password"])],
    grant: PasswordGrant | RefreshGrant,
    response: Response,
    settings: Settings,
    db: Db,
    passwords: Passwords,
) -> Session:
    response.headers["Cache-Control"] = "no-store"
    lifetime = timedelta(days=settings.api_session_days)
    match grant_type, grant:
        case "password", PasswordGrant():
            return await _log_in(grant, settings, db, passwords, lifetime)
        case "refresh_token", RefreshGrant():
            return await _refresh(grant, settings, db, lifetime)
        case (("password" | "refresh_token"), _):
            raise ValidationFailed(f"the body is not what grant_type={grant_type} needs")
        case _:
            raise GrantTypeUnsupported


@router.get("/user", summary="Who the token's user is")
async def user(principal: Annotated[Principal, Depends(get_person)], settings: Settings, db: Db) -> AuthUser:
    found = await find_own_user(db, principal)
    if found is None or found.disabled_at is not None:
        raise BadToken("invalid JWT: its user does not exist or may not log in any more")
    return AuthUser.of(found, settings.api_token_audience)


async def _log_in(
    grant: PasswordGrant, settings: ApiSettings, db: Database, passwords: PasswordChecks, lifetime: timedelta
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
        refresh_token = await start_session(transaction, login.id, lifetime)
    log.info("logged_in", user_id=str(login.id))
    return await _session(settings, db, login.id, refresh_token)


async def _refresh(grant: RefreshGrant, settings: ApiSettings, db: Database, lifetime: timedelta) -> Session:
    async with db.connection() as connection:
        user_id, refresh_token = await rotate(connection, grant.refresh_token, lifetime)
    return await _session(settings, db, user_id, refresh_token)


async def _session(settings: ApiSettings, db: Database, user_id: UUID, refresh_token: str) -> Session:
    user = await find_own_user(db, principal_of(user_id))
    if user is None:
        raise InvalidCredentials
    access = sign_access_token(settings, user.id, user.role, user.email)
    return Session(
        access_token=access.token,
        expires_in=settings.api_token_seconds,
        expires_at=int(access.expires_at.timestamp()),
        refresh_token=refresh_token,
        user=AuthUser.of(user, settings.api_token_audience),
    )
