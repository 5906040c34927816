"""A token is believed when its algorithm, signature, times, issuer and audience are right."""

from collections.abc import Collection
from typing import Any, Final, cast

from jose import jwt
from jose.exceptions import ExpiredSignatureError, JWTClaimsError, JWTError

from flows_shared.tokens.claims import Claims, read_claims
from flows_shared.tokens.errors import (
    TokenAlgorithmRefused,
    TokenAudienceWrong,
    TokenClaimsWrong,
    TokenExpired,
    TokenIssuerWrong,
    TokenKeyUnknown,
    TokenMalformed,
    TokenMissing,
    TokenNotYetValid,
    TokenSignatureWrong,
)
from flows_shared.tokens.ring import KeyRing

LEEWAY_SECONDS: Final = 5


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
    return read_claims(claims)


def bearer_token(authorization: str | None) -> str:
    """The token of an `Authorization` header."""
    scheme, _, token = (authorization or "").partition(" ")
    if not authorization:
        raise TokenMissing
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMalformed("the Authorization header must read 'Bearer <token>'")
    return token.strip()


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
