"""From an Authorization header to a principal: the token is verified once, then believed for a while."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from time import monotonic
from typing import Any, Final, cast
from uuid import UUID

from flows_api.auth.principal import ANONYMOUS, PEOPLE, ROLES, AccessRole, Principal
from flows_api.auth.users import find_own_user
from flows_api.settings import ApiSettings
from flows_shared.auth import Claims, TokenError, TokenMalformed, bearer_token, verify_token
from flows_shared.db import Database
from flows_shared.time import utc_now

LOGGED_IN: Final = "authenticated"  # people's role in older tokens: which one they have is in public.users


class TokenRoleUnknown(TokenError):
    code = "auth.token_role"

    def __init__(self, role: str) -> None:
        super().__init__(f"the token's role {role!r} is not known here")


class UserUnknown(TokenError):
    code = "auth.user_unknown"

    def __init__(self) -> None:
        super().__init__("the token's user does not exist or may not log in any more")


class Authenticator:
    """Verifies tokens by the settings; asks the database only for people with an older token."""

    def __init__(self, settings: ApiSettings, db: Database) -> None:
        self.settings = settings
        self.db = db
        self._known: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()

    async def authenticate(self, authorization: str | None) -> Principal:
        """Raises a `TokenError` that says what is wrong."""
        token = bearer_token(authorization)
        if len(token) > self.settings.api_token_max_bytes:
            raise TokenMalformed(f"a token is at most {self.settings.api_token_max_bytes} bytes long")
        key = sha256(token.encode()).digest()
        principal = self._remembered(key)
        if principal is None:
            claims = self._verify(token)
            principal = await self._principal(claims)
            self._remember(key, principal, claims)
        return principal

    async def authenticate_or_anonymous(self, authorization: str | None) -> Principal:
        """Without a token one is anonymous; with a wrong one, refused."""
        return await self.authenticate(authorization) if authorization else ANONYMOUS

    def _verify(self, token: str) -> Claims:
        return verify_token(
            token,
            self.settings.jwt_secret.get_secret_value(),
            audience=self.settings.api_token_audience,
            issuers=self.settings.issuers(),
            issuers_without_audience=self.settings.api_issuers_without_audience,
        )

    async def _principal(self, claims: Claims) -> Principal:
        role = self.settings.api_role_aliases.get(claims.role, claims.role)
        if role in (*PEOPLE, LOGGED_IN) and not _is_uuid(claims.subject):
            raise TokenMalformed("the token's claim 'sub' must be the UUID of a user")
        if role == LOGGED_IN:
            return await self._person(claims)
        if role not in ROLES:
            raise TokenRoleUnknown(claims.role)
        return _with_role(claims, cast(AccessRole, role))

    async def _person(self, claims: Claims) -> Principal:
        user = await find_own_user(self.db, _with_role(claims, "customer"))
        if user is None or user.disabled_at is not None:
            raise UserUnknown
        return _with_role(claims, user.role)

    def _remembered(self, key: bytes) -> Principal | None:
        principal, until = self._known.get(key, (None, 0.0))
        return principal if monotonic() < until else None

    def _remember(self, key: bytes, principal: Principal, claims: Claims) -> None:
        left = (claims.expires_at - utc_now()).total_seconds()
        self._known[key] = principal, monotonic() + min(left, self.settings.api_token_cache_seconds)
        self._known.move_to_end(key)
        while len(self._known) > self.settings.api_token_cache_size:
            self._known.popitem(last=False)


def _with_role(claims: Claims, role: AccessRole) -> Principal:
    return Principal(role, claims.subject, _dump({**claims.all, "role": role}))


def _dump(claims: Mapping[str, Any]) -> str:
    return json.dumps(claims, separators=(",", ":"))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
