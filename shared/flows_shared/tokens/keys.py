"""Keys that sign and verify tokens. Each is bound to one algorithm, so that a token never chooses how it is checked."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self

from jose import jwk
from jose.backends.base import Key
from jose.constants import Algorithms
from jose.exceptions import JOSEError

ALGORITHMS: Final = {"oct": "HS256", "RSA": "RS256", "EC": "ES256"}  # by the kind of key
CURVES: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
VERIFIED: Final = {"oct": Algorithms.HMAC, "RSA": Algorithms.RSA_DS, "EC": Algorithms.EC_DS}
PUBLIC_MEMBERS: Final = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}  # as RFC 7638 orders them
MIN_SECRET_BYTES: Final = 32
MIN_RSA_BITS: Final = 2048


@dataclass(frozen=True)
class TokenKey:
    """`kid` is None for a secret from before there were key ids; `public` is None for a secret."""

    algorithm: str
    kid: str | None
    key: Key
    can_sign: bool = True
    public: Mapping[str, str] | None = None

    @classmethod
    def secret(cls, text: str) -> Self:
        return cls("HS256", None, jwk.construct(text, "HS256"))

    @classmethod
    def of_jwk(cls, given: Mapping[str, Any]) -> Self:
        """Of a JSON Web Key (RFC 7517): HS256, RS256 or ES256 by its `kty`. A `ValueError` says what is wrong."""
        kind = str(given.get("kty"))
        algorithm = ALGORITHMS.get(kind)
        if algorithm is None or given.get("alg", algorithm) != algorithm:
            raise ValueError("a key must be kty oct with alg HS256, RSA with RS256 or EC with ES256")
        _check_strength(kind, given)
        try:
            key = jwk.construct({**given}, algorithm)
        except (JOSEError, ValueError, TypeError, KeyError):
            raise ValueError(f"this {kind} key cannot be read") from None
        if kind == "oct":
            return cls(algorithm, given.get("kid"), key)
        members = {name: str(given[name]) for name in PUBLIC_MEMBERS[kind]}
        kid = str(given.get("kid") or thumbprint(members))
        public = {**members, "kid": kid, "alg": algorithm, "use": "sig"}
        return cls(algorithm, kid, key, "d" in given, public)

    @classmethod
    def only_verifying(cls, given: Mapping[str, Any]) -> Self:
        """Of somebody else's JSON Web Key, as strong or weak as it is. A `ValueError` says what is wrong."""
        kind, algorithm = str(given.get("kty")), str(given.get("alg") or _usual_algorithm(given))
        if algorithm not in VERIFIED.get(kind, ()) or (kind == "EC" and algorithm != _usual_algorithm(given)):
            raise ValueError(f"a key of kty {kind} does not verify {algorithm}")
        try:
            key = jwk.construct({**given}, algorithm)
            return cls(algorithm, given.get("kid"), key if kind == "oct" else key.public_key(), can_sign=False)
        except (JOSEError, ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(f"this {kind} key cannot be read") from None

    def verifies(self, algorithm: object, kid: str | None) -> bool:
        """Whether a token with this header may be of this key. A key or token without an id goes by its algorithm."""
        return self.algorithm == algorithm and (kid is None or self.kid in (None, kid))

    def verifying(self) -> Key:
        return self.key.public_key() if self.public else self.key


def parse_keys(text: str) -> list[TokenKey]:
    """Of a JSON array of JSON Web Keys. A `ValueError` says what is wrong, and never shows a key."""
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError("must be a JSON array of JSON Web Keys") from None
    if not isinstance(given, list) or not given or not all(isinstance(key, dict) for key in given):
        raise ValueError("must be a JSON array of JSON Web Keys")
    return [TokenKey.of_jwk(key) for key in given]


def _usual_algorithm(given: Mapping[str, Any]) -> str | None:
    kind = str(given.get("kty"))
    return CURVES.get(str(given.get("crv"))) if kind == "EC" else ALGORITHMS.get(kind)


def _check_strength(kind: str, given: Mapping[str, Any]) -> None:
    try:
        if kind == "oct" and len(_decoded(given["k"])) < MIN_SECRET_BYTES:
            raise ValueError(f"an oct key holds at least {MIN_SECRET_BYTES} bytes")
        if kind == "RSA" and 8 * len(_decoded(given["n"])) < MIN_RSA_BITS:
            raise ValueError(f"an RSA key has at least {MIN_RSA_BITS} bits")
        if kind == "EC" and (given["crv"], bool(given["x"]), bool(given["y"])) != ("P-256", True, True):
            raise ValueError("an EC key for ES256 is on the curve P-256")
    except (KeyError, TypeError, AttributeError, NotBase64):
        raise ValueError(f"this {kind} key lacks a member, or one is not base64url") from None


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def thumbprint(members: Mapping[str, str]) -> str:
    """RFC 7638."""
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return urlsafe_b64encode(sha256(canonical.encode()).digest()).rstrip(b"=").decode()
