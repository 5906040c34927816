"""JSON Web Tokens: signed and verified with keys that pin the algorithm, each refusal an error of its own."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import jwt
from jose.exceptions import ExpiredSignatureError, JWTClaimsError, JWTError

from flows_shared.errors import FlowsError, ForbiddenError
from flows_shared.keys import KeyRing, TokenKey
from flows_shared.settings import ServiceSettings
from flows_shared.telemetry.trace import trace_headers
from flows_shared.time import utc_now

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


class TokenClaimsWrong(TokenMalformed):
    """It was signed, but a claim is not of its kind."""


class TokenAlgorithmRefused(TokenError):
    code = "auth.token_algorithm"


class TokenKeyUnknown(TokenError):
    code = "auth.token_key"


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
    key: str | TokenKey,
    *,
    subject: str,
    role: str,
    lifetime: timedelta,
    audience: str | None = None,
    issuer: str | None = None,
    now: datetime | None = None,
    **more: Any,
) -> str:
    """A token signed with a key, or with a secret (HS256); `more` are further claims such as `email`."""
    key = TokenKey.secret(key) if isinstance(key, str) else key
    issued = now or utc_now()
    claims = {"sub": subject, "role": role, "iat": issued, "exp": issued + lifetime, "aud": audience, "iss": issuer}
    given = {name: value for name, value in {**claims, **more}.items() if value is not None}
    headers = {"kid": key.kid} if key.kid else None
    return str(jwt.encode(given, key.key, algorithm=key.algorithm, headers=headers))


def verify_token(
    token: str,
    keys: str | KeyRing,
    *,
    audience: str | None = None,
    issuers: Collection[str] = (),
    issuers_without_audience: Collection[str] = (),
) -> Claims:
    """The claims of a token whose algorithm, signature, times, issuer and audience are right; else a `TokenError`.

    Without `audience` only tokens that carry none are taken; with `issuers` only theirs. A token of one of
    `issuers_without_audience` may omit the audience.
    """
    claims = _decode(token, KeyRing.of_secrets(keys) if isinstance(keys, str) else keys)
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


def secrets_ring(settings: ServiceSettings) -> KeyRing:
    """The shared secret, and the one before it while that is being changed."""
    secrets = (settings.jwt_secret, settings.jwt_previous_secret)
    return KeyRing.of_secrets(*(secret.get_secret_value() for secret in secrets if secret))


def mailed_token(settings: ServiceSettings, purpose: str, row: UUID) -> str:
    """The token of a row whose mail is sent by another service: both derive it, so that it is stored nowhere."""
    return derived_token(settings, purpose, str(row))


def mailed_invite(settings: ServiceSettings, row: UUID) -> UUID:
    """The token in an invite's mail: 122 random bits, as an invite's own token is."""
    secret = settings.jwt_secret.get_secret_value().encode()
    return UUID(bytes=hmac.digest(secret, f"invite:{row}".encode(), "sha256")[:16], version=4)


def mailed_code(settings: ServiceSettings, row: UUID) -> str:
    """Eight digits of a row, to be typed in by hand: good where tries are counted."""
    secret = settings.jwt_secret.get_secret_value().encode()
    digest = hmac.digest(secret, f"code:{row}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**8:08}"


def derived_token(settings: ServiceSettings, purpose: str, text: str) -> str:
    """What follows from the text for who knows the secret, and looks random to everybody else."""
    secret = settings.jwt_secret.get_secret_value().encode()
    digest = hmac.digest(secret, f"{purpose}:{text}".encode(errors="replace"), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


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
    claims = verify_token(token, secrets_ring(settings), audience=INTERNAL_AUDIENCE)
    if claims.role != SERVICE_ROLE:
        raise ForbiddenError(f"role {claims.role!r} may not call internal routes")
    return claims


CallingService = Annotated[Claims, Depends(require_service)]


def _decode(token: str, keys: KeyRing) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except (JWTError, TypeError, RecursionError):
        raise TokenMalformed("this is not a JSON Web Token") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in keys.algorithms:
        raise TokenAlgorithmRefused(f"tokens are signed with {' or '.join(keys.algorithms)}, not with {algorithm!r}")
    candidates = keys.candidates(algorithm, kid)
    if not candidates:
        raise TokenKeyUnknown(f"the token's key {kid!r} is not in use, or no longer")
    options = {"verify_aud": False, "require_exp": True, "leeway": LEEWAY_SECONDS}
    try:
        return jwt.decode(token, cast(Any, candidates), algorithms=[algorithm], options=options)
    except ExpiredSignatureError:
        raise TokenExpired("the token has expired") from None
    except JWTClaimsError as error:
        wrong = TokenNotYetValid if "not yet valid" in str(error) else TokenClaimsWrong
        raise wrong(f"the token's claims are wrong: {error}") from None
    except (JWTError, TypeError, OverflowError, RecursionError) as error:
        if "Signature verification failed" in str(error):
            raise TokenSignatureWrong("the token's signature is wrong") from None
        wrong_claim = isinstance(error, (TypeError, OverflowError))
        raise (TokenClaimsWrong if wrong_claim else TokenMalformed)(f"the token cannot be read: {error}") from None


def _claims(claims: dict[str, Any]) -> Claims:
    texts = {name: claims.get(name) for name in ("sub", "role", "email", "act")}
    for name, value in texts.items():
        if not isinstance(value, str) and (value is not None or name in ("sub", "role")):
            raise TokenClaimsWrong(f"the token's claim {name!r} must be a text, not {value!r}")
    for name in ("exp", "nbf", "iat"):
        _check_time(name, claims.get(name))
    try:
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise TokenClaimsWrong(f"the token's claim 'exp' must be a time in seconds, not {claims['exp']!r}") from None
    return Claims(
        subject=str(texts["sub"]),
        role=str(texts["role"]),
        email=texts["email"],
        actor=texts["act"],
        expires_at=expires_at,
        all=claims,
    )


def _check_time(name: str, value: Any) -> None:
    """A text of digits is a number to who reads it generously, which not everyone does."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise TokenClaimsWrong(f"the token's claim {name!r} must be a time in seconds, not {value!r}")
