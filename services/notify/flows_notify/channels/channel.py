"""What every channel is asked, and the four ways in which it may not deliver."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flows_shared.errors import FlowsError, UnavailableError


@dataclass(frozen=True)
class Attachment:
    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Outgoing:
    """A message ready to be sent. `id` stays the same each time it is tried."""

    id: UUID
    sender_name: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class Channel(Protocol):
    """An open way to send, such as a connection to a mail server."""

    async def send(self, message: Outgoing, now: datetime) -> None:
        """Hand the message over, or raise one of the errors below."""


class ChannelUnavailable(UnavailableError):
    """The channel as a whole does not work now: no message was taken, all may be later."""

    code = "notify.channel_unavailable"


class MessagePostponed(FlowsError):
    """This message was not taken now, and may be later."""

    code = "notify.message_postponed"


class MessageRefused(FlowsError):
    """This message will never be taken."""

    code = "notify.message_refused"


class RecipientRefused(FlowsError):
    """There is no such recipient."""

    code = "notify.recipient_refused"
