"""From an Authorization header to a principal: verified once, then believed for a while or until it is revoked."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from time import monotonic
from typing import Final, cast
from uuid import UUID

from flows_api.auth.api_keys import PREFIX, UsedKey, use_key
from flows_api.auth.principal import ANONYMOUS, PEOPLE, ROLES, AccessRole, Principal
from flows_api.auth.sessions import session_lives
from flows_api.auth.users import find_own_user
from flows_api.settings import ApiSettings
from flows_shared.db import Database
from flows_shared.tokens import Claims, TokenError, TokenExpired, TokenMalformed, bearer_token, verify_token

LOGGED_IN: Final = "authenticated"  # people's role in older tokens: which one they have is in public.users


class TokenRoleUnknown(TokenError):
    code = "auth.token_role"

    def __init__(self, role: str) -> None:
        super().__init__(f"the token's role {role!r} is not known here")


class UserUnknown(TokenError):
    code = "auth.user_unknown"

    def __init__(self) -> None:
        super().__init__("the token's user does not exist or may not log in any more")


class SessionEnded(TokenError):
    code = "auth.session_ended"

    def __init__(self) -> None:
        super().__init__("the token's session has ended")


class KeyUnknown(TokenError):
    code = "auth.key_unknown"

    def __init__(self) -> None:
        super().__init__("there is no such API key")


class KeyRevoked(TokenError):
    code = "auth.key_revoked"

    def __init__(self) -> None:
        super().__init__("the API key was revoked")


class KeyNotAllowed(TokenError):
    code = "auth.key_not_allowed"

    def __init__(self) -> None:
        super().__init__("the admin who made the API key may not have it any more")


@dataclass(frozen=True)
class Believed:
    principal: Principal
    until: float


class Authenticator:
    """Verifies tokens by the settings; asks the database for keys, for sessions, and for people with an older token."""

    def __init__(self, settings: ApiSettings, db: Database) -> None:
        self.settings = settings
        self.db = db
        self.keys = settings.token_keys()
        self._known: OrderedDict[bytes, Believed] = OrderedDict()
        self._changes = 0

    async def authenticate(self, authorization: str | None, now: datetime) -> Principal:
        """Raises a `TokenError` that says what is wrong at this moment."""
        token = bearer_token(authorization)
        if len(token) > self.settings.api_token_max_bytes:
            raise TokenMalformed(f"a token is at most {self.settings.api_token_max_bytes} bytes long")
        digest = sha256(token.encode()).digest()
        principal = self._remembered(digest)
        if principal is None:
            asked_at = self._changes
            principal, ends = await self._principal(token, now)
            if asked_at == self._changes:  # else it may have been revoked while it was looked up
                self._remember(digest, principal, ends, now)
        return principal

    async def authenticate_or_anonymous(self, authorization: str | None, now: datetime) -> Principal:
        """Without a token one is anonymous; with a wrong one, refused."""
        return await self.authenticate(authorization, now) if authorization else ANONYMOUS

    def forget(self, name: str | None = None) -> None:
        """Ask again about a user, session or key; about everyone where none is named."""
        self._changes += 1
        for digest, believed in list(self._known.items()):
            principal = believed.principal
            if name is None or name in (principal.subject, str(principal.session), str(principal.key)):
                del self._known[digest]

    async def _principal(self, token: str, now: datetime) -> tuple[Principal, datetime]:
        if token.startswith(PREFIX):
            return await self._program(token, now)
        claims = self._verify(token, now)
        return await self._of_claims(claims), claims.expires_at

    async def _program(self, secret: str, now: datetime) -> tuple[Principal, datetime]:
        async with self.db.connection() as connection:
            key = await use_key(connection, secret)
        if key is None:
            raise KeyUnknown
        if key.revoked_at is not None:
            raise KeyRevoked
        if key.expires_at <= now:
            raise TokenExpired("the API key has expired")
        if not key.allowed:
            raise KeyNotAllowed
        return _principal_of_key(key), key.expires_at

    def _verify(self, token: str, now: datetime) -> Claims:
        return verify_token(
            token,
            self.keys,
            audience=self.settings.api_token_audience,
            issuers=self.settings.issuers(),
            issuers_without_audience=self.settings.api_issuers_without_audience,
            now=now,
        )

    async def _of_claims(self, claims: Claims) -> Principal:
        role = self.settings.api_role_aliases.get(claims.role, claims.role)
        if role in (*PEOPLE, LOGGED_IN) and _uuid(claims.subject) is None:
            raise TokenMalformed("the token's claim 'sub' must be the UUID of a user")
        session = _uuid(claims.all.get("session_id"))
        if session is not None:
            await self._check_session(session, claims.subject)
        if role == LOGGED_IN:
            return await self._person(claims, session)
        if role not in ROLES:
            raise TokenRoleUnknown(claims.role)
        return _with_role(claims, cast(AccessRole, role), session, self._scopes(claims))

    def _scopes(self, claims: Claims) -> list[str] | None:
        """Of a token's role by the settings, or as the token itself says."""
        if named := self.settings.api_role_scopes.get(claims.role):
            return named.split()
        scopes = claims.all.get("scopes")
        if scopes is None or (isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes)):
            return scopes
        raise TokenMalformed("the token's claim 'scopes' must be a list of texts")

    async def _check_session(self, session: UUID, subject: str) -> None:
        user = _uuid(subject)
        async with self.db.connection() as connection:
            if user is None or not await session_lives(connection, session, user):
                raise SessionEnded

    async def _person(self, claims: Claims, session: UUID | None) -> Principal:
        user = await find_own_user(self.db, _with_role(claims, "customer", session))
        if user is None or user.disabled_at is not None:
            raise UserUnknown
        return _with_role(claims, user.role, session)

    def _remembered(self, digest: bytes) -> Principal | None:
        believed = self._known.get(digest)
        return believed.principal if believed and monotonic() < believed.until else None

    def _remember(self, digest: bytes, principal: Principal, ends: datetime, now: datetime) -> None:
        left = (ends - now).total_seconds()
        until = monotonic() + min(left, self.settings.api_token_cache_seconds)
        self._known[digest] = Believed(principal, until)
        self._known.move_to_end(digest)
        while len(self._known) > self.settings.api_token_cache_size:
            self._known.popitem(last=False)


def _with_role(
    claims: Claims, role: AccessRole, session: UUID | None = None, scopes: list[str] | None = None
) -> Principal:
    """`key` is what an API key's claims say of it, and no token's to say."""
    given = {name: value for name, value in claims.all.items() if name not in ("scopes", "key")}
    known = {**given, "role": role, **({} if scopes is None else {"scopes": scopes})}
    return Principal(role, claims.subject, _dump(known), session, scopes=None if scopes is None else frozenset(scopes))


def _principal_of_key(key: UsedKey) -> Principal:
    """The program acts within what its maker may, and is named in the audit log."""
    claims = {
        "sub": str(key.created_by),
        "role": key.role,
        "act": f"api_key:{key.id}",
        "key": {"id": str(key.id), "esco": str(key.esco) if key.esco else None},
        "scopes": key.scopes,
    }
    return Principal(
        cast(AccessRole, key.role), str(key.created_by), _dump(claims), key=key.id, scopes=frozenset(key.scopes)
    )


def _dump(claims: Mapping[str, object]) -> str:
    return json.dumps(claims, separators=(",", ":"))


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
