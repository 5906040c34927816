"""Who calls, where no host says so: JSON Web Tokens, believed by the settings."""

import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import time
from typing import Any, Final

from flows_api.rest.claim_path import ClaimPath
from flows_api.rest.database import Caller
from flows_api.rest.errors import AnonymousRefused, SecretMissing, TokenRefused
from flows_shared.tokens import TokenKey, TokenMalformed, TokenSignatureWrong, read_header, signed_claims

SKEW_SECONDS: Final = 30
LATEST: Final = 2**63 - 1
TIMES: Final = {"exp": "JWT expired", "nbf": "JWT not yet valid", "iat": "JWT issued at future"}
NO_KEY_FITS: Final = "No suitable key was found to decode the JWT"
NO_KEY_DECODES: Final = "None of the keys was able to decode the JWT"
WRONG_KEY: Final = "No suitable key or wrong key type"


@dataclass(frozen=True)
class TokenRules:
    """Without `anonymous_role` a token is needed; without keys none is believed."""

    keys: Sequence[TokenKey]
    role_path: ClaimPath
    audience: str | None = None
    anonymous_role: str | None = None
    remembered: int = 1_000


class Tokens:
    """Signatures are checked once a token; times are checked every time."""

    def __init__(self, rules: TokenRules, clock: Callable[[], float] = time) -> None:
        self.rules = rules
        self.clock = clock
        self._known: OrderedDict[str, tuple[Mapping[str, Any], Caller | None]] = OrderedDict()
        self._anonymous = self._caller({})

    async def identify(self, authorization: str | None) -> Caller:
        scheme, _, token = (authorization or "").partition(" ")
        caller = self._anonymous
        if scheme.lower() == "bearer":
            claims, caller = self._verified(token.strip())
            check_claims(claims, self.rules.audience, int(self.clock()))
        if caller is None:
            raise AnonymousRefused
        return caller

    def _caller(self, claims: Mapping[str, Any]) -> Caller | None:
        role = self.rules.role_path.find(claims) if claims else None
        role = self.rules.anonymous_role if role is None else role
        if role is None:
            return None
        text = json.dumps({**claims, "role": role}, ensure_ascii=False, separators=(",", ":"))
        name = "" if role == self.rules.anonymous_role else str(claims.get("sub") or text)
        return Caller(role, text, anonymous=role == self.rules.anonymous_role, name=name)

    def _verified(self, token: str) -> tuple[Mapping[str, Any], Caller | None]:
        if not self.rules.keys:
            raise SecretMissing
        known = self._known.get(token)
        if known is None:
            claims = verify(token, self.rules.keys)
            known = claims, self._caller(claims)
            if self.rules.remembered:
                self._known[token] = known
            while len(self._known) > self.rules.remembered:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(token)
        return known


def read_keys(secret: str | None, *, is_base64: bool) -> list[TokenKey]:
    """Of a text, a JSON web key, or a set of them. A `ValueError` says what is wrong."""
    if secret is None:
        return []
    raw = _decoded(secret) if is_base64 else secret.encode()
    given = _json(raw)
    if isinstance(given, dict) and ("keys" in given or "kty" in given):
        return _web_keys(given.get("keys", [given]))
    if len(raw) < 32:
        raise ValueError("The JWT secret must be at least 32 characters long.")
    return [TokenKey.only_verifying({"kty": "oct", "k": base64.urlsafe_b64encode(raw).decode()})]


def verify(token: str, keys: Sequence[TokenKey]) -> Mapping[str, Any]:
    """The claims of a token that one of the keys has signed: what they say is judged later, every time."""
    if not token:
        raise TokenRefused("Empty JWT is sent in Authorization header", claims=False)
    parts = token.count(".") + 1
    if parts != 3:
        raise TokenRefused(f"Expected 3 parts in JWT; got {parts}", claims=False)
    try:
        return signed_claims(token, _fitting(token, keys))
    except TokenSignatureWrong:
        raise TokenRefused(WRONG_KEY, claims=False, details=NO_KEY_DECODES) from None
    except TokenMalformed:
        raise TokenRefused("Parsing claims failed", claims=True) from None


def check_claims(claims: Mapping[str, Any], audience: str | None, now: int) -> None:
    """Times within half a minute, and the audience where one is asked for."""
    for name, message in TIMES.items():
        value = claims.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TokenRefused(f"The JWT '{name}' claim must be a number", claims=True)
        if _is_out_of_time(name, value, now):
            raise TokenRefused(message, claims=True)
    _check_audience(claims.get("aud"), audience)


def _is_out_of_time(name: str, value: float, now: int) -> bool:
    """A moment that no clock shows, such as infinity, is none to rely on."""
    if not abs(value) <= LATEST:
        return True
    return (now - int(value) if name == "exp" else int(value) - now) > SKEW_SECONDS


def _check_audience(given: Any, wanted: str | None) -> None:
    if given is None:
        return
    audiences = given if isinstance(given, list) else [given]
    if not all(isinstance(audience, str) for audience in audiences):
        raise TokenRefused("The JWT 'aud' claim must be a string or an array of strings", claims=True)
    if wanted is not None and audiences and wanted not in audiences:
        raise TokenRefused("JWT not in audience", claims=True)


def _fitting(token: str, keys: Sequence[TokenKey]) -> Sequence[TokenKey]:
    """The keys that the token's header may mean."""
    try:
        header = read_header(token)
    except TokenMalformed:
        raise TokenRefused("JWT cryptographic operation failed", claims=False) from None
    if header.algorithm == "none":
        details = "JWT is unsecured but expected 'alg' was not 'none'"
        raise TokenRefused("Wrong or unsupported encoding algorithm", claims=False, details=details)
    fitting = [key for key in keys if key.verifies(header.algorithm, header.kid)]
    if not fitting:
        raise TokenRefused(WRONG_KEY, claims=False, details=NO_KEY_FITS)
    return fitting


def _web_keys(given: Any) -> list[TokenKey]:
    try:
        return [TokenKey.only_verifying(key) for key in given]
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"the JWT secret is no JSON web key: {error}") from None


def _decoded(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.strip().translate(str.maketrans("-_.", "+/=")), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the JWT secret is not base64: {error}") from None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
