"""Who changes how one logs in proves who they are: by a young session, the password, or a code that is mailed."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID, uuid4

from flows_api.auth.errors import InvalidCredentials, MailedTooOften, NonceWrong, ReauthenticationNeeded
from flows_api.auth.passwords import PasswordChecks
from flows_api.auth.users import find_login
from flows_shared.db import Connection, Database
from flows_shared.settings import ServiceSettings
from flows_shared.tokens import mailed_code

FRESH: Final = timedelta(hours=24)  # as GoTrue's secure password change

BEGAN = "SELECT flows.session_began($1)"
BEGIN = "SELECT flows.begin_reauthentication($1, $2, $3)"
MAIL = "SELECT flows.reauthentication_of($1)"
USE = "SELECT flows.use_reauthentication($1)"


async def begin_reauthentication(db: Connection, user_id: UUID, expires_at: datetime) -> None:
    """Have a code mailed; the last one counts."""
    if await db.fetchval(BEGIN, uuid4(), user_id, expires_at) == "too_soon":
        raise MailedTooOften


async def check_fresh(db: Database, session: UUID | None, now: datetime) -> None:
    """Raises `ReauthenticationNeeded` for a session that began a day ago, and for a token of no session."""
    async with db.connection() as connection:
        began_at = await connection.fetchval(BEGAN, session)
    if began_at is None or began_at <= now - FRESH:
        raise ReauthenticationNeeded


async def check_nonce(db: Database, settings: ServiceSettings, user_id: UUID, nonce: str) -> None:
    """A code works once."""
    async with db.connection() as connection:
        mail = await connection.fetchval(MAIL, user_id)
        right = mail and compare_digest(mailed_code(settings, mail).encode(), nonce.strip().encode(errors="replace"))
        if not right or not await connection.fetchval(USE, mail):
            raise NonceWrong


async def check_password(db: Database, passwords: PasswordChecks, email: str, password: str) -> None:
    async with db.connection() as connection:
        login = await find_login(connection, email)
    if not await passwords.verify(login.password_hash if login else None, password):
        raise InvalidCredentials
