"""Those who may log in: public.users."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Person, Principal
from flows_shared.db import Connection, Database

USER_FOR_LOGIN = "SELECT id, password_hash, disabled_at FROM flows.user_for_login($1)"
NOTE_LOGIN = "SELECT flows.note_login($1)"
SET_PASSWORD = "SELECT flows.set_password($1, $2)"
OWN_USER = """
    SELECT id, email, role, customer, disabled_at, last_login_at, created_at, updated_at
      FROM public.users
     WHERE id = (SELECT flows.current_user_id())
"""


@dataclass(frozen=True)
class Login:
    """What a password is checked against; there may be no password yet."""

    id: UUID
    password_hash: str | None
    disabled_at: datetime | None


@dataclass(frozen=True)
class User:
    id: UUID
    email: str
    role: Person
    customer: UUID | None
    disabled_at: datetime | None
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def find_login(db: Connection, email: str) -> Login | None:
    row = await db.fetchrow(USER_FOR_LOGIN, email)
    return Login(**row) if row else None


async def note_login(db: Connection, user_id: UUID) -> None:
    await db.execute(NOTE_LOGIN, user_id)


async def set_password(db: Connection, user_id: UUID, password_hash: str) -> None:
    await db.execute(SET_PASSWORD, user_id, password_hash)


async def find_own_user(db: Database, principal: Principal) -> User | None:
    """The user that the principal is, as the principal may see it."""
    async with acting_as(db, principal) as transaction:
        row = await transaction.fetchrow(OWN_USER)
    return User(**row) if row else None
