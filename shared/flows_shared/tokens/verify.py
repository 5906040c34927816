"""A token is believed when its algorithm, signature, times, issuer and audience are right."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flows_shared.tokens.claims import Claims, read_claims
from flows_shared.tokens.errors import (
    TokenAlgorithmRefused,
    TokenAudienceWrong,
    TokenIssuerWrong,
    TokenKeyUnknown,
    TokenMalformed,
    TokenMissing,
)
from flows_shared.tokens.ring import KeyRing
from flows_shared.tokens.signature import read_header, signed_claims
from flows_shared.tokens.times import check_times


def verify_token(
    token: str,
    keys: str | KeyRing,
    *,
    now: datetime,
    audience: str | None = None,
    issuers: Collection[str] = (),
    issuers_without_audience: Collection[str] = (),
) -> Claims:
    """The claims of a token whose algorithm, signature, times, issuer and audience are right; else a `TokenError`.

    Without `audience` only tokens that carry none are taken; with `issuers` only theirs. A token of one of
    `issuers_without_audience` may omit the audience.
    """
    claims = _signed_claims(token, KeyRing.of_secrets(keys) if isinstance(keys, str) else keys)
    check_times(claims, int(now.timestamp()))
    issuer, given = claims.get("iss"), claims.get("aud")
    if issuers and issuer not in issuers:
        raise TokenIssuerWrong(f"the token was issued by {issuer!r}, which is not accepted here")
    audiences = given if isinstance(given, list) else [given]
    if audience not in audiences and not (given is None and issuer in issuers_without_audience):
        raise TokenAudienceWrong(f"the token is for {given!r}, not for {audience!r}")
    return read_claims(claims)


def bearer_token(authorization: str | None) -> str:
    """The token of an `Authorization` header."""
    scheme, _, token = (authorization or "").partition(" ")
    if not authorization:
        raise TokenMissing
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMalformed("the Authorization header must read 'Bearer <token>'")
    return token.strip()


def _signed_claims(token: str, keys: KeyRing) -> dict[str, Any]:
    header = read_header(token)
    if header.algorithm not in keys.algorithms:
        allowed = " or ".join(keys.algorithms)
        raise TokenAlgorithmRefused(f"tokens are signed with {allowed}, not with {header.algorithm!r}")
    candidates = keys.candidates(header.algorithm, header.kid)
    if not candidates:
        raise TokenKeyUnknown(f"the token's key {header.kid!r} is not in use, or no longer")
    return signed_claims(token, candidates)
