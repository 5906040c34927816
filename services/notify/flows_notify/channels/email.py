"""Email through SMTP: one connection for a batch of messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from flows_notify.channels.channel import (
    Channel,
    ChannelUnavailable,
    MessagePostponed,
    MessageRefused,
    Outgoing,
    RecipientRefused,
)
from flows_notify.settings import NotifySettings
from flows_shared.errors import FlowsError

# Replies that speak of the session and not of the message: closing down, login needed, login refused.
SESSION_REPLIES = {421, 530, 534, 535, 538}


@asynccontextmanager
async def open_email(settings: NotifySettings) -> AsyncIterator[Channel]:
    """Connect to the mail server, and log in where a login is set."""
    password = settings.notify_smtp_password
    client = SMTP(
        hostname=settings.notify_smtp_host,
        port=settings.notify_smtp_port,
        username=settings.notify_smtp_username,
        password=password.get_secret_value() if password else None,
        timeout=settings.notify_smtp_timeout_seconds,
        use_tls=settings.notify_smtp_tls == "tls",
        start_tls=settings.notify_smtp_tls == "starttls",
    )
    try:
        await client.connect()
    except (SMTPException, OSError) as error:
        raise ChannelUnavailable(_sentence(error)) from error
    async with client:
        yield EmailChannel(client, settings.notify_smtp_from)


class EmailChannel:
    def __init__(self, client: SMTP, sender: str) -> None:
        self.client = client
        self.sender = sender

    async def send(self, message: Outgoing, now: datetime) -> None:
        mail = compose(message, self.sender, now)
        try:
            await self.client.send_message(mail, sender=self.sender, recipients=message.recipient)
        except (SMTPException, OSError, ValueError) as error:
            raise _translate(error) from error


def compose(message: Outgoing, sender: str, now: datetime) -> EmailMessage:
    """The mail with a text and an HTML form. Its Message-ID is the message's own, so that a second copy is known."""
    mail = EmailMessage()
    mail["From"] = Address(_one_line(message.sender_name), addr_spec=sender)
    mail["To"] = _recipient(message)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{mail['From'].addresses[0].domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.file_name)
    return mail


def _recipient(message: Outgoing) -> Address:
    try:
        return Address(_one_line(message.recipient_name), addr_spec=message.recipient)
    except (ValueError, IndexError, MessageError) as error:
        raise RecipientRefused(f"'{message.recipient}' is not an email address") from error


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _translate(error: Exception) -> FlowsError:
    """4xx may pass and 5xx will not (RFC 5321, 4.2.1); a lost connection leaves open whether the mail was taken."""
    match error:
        case SMTPRecipientsRefused(recipients=[reply, *_]):
            return _translate_reply(reply, RecipientRefused)
        case SMTPResponseException() if not isinstance(error, SMTPHeloError):
            return _translate_reply(error, MessageRefused)
        case SMTPNotSupported() | ValueError():  # an address that this server, or any, cannot be given
            return RecipientRefused(_sentence(error))
        case _:
            return ChannelUnavailable(_sentence(error))


def _translate_reply(reply: SMTPResponseException, refusal: type[FlowsError]) -> FlowsError:
    if reply.code in SESSION_REPLIES:
        return ChannelUnavailable(_sentence(reply))
    return (refusal if reply.code >= 500 else MessagePostponed)(_sentence(reply))


def _sentence(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"the mail server answered {error.code} {_one_line(error.message)}"
    return str(error) or type(error).__name__
