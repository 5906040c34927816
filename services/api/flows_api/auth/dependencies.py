"""What the routes of /auth/v1 share: the parts that they use, who asks, and how they say what is wrong."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials

from flows_api.auth.authenticator import Authenticator, SessionEnded
from flows_api.auth.bearer import BEARER, get_principal
from flows_api.auth.common_passwords import is_common
from flows_api.auth.errors import BadToken, NoAuthorization, PasswordWeak, SessionMissing, ValidationFailed
from flows_api.auth.models import AuthProblem, AuthUser, Session
from flows_api.auth.passwords import PasswordChecks
from flows_api.auth.principal import PEOPLE, Principal, principal_of
from flows_api.auth.sessions import RefreshToken, sign_access_token
from flows_api.auth.users import User, find_own_user
from flows_api.settings import ApiSettings
from flows_shared.db import Database
from flows_shared.tokens import TokenError, TokenMissing

PROBLEMS: dict[int | str, dict[str, object]] = {400: {"model": AuthProblem}, 401: {"model": AuthProblem}}


class AuthRoute(APIRoute):
    """Says what is wrong with a body in these routes' own form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, None, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                problems = [f"{error['loc'][-1]}: {error['msg']}" for error in error.errors()]
                raise ValidationFailed("; ".join(problems)) from None

        return handler


async def get_api_settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


async def get_authenticator(request: Request) -> Authenticator:
    authenticator: Authenticator = request.app.state.authenticator
    return authenticator


async def get_password_checks(request: Request) -> PasswordChecks:
    checks: PasswordChecks = request.app.state.password_checks
    return checks


async def get_person(
    request: Request, declared: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Principal:
    """Only people have a user; a program's key is none."""
    try:
        principal = await get_principal(request, declared)
    except TokenMissing:
        raise NoAuthorization from None
    except SessionEnded:
        raise SessionMissing from None
    except TokenError as error:
        raise BadToken(str(error)) from None
    if principal.role not in PEOPLE or principal.key is not None:
        raise BadToken(f"role {principal.role!r} has no user")
    return principal


Settings = Annotated[ApiSettings, Depends(get_api_settings)]
Tokens = Annotated[Authenticator, Depends(get_authenticator)]
Passwords = Annotated[PasswordChecks, Depends(get_password_checks)]
LoggedIn = Annotated[Principal, Depends(get_person)]


async def user_of(db: Database, principal: Principal) -> User:
    user = await find_own_user(db, principal)
    if user is None or user.disabled_at is not None:
        raise BadToken("its user does not exist or may not log in any more")
    return user


async def session_of(
    tokens: Authenticator, db: Database, user_id: UUID, refresh: RefreshToken, now: datetime
) -> Session:
    """What a login answers."""
    settings = tokens.settings
    user = await user_of(db, principal_of(user_id))
    access = sign_access_token(settings, tokens.keys.current, user.id, user.role, user.email, refresh.session, now)
    return Session(
        access_token=access.token,
        expires_in=settings.api_token_seconds,
        expires_at=int(access.expires_at.timestamp()),
        refresh_token=refresh.token,
        user=AuthUser.of(user, settings.api_token_audience),
    )


def check_strength(password: str, settings: ApiSettings) -> None:
    if len(password) < settings.api_password_min_length:
        raise PasswordWeak(f"Password should be at least {settings.api_password_min_length} characters.", "length")
    if is_common(password):
        raise PasswordWeak("Password is known to be weak and easy to guess, please choose a different one.", "pwned")
