"""How one gets in without a password, or to a new address: by an invite, or by a mail that was asked for."""

from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from flows_api.auth.errors import (
    EmailTaken,
    InviteOfAnother,
    MailedTooOften,
    OneTimeTokenWrong,
    ValidationFailed,
)
from flows_api.auth.secret import hash_secret
from flows_shared.db import Connection
from flows_shared.settings import ServiceSettings
from flows_shared.tokens import mailed_token

ACCEPT = "SELECT outcome, user_id FROM flows.accept_invite($1, $2, $3)"
BEGIN = "SELECT flows.begin_recovery($1, $2, $3, $4, $5)"
USE = "SELECT flows.use_recovery($1)"
BEGIN_CHANGE = "SELECT flows.begin_email_change($1, $2, $3, $4, $5, $6)"
USE_CHANGE = "SELECT flows.use_email_change($1)"


async def accept_invite(db: Connection, token: str, email: str | None = None, password_hash: str | None = None) -> UUID:
    """The login that an invited customer has from now on. Not in a transaction: that an invite has expired is kept."""
    try:
        invite = UUID(token)
    except ValueError:
        raise OneTimeTokenWrong from None
    try:
        row = await db.fetchrow(ACCEPT, invite, email, password_hash)
    except asyncpg.UniqueViolationError:  # another invite of theirs was accepted in the same instant
        raise OneTimeTokenWrong from None
    assert row is not None  # the function always gives one row
    match row["outcome"]:
        case "accepted":
            user_id: UUID = row["user_id"]
            return user_id
        case "other_email":
            raise InviteOfAnother
        case "no_email":
            raise ValidationFailed("the invited customer has no email address: sign up with one and the invite")
        case _:
            raise OneTimeTokenWrong


async def begin_recovery(
    db: Connection, settings: ServiceSettings, email: str, expires_at: datetime, redirect_to: str | None = None
) -> None:
    """Have a mail sent to the login of this address, if there is one."""
    recovery = uuid4()
    token = mailed_token(settings, "recovery", recovery)
    await db.execute(BEGIN, recovery, email, hash_secret(token), expires_at, redirect_to)


async def use_recovery(db: Connection, token: str) -> UUID:
    """The user whose mail the token was in; it works once."""
    user_id: UUID | None = await db.fetchval(USE, hash_secret(token))
    if user_id is None:
        raise OneTimeTokenWrong
    return user_id


async def begin_email_change(
    db: Connection,
    settings: ServiceSettings,
    user_id: UUID,
    email: str,
    expires_at: datetime,
    redirect_to: str | None = None,
) -> None:
    """Have a mail sent to the new address, which counts once its link is followed; none where it is someone's."""
    change = uuid4()
    token = mailed_token(settings, "email_change", change)
    values = (change, user_id, email, hash_secret(token), expires_at, redirect_to)
    match await db.fetchval(BEGIN_CHANGE, *values):
        case "too_soon":
            raise MailedTooOften


async def use_email_change(db: Connection, token: str) -> UUID:
    """The user who has the new address from now on."""
    try:
        user_id: UUID | None = await db.fetchval(USE_CHANGE, hash_secret(token))
    except asyncpg.UniqueViolationError:  # somebody else has it by now
        raise EmailTaken from None
    if user_id is None:
        raise OneTimeTokenWrong
    return user_id
