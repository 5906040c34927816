"""What a token says once its signature is right; whether that is to be believed is judged elsewhere."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, cast

from jose import jws
from jose.exceptions import JWSError

from flows_shared.tokens.errors import TokenMalformed, TokenSignatureWrong
from flows_shared.tokens.keys import TokenKey

SEGMENTS: Final = re.compile(r"([\w-]+={0,2}\.){2}[\w-]*={0,2}", re.ASCII)


@dataclass(frozen=True)
class Header:
    """What a token claims of its own signature: nothing to rely on."""

    algorithm: object
    kid: str | None


def read_header(token: str) -> Header:
    """Raises a `TokenMalformed`, also where RFC 7515 forbids to go on: at extensions that one does not know."""
    try:
        header = jws.get_unverified_header(token) if SEGMENTS.fullmatch(token) else None
    except (JWSError, RecursionError):
        header = None
    if header is None or "crit" in header or not isinstance(header.get("kid"), str | None):
        raise TokenMalformed("this is not a JSON Web Token")
    return Header(header.get("alg"), header.get("kid"))


def signed_claims(token: str, keys: Collection[TokenKey]) -> dict[str, Any]:
    """Of a token whose header was read, with the keys that it may be of."""
    try:
        verifying = cast(Any, [key.verifying() for key in keys])
        payload = jws.verify(token, verifying, algorithms={key.algorithm for key in keys})
    except JWSError:
        raise TokenSignatureWrong("the token's signature is wrong") from None
    try:
        claims = json.loads(payload.decode())
    except (ValueError, RecursionError) as error:
        raise TokenMalformed(f"the token cannot be read: Invalid payload string: {error}") from None
    if not isinstance(claims, dict):
        raise TokenMalformed("the token cannot be read: Invalid payload string: must be a json object")
    return claims
