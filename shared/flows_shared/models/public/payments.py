"""Money in, and what prepay meters get of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from flows_shared.models.columns import JSON_VALUE, PUBLIC, STATE, Created, Dated, Identified, computed, default
from flows_shared.vocabulary.money import PaymentStatus, ReceivedBy, RefundMethod, TopupSource, TopupStatus


class Payment(Identified, Dated, table=True):
    """Money from a customer. `recorded_by` recorded it by hand; `reversed_at` it failed after it had succeeded."""

    __tablename__ = "payments"
    __table_args__ = (
        Index(None, "scheduled_at", postgresql_where=text("submitted_at IS NULL")),
        UniqueConstraint("account", "idempotency_key"),
        PUBLIC,
    )

    account: UUID = Field(foreign_key="public.accounts.id", index=True)
    amount_pence: int
    status: PaymentStatus = default("created", sa_type=STATE)
    payment_intent: str | None = Field(default=None, unique=True)
    description: str | None = None
    receipt_url: str | None = None
    scheduled_at: datetime | None = None
    submitted_at: datetime | None = None
    method: ReceivedBy | None = Field(default=None, sa_type=STATE)
    received_on: date | None = None
    reversed_at: datetime | None = None
    recorded_by: str | None = None
    idempotency_key: str | None = None


class PaymentEvent(Identified, Dated, table=True):
    """What the payment provider told of a payment."""

    __tablename__ = "payment_events"
    __table_args__ = PUBLIC

    payment: UUID = Field(foreign_key="public.payments.id", ondelete="CASCADE", index=True)
    event_type: str
    data: Any | None = Field(default=None, sa_type=JSON_VALUE)


class Gift(Identified, Dated, table=True):
    """Money from the community to a customer: on an account, or else as a top-up."""

    __tablename__ = "gifts"
    __table_args__ = (UniqueConstraint("account", "idempotency_key"), PUBLIC)

    customer: UUID = Field(foreign_key="public.customers.id", index=True)
    amount_pence: int
    reason: str | None = None
    account: UUID | None = Field(default=None, foreign_key="public.accounts.id")
    idempotency_key: str | None = None


class Refund(Identified, Created, table=True):
    """Money that was paid back: of a payment, or of an account's credit. Never changed."""

    __tablename__ = "refunds"
    __table_args__ = (UniqueConstraint("account", "idempotency_key"), PUBLIC)

    account: UUID = Field(foreign_key="public.accounts.id")
    payment: UUID | None = Field(default=None, foreign_key="public.payments.id", index=True)
    amount_pence: int
    method: RefundMethod = Field(sa_type=STATE)
    reason: str
    paid_on: date
    recorded_by: str = computed("flows.actor()")
    idempotency_key: str | None = None


class WriteOff(Identified, Created, table=True):
    """A debt that is given up. Never changed."""

    __tablename__ = "write_offs"
    __table_args__ = (UniqueConstraint("account", "idempotency_key"), PUBLIC)

    account: UUID = Field(foreign_key="public.accounts.id")
    amount_pence: int
    reason: str
    approved_by: str
    written_off_on: date
    recorded_by: str = computed("flows.actor()")
    idempotency_key: str | None = None


class Topup(Identified, Dated, table=True):
    """Money for a prepay meter, as the token of 20 digits that it takes."""

    __tablename__ = "topups"
    __table_args__ = (Index(None, "status", postgresql_where=text("used_at IS NULL")), PUBLIC)

    meter: UUID = Field(foreign_key="public.meters.id", index=True)
    amount_pence: int
    status: TopupStatus = default("pending", sa_type=STATE)
    source: TopupSource = Field(sa_type=STATE)
    notes: str | None = None
    token: str | None = None
    reference: str | None = None
    acquired_at: datetime | None = None
    used_at: datetime | None = None


class TopupEvent(Identified, Dated, table=True):
    """What happened to a top-up."""

    __tablename__ = "topup_events"
    __table_args__ = PUBLIC

    topup: UUID = Field(foreign_key="public.topups.id", ondelete="CASCADE", index=True)
    event_type: str
    data: Any | None = Field(default=None, sa_type=JSON_VALUE)


class TopupPayment(Dated, table=True):
    """The payment that a top-up came from."""

    __tablename__ = "topups_payments"
    __table_args__ = PUBLIC

    topup_id: UUID = Field(foreign_key="public.topups.id", ondelete="CASCADE", primary_key=True)
    payment_id: UUID = Field(foreign_key="public.payments.id", index=True)


class TopupGift(Dated, table=True):
    """The gift that a top-up came from."""

    __tablename__ = "topups_gifts"
    __table_args__ = PUBLIC

    topup_id: UUID = Field(foreign_key="public.topups.id", ondelete="CASCADE", primary_key=True)
    gift_id: UUID = Field(foreign_key="public.gifts.id", unique=True)


class TopupSolarCredit(Dated, table=True):
    """The solar credit that a top-up came from."""

    __tablename__ = "topups_monthly_solar_credits"
    __table_args__ = PUBLIC

    topup_id: UUID = Field(foreign_key="public.topups.id", ondelete="CASCADE", primary_key=True)
    month_solar_credit_id: UUID = Field(foreign_key="public.monthly_solar_credits.id", unique=True)
