"""Errors of /auth/v1, in the form that Supabase's auth client reads."""

from typing import ClassVar

from fastapi import Request
from fastapi.responses import JSONResponse

from flows_shared.errors import FlowsError


class AuthError(FlowsError):
    """`code` is the client's `error_code`."""

    code = "unexpected_failure"
    status: ClassVar[int] = 400


class ValidationFailed(AuthError):
    code = "validation_failed"


class GrantTypeUnsupported(AuthError):
    code = "unsupported_grant_type"

    def __init__(self) -> None:
        super().__init__("grant_type must be password or refresh_token")


class InvalidCredentials(AuthError):
    """The same for an unknown address and for a wrong password."""

    code = "invalid_credentials"

    def __init__(self) -> None:
        super().__init__("Invalid login credentials")


class UserBanned(AuthError):
    code = "user_banned"

    def __init__(self) -> None:
        super().__init__("User is banned")


class NoAuthorization(AuthError):
    code = "no_authorization"
    status = 401

    def __init__(self) -> None:
        super().__init__("This endpoint requires a Bearer token")


class BadToken(AuthError):
    code = "bad_jwt"
    status = 401


class RefreshTokenUnknown(AuthError):
    code = "refresh_token_not_found"

    def __init__(self) -> None:
        super().__init__("Invalid Refresh Token: Refresh Token Not Found")


class RefreshTokenUsed(AuthError):
    code = "refresh_token_already_used"

    def __init__(self) -> None:
        super().__init__("Invalid Refresh Token: Already Used")


async def answer_auth_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AuthError)
    body = {"code": error.status, "error_code": error.code, "msg": str(error)}
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    return JSONResponse(body, error.status, {"Cache-Control": "no-store", **headers})
