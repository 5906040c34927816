"""Who calls /rest/v1: the same principal, and PostgREST's words for a token that is refused."""

from typing import Final

from fastapi import FastAPI

from flows_api.auth.authenticator import Authenticator
from flows_api.rest.app import Identify
from flows_api.rest.database import Caller
from flows_api.rest.errors import TokenRefused
from flows_shared.time import utc_now
from flows_shared.tokens import (
    TokenAlgorithmRefused,
    TokenAudienceWrong,
    TokenClaimsWrong,
    TokenError,
    TokenExpired,
    TokenNotYetValid,
    TokenSignatureWrong,
)

# Clients of PostgREST look for these; what else is wrong is said as we say it.
MESSAGES: Final[dict[type[TokenError], str]] = {
    TokenExpired: "JWT expired",
    TokenNotYetValid: "JWT not yet valid",
    TokenAudienceWrong: "JWT not in audience",
    TokenSignatureWrong: "No suitable key or wrong key type",
    TokenAlgorithmRefused: "Wrong or unsupported encoding algorithm",
}
CLAIMS: Final = (TokenExpired, TokenNotYetValid, TokenAudienceWrong, TokenClaimsWrong)


def identify_by(app: FastAPI) -> Identify:
    """By the authenticator that the app has while it runs."""

    async def identify(authorization: str | None) -> Caller:
        authenticator: Authenticator = app.state.authenticator
        try:
            principal = await authenticator.authenticate_or_anonymous(authorization, utc_now())
        except TokenError as error:
            message = MESSAGES.get(type(error), "JWT refused")
            raise TokenRefused(message, claims=isinstance(error, CLAIMS), details=str(error)) from None
        name = str(principal.key or principal.subject or "")
        return Caller(principal.role, principal.claims, principal.anonymous, name)

    return identify
