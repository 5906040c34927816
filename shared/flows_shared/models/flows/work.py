"""Work that follows from a change, the record of every change, and what lets one in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlmodel import Field

from flows_shared.models.columns import FLOWS, JSON_VALUE, STATE, Created, Dated, Identified, Table, computed, default
from flows_shared.vocabulary.billing import SealKind
from flows_shared.vocabulary.people import LoginMailKind


class OutboxJob(Identified, Created, table=True):
    """A job to run: written with the change that causes it, deleted when it is done. `key`: unique among the undone."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_key",
            "service",
            "job",
            "key",
            unique=True,
            postgresql_where=text("key IS NOT NULL AND failed_at IS NULL"),
        ),
        Index("outbox_due", "service", "not_before", postgresql_where=text("failed_at IS NULL")),
        FLOWS,
    )

    service: str
    job: str
    arguments: Any = computed("'[]'", sa_type=JSON_VALUE)
    key: str | None = None
    request_id: str | None = None
    not_before: datetime = computed("now()")
    sent_at: datetime | None = None
    lease_until: datetime | None = None
    attempts: int = default(0)
    last_error: str | None = None
    failed_at: datetime | None = None


class AuditRecord(Table, table=True):
    """Who changed what, when, from what to what; can be added to, never changed."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "table_name", "row_id"), FLOWS)

    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(always=True),))
    at: datetime = computed("now()")
    actor: str
    role: str
    action: str
    table_name: str
    row_id: str | None = None
    before: Any | None = Field(default=None, sa_type=JSON_VALUE)
    after: Any | None = Field(default=None, sa_type=JSON_VALUE)


class Seal(Created, table=True):
    """The digest of what was issued, made as it is stored; `subject` is the invoice, credit note or document."""

    __tablename__ = "seals"
    __table_args__ = FLOWS

    kind: SealKind = Field(sa_type=STATE, primary_key=True)
    subject: UUID = Field(primary_key=True)
    esco: UUID = Field(foreign_key="flows.escos.id")
    name: str
    sha256: bytes
    made_in: int = computed("((pg_current_xact_id())::text)::bigint", sa_type=BigInteger)


class MoneyRequest(Created, table=True):
    """What money was asked to be recorded with an idempotency key; `made` is the row that came of it."""

    __tablename__ = "money_requests"
    __table_args__ = FLOWS

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)
    request: Any = Field(sa_type=JSON_VALUE, nullable=False)
    made: UUID


class RefreshToken(Created, table=True):
    """A token that was given, as its SHA-256; it works once and brings the session's next."""

    __tablename__ = "refresh_tokens"
    __table_args__ = FLOWS

    token_hash: bytes = Field(primary_key=True)
    session: UUID = Field(index=True)
    user_id: UUID = Field(foreign_key="public.users.id", ondelete="CASCADE", index=True)
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    logged_in_at: datetime = computed("now()")


class ApiKeySecret(Dated, table=True):
    """The SHA-256 of an API key, and when the key was last used."""

    __tablename__ = "api_key_secrets"
    __table_args__ = FLOWS

    api_key: UUID = Field(foreign_key="public.api_keys.id", ondelete="CASCADE", primary_key=True)
    secret_hash: bytes = Field(unique=True)
    last_used_at: datetime | None = None


class Recovery(Dated, table=True):
    """A password recovery that was asked for; its token is kept as SHA-256 and works once."""

    __tablename__ = "recoveries"
    __table_args__ = (Index(None, "user_id", "created_at"), FLOWS)

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="public.users.id", ondelete="CASCADE")
    token_hash: bytes = Field(unique=True)
    redirect_to: str | None = None
    expires_at: datetime
    sent_at: datetime | None = None
    used_at: datetime | None = None


class LoginMail(Dated, table=True):
    """What a login's owner is told: that something changed, or the code of a `reauthentication`, which works once."""

    __tablename__ = "login_mails"
    __table_args__ = (Index(None, "user_id", "created_at"), FLOWS)

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="public.users.id", ondelete="CASCADE")
    kind: LoginMailKind = Field(sa_type=STATE)
    email: str
    expires_at: datetime
    sent_at: datetime | None = None
    used_at: datetime | None = None


class EmailChange(Dated, table=True):
    """A login's new address that was asked for; the last token, kept as SHA-256, works once."""

    __tablename__ = "email_changes"
    __table_args__ = (Index(None, "user_id", "created_at"), FLOWS)

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="public.users.id", ondelete="CASCADE")
    new_email: str
    token_hash: bytes = Field(unique=True)
    redirect_to: str | None = None
    expires_at: datetime
    sent_at: datetime | None = None
    used_at: datetime | None = None
