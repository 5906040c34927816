"""Whether a token's times are times, and now is between them."""

from collections.abc import Mapping
from typing import Any, Final

from flows_shared.tokens.errors import TokenClaimsWrong, TokenExpired, TokenMalformed, TokenNotYetValid

LEEWAY_SECONDS: Final = 5


def check_times(claims: Mapping[str, Any], now: int) -> None:
    if "exp" not in claims:
        raise TokenMalformed('the token cannot be read: missing required key "exp" among claims')
    for name in ("iat", "nbf", "exp"):
        if name in claims:
            _check_time(name, claims[name], now)


def _check_time(name: str, value: Any, now: int) -> None:
    seconds = _whole_seconds(name, value)
    if name == "exp" and seconds < now - LEEWAY_SECONDS:
        raise TokenExpired("the token has expired")
    if name == "nbf" and seconds > now + LEEWAY_SECONDS:
        raise TokenNotYetValid("the token's claims are wrong: The token is not yet valid (nbf)")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _no_time(name, value)  # a text of digits is a number to who reads it generously, which not everyone does


def _whole_seconds(name: str, value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise _no_time(name, value) from None
    except (TypeError, OverflowError) as error:
        raise TokenClaimsWrong(f"the token cannot be read: {error}") from None


def _no_time(name: str, value: Any) -> TokenClaimsWrong:
    return TokenClaimsWrong(f"the token's claim {name!r} must be a time in seconds, not {value!r}")
