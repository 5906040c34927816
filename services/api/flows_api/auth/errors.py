"""Errors of /auth/v1, in the form that Supabase's auth client reads."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from fastapi import Request
from fastapi.responses import JSONResponse

from flows_shared.errors import FlowsError


class AuthError(FlowsError):
    """`code` is the client's `error_code`."""

    code = "unexpected_failure"
    status: ClassVar[int] = 400

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}

    def more(self) -> Mapping[str, object]:
        """What the body says besides."""
        return {}


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

    def __init__(self, reason: str) -> None:
        super().__init__(f"invalid JWT: {reason}")
        self.reason = reason

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": challenge(self.reason)}


class SessionMissing(AuthError):
    """The client then forgets its session."""

    code = "session_not_found"
    status = 403

    def __init__(self) -> None:
        super().__init__("Session from session_id claim in JWT does not exist")


class SignupDisabled(AuthError):
    code = "signup_disabled"
    status = 422

    def __init__(self) -> None:
        super().__init__("Signups not allowed for this instance: sign up with the invite_token of an invite in data")


class EmailTaken(AuthError):
    code = "email_exists"
    status = 422

    def __init__(self) -> None:
        super().__init__("A user with this email address has already been registered")


class MailedTooOften(AuthError):
    code = "over_email_send_rate_limit"
    status = 429

    def __init__(self) -> None:
        super().__init__("For security purposes, you can only request this after 60 seconds.")

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "60"}


class InviteOfAnother(AuthError):
    code = "email_address_not_authorized"

    def __init__(self) -> None:
        super().__init__("The invite is for another email address")


class OneTimeTokenWrong(AuthError):
    code = "otp_expired"
    status = 403

    def __init__(self) -> None:
        super().__init__("Token has expired or is invalid")


class PasswordWeak(AuthError):
    code = "weak_password"
    status = 422

    def __init__(self, message: str, reason: Literal["length", "pwned"]) -> None:
        super().__init__(message)
        self.reason = reason

    def more(self) -> Mapping[str, object]:
        return {"weak_password": {"reasons": [self.reason]}}


class PasswordUnchanged(AuthError):
    code = "same_password"
    status = 422

    def __init__(self) -> None:
        super().__init__("New password should be different from the old password.")


class ReauthenticationNeeded(AuthError):
    """Of a session that is not young: with the current password, or the code that is mailed, it goes on."""

    code = "reauthentication_needed"

    def __init__(self) -> None:
        super().__init__("Update requires reauthentication: log in again, or send current_password or nonce")


class NonceWrong(AuthError):
    code = "reauthentication_not_valid"
    status = 422

    def __init__(self) -> None:
        super().__init__("Nonce has expired or is invalid")


class TooManyAttempts(AuthError):
    code = "over_request_rate_limit"
    status = 429

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("Request rate limit reached")
        self._headers = headers

    def headers(self) -> Mapping[str, str]:
        return self._headers


class RefreshTokenUnknown(AuthError):
    code = "refresh_token_not_found"

    def __init__(self) -> None:
        super().__init__("Invalid Refresh Token: Refresh Token Not Found")


class RefreshTokenUsed(AuthError):
    code = "refresh_token_already_used"

    def __init__(self) -> None:
        super().__init__("Invalid Refresh Token: Already Used")


def challenge(reason: str) -> str:
    """A WWW-Authenticate that says why a token was refused."""
    sentence = reason.replace('"', "'").encode("ascii", "replace").decode()
    return f'Bearer error="invalid_token", error_description="{sentence}"'


def auth_error_response(error: AuthError) -> JSONResponse:
    body = {"code": error.status, "error_code": error.code, "msg": str(error), **error.more()}
    return JSONResponse(body, error.status, {"Cache-Control": "no-store", **error.headers()})


async def answer_auth_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AuthError)
    return auth_error_response(error)
