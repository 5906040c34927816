"""What a verified token says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows_shared.tokens.errors import TokenClaimsWrong


@dataclass(frozen=True)
class Claims:
    """What a verified token says. `all` holds every claim as it was signed."""

    subject: str
    role: str
    email: str | None
    actor: str | None
    expires_at: datetime
    all: Mapping[str, Any]


def read_claims(claims: dict[str, Any]) -> Claims:
    texts = {name: claims.get(name) for name in ("sub", "role", "email", "act", "jti")}
    for name, value in texts.items():
        if not isinstance(value, str) and (value is not None or name in ("sub", "role")):
            raise TokenClaimsWrong(f"the token's claim {name!r} must be a text, not {value!r}")
    return Claims(
        subject=str(texts["sub"]),
        role=str(texts["role"]),
        email=texts["email"],
        actor=texts["act"],
        expires_at=_moment(claims["exp"]),
        all=claims,
    )


def _moment(exp: float) -> datetime:
    try:
        return datetime.fromtimestamp(exp, UTC)
    except (ValueError, OverflowError, OSError):
        raise TokenClaimsWrong(f"the token's claim 'exp' must be a time in seconds, not {exp!r}") from None
