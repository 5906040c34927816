"""JSON Web Tokens: signed and verified with one pinned algorithm, each refusal an error of its own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import jwt
from jose.exceptions import ExpiredSignatureError, JWTClaimsError, JWTError

from flows_shared.errors import FlowsError, ForbiddenError
from flows_shared.settings import ServiceSettings
from flows_shared.telemetry.trace import trace_headers
from flows_shared.time import utc_now

ALGORITHM: Final = "HS256"
INTERNAL_AUDIENCE: Final = "flows-internal"
SERVICE_ROLE: Final = "service"
LEEWAY_SECONDS: Final = 5


class TokenError(FlowsError):
    """The request carries no token that can be believed."""

    code = "auth.token"


class TokenMissing(TokenError):
    code = "auth.token_missing"

    def __init__(self) -> None:
        super().__init__("no token: send the header 'Authorization: Bearer <token>'")


class TokenMalformed(TokenError):
    code = "auth.token_malformed"


class TokenAlgorithmRefused(TokenError):
    code = "auth.token_algorithm"


class TokenSignatureWrong(TokenError):
    code = "auth.token_signature"


class TokenExpired(TokenError):
    code = "auth.token_expired"


class TokenNotYetValid(TokenError):
    code = "auth.token_not_yet_valid"


class TokenIssuerWrong(TokenError):
    code = "auth.token_issuer"


class TokenAudienceWrong(TokenError):
    code = "auth.token_audience"


@dataclass(frozen=True)
class Claims:
    """What a verified token says. `all` holds every claim as it was signed."""

    subject: str
    role: str
    email: str | None
    actor: str | None
    expires_at: datetime
    all: Mapping[str, Any]


def sign_token(
    secret: str,
    *,
    subject: str,
    role: str,
    lifetime: timedelta,
    audience: str | None = None,
    issuer: str | None = None,
    now: datetime | None = None,
    **more: Any,
) -> str:
    """A signed token; `more` are further claims such as `email`."""
    issued = now or utc_now()
    claims = {"sub": subject, "role": role, "iat": issued, "exp": issued + lifetime, "aud": audience, "iss": issuer}
    given = {name: value for name, value in {**claims, **more}.items() if value is not None}
    return str(jwt.encode(given, secret, algorithm=ALGORITHM))


def verify_token(
    token: str,
    secret: str,
    *,
    audience: str | None = None,
    issuers: Collection[str] = (),
    issuers_without_audience: Collection[str] = (),
) -> Claims:
    """The claims of a token whose algorithm, signature, times, issuer and audience are right; else a `TokenError`.

    Without `audience` only tokens that carry none are taken; with `issuers` only theirs. A token of one of
    `issuers_without_audience` may omit the audience.
    """
    claims = _decode(token, secret)
    issuer, given = claims.get("iss"), claims.get("aud")
    if issuers and issuer not in issuers:
        raise TokenIssuerWrong(f"the token was issued by {issuer!r}, which is not accepted here")
    audiences = given if isinstance(given, list) else [given]
    if audience not in audiences and not (given is None and issuer in issuers_without_audience):
        raise TokenAudienceWrong(f"the token is for {given!r}, not for {audience!r}")
    return _claims(claims)


def bearer_token(authorization: str | None) -> str:
    """The token of an `Authorization` header."""
    scheme, _, token = (authorization or "").partition(" ")
    if not authorization:
        raise TokenMissing
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMalformed("the Authorization header must read 'Bearer <token>'")
    return token.strip()


def service_headers(settings: ServiceSettings, caller: str, *, acting_for: str | None = None) -> dict[str, str]:
    """Headers of a request to another service: a short-lived token, and the request's id.

    `acting_for` is the `sub` of the user for whom the caller asks.
    """
    token = sign_token(
        settings.jwt_secret.get_secret_value(),
        subject=caller,
        role=SERVICE_ROLE,
        lifetime=timedelta(seconds=settings.service_token_seconds),
        audience=INTERNAL_AUDIENCE,
        act=acting_for,
    )
    return {"Authorization": f"Bearer {token}", **trace_headers()}


async def require_service(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
) -> Claims:
    """FastAPI dependency of internal routes: only another service's token opens them."""
    settings: ServiceSettings = request.app.state.settings
    token = credentials.credentials if credentials else bearer_token(request.headers.get("Authorization"))
    claims = verify_token(token, settings.jwt_secret.get_secret_value(), audience=INTERNAL_AUDIENCE)
    if claims.role != SERVICE_ROLE:
        raise ForbiddenError(f"role {claims.role!r} may not call internal routes")
    return claims


CallingService = Annotated[Claims, Depends(require_service)]


def _decode(token: str, secret: str) -> dict[str, Any]:
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except JWTError:
        raise TokenMalformed("this is not a JSON Web Token") from None
    if algorithm != ALGORITHM:
        raise TokenAlgorithmRefused(f"tokens are signed with {ALGORITHM}, not with {algorithm!r}")
    options = {"verify_aud": False, "require_exp": True, "leeway": LEEWAY_SECONDS}
    try:
        return jwt.decode(token, secret, algorithms=[ALGORITHM], options=options)
    except ExpiredSignatureError:
        raise TokenExpired("the token has expired") from None
    except JWTClaimsError as error:
        wrong = TokenNotYetValid if "not yet valid" in str(error) else TokenMalformed
        raise wrong(f"the token's claims are wrong: {error}") from None
    except (JWTError, TypeError, OverflowError) as error:
        if "Signature verification failed" in str(error):
            raise TokenSignatureWrong("the token's signature is wrong") from None
        raise TokenMalformed(f"the token cannot be read: {error}") from None


def _claims(claims: dict[str, Any]) -> Claims:
    texts = {name: claims.get(name) for name in ("sub", "role", "email", "act")}
    for name, value in texts.items():
        if not isinstance(value, str) and (value is not None or name in ("sub", "role")):
            raise TokenMalformed(f"the token's claim {name!r} must be a text, not {value!r}")
    return Claims(
        subject=str(texts["sub"]),
        role=str(texts["role"]),
        email=texts["email"],
        actor=texts["act"],
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        all=claims,
    )
