"""A token is signed with a key that pins its algorithm."""

from datetime import datetime, timedelta
from typing import Any

from jose import jwt

from flows_shared.tokens.keys import TokenKey


def sign_token(
    key: str | TokenKey,
    *,
    subject: str,
    role: str,
    lifetime: timedelta,
    now: datetime,
    audience: str | None = None,
    issuer: str | None = None,
    **more: Any,
) -> str:
    """A token signed with a key, or with a secret (HS256); `more` are further claims such as `email`."""
    key = TokenKey.secret(key) if isinstance(key, str) else key
    claims = {"sub": subject, "role": role, "iat": now, "exp": now + lifetime, "aud": audience, "iss": issuer}
    given = {name: value for name, value in {**claims, **more}.items() if value is not None}
    headers = {"kid": key.kid} if key.kid else None
    return str(jwt.encode(given, key.key, algorithm=key.algorithm, headers=headers))
