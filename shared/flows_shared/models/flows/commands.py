"""Writes to meters, and how a community's meters are reached."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from flows_shared.models.columns import FLOWS, JSON_VALUE, STATE, Dated, Identified, computed, default
from flows_shared.vocabulary.meters import WriteKind, WriteStatus


class MeterCommand(Identified, Dated, table=True):
    """A write to a meter: who asked for what, and how far it is. `before` is what a token's meter said at first."""

    __tablename__ = "meter_commands"
    __table_args__ = (
        UniqueConstraint("meter_id", "idempotency_key"),
        Index(None, "meter_id", "created_at"),
        Index("meter_commands_open", "kind", "status", postgresql_where=text("ended_at IS NULL")),
        Index(
            "meter_commands_token",
            "meter_id",
            text("(arguments ->> 'token')"),
            unique=True,
            postgresql_where=text("kind = 'token' AND status <> 'failed'"),
        ),
        FLOWS,
    )

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE")
    kind: WriteKind = Field(sa_type=STATE)
    arguments: Any = computed("'{}'", sa_type=JSON_VALUE)
    idempotency_key: str
    topup: UUID | None = Field(default=None, foreign_key="public.topups.id", ondelete="SET NULL", index=True)
    requested_by: str = computed("flows.actor()")
    status: WriteStatus = default("pending", sa_type=STATE)
    tries: int = default(0)
    before: Any = Field(default=None, nullable=True, sa_type=JSON_VALUE)
    after: Any = Field(default=None, nullable=True, sa_type=JSON_VALUE)
    error_code: str | None = None
    last_error: str | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None


class MeterProxy(Dated, table=True):
    """The SOCKS5 proxy through which a community's meters are reached; only the service role reads it."""

    __tablename__ = "meter_proxies"
    __table_args__ = FLOWS

    esco: UUID = Field(foreign_key="flows.escos.id", ondelete="CASCADE", primary_key=True)
    host: str
    port: int = default(1080)
    username: str | None = None
    password: str | None = None


class MeterSource(Dated, table=True):
    """The other Flows whose data a community's passive meters follow; only the service role reads it."""

    __tablename__ = "meter_sources"
    __table_args__ = FLOWS

    esco: UUID = Field(foreign_key="flows.escos.id", ondelete="CASCADE", primary_key=True)
    url: str
    api_key: str
    token: str | None = None
    last_try_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
