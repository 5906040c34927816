"""What customers are told, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, STATE, Dated, Identified, default
from flows_shared.vocabulary.people import MessageChannel, MessageStatus


class Message(Identified, Dated, table=True):
    """One message an event, customer and channel."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("event", "customer", "channel"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id", index=True)
    customer: UUID = Field(foreign_key="public.customers.id", index=True)
    event: str
    channel: MessageChannel = Field(sa_type=STATE)
    template: str
    recipient: str | None = None
    subject: str | None = None
    invoice: UUID | None = Field(default=None, foreign_key="public.invoices.id", index=True)
    credit_note: UUID | None = Field(default=None, foreign_key="public.credit_notes.id", index=True)
    status: MessageStatus = default("pending", sa_type=STATE)
    attempts: int = default(0)
    last_error: str | None = None
    sent_at: datetime | None = None
