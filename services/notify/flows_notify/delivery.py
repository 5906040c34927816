"""One message on its way: claimed, sent and committed by itself."""

import asyncio
from datetime import datetime
from uuid import UUID

from prometheus_client import Counter

from flows_notify.channels.channel import (
    Channel,
    MessagePostponed,
    MessageRefused,
    Outgoing,
    RecipientRefused,
)
from flows_notify.invoices import CreditNotice, InvoiceNotice
from flows_notify.messages import (
    CREDIT_NOTE_ISSUED,
    INVOICE_ISSUED,
    Claimed,
    SendOutcome,
    claim_message,
    credit_notice,
    invoice_document,
    invoice_notice,
    note_documents,
    note_outcome,
)
from flows_notify.rendering import render
from flows_shared.apart import attempt
from flows_shared.db import Connection, Database
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.vocabulary.people import MessageStatus

MESSAGES = Counter("flows_messages", "Tries to send a message, by what became of it.", ["template", "status"])

log = get_logger()


async def deliver(
    db: Database, channel: Channel, message: UUID, max_attempts: int, now: datetime
) -> MessageStatus | None:
    """Send a message and commit its status, which is returned; None when another run has sent it meanwhile.

    A crash between the mail server's answer and the commit sends this one message again, under the same Message-ID.
    A worker that is told to stop first ends what it has begun here.
    """
    delivery = asyncio.create_task(_deliver(db, channel, message, max_attempts, now))
    try:
        return await asyncio.shield(delivery)
    except asyncio.CancelledError:
        await asyncio.wait([delivery])
        raise


async def _deliver(
    db: Database, channel: Channel, message: UUID, max_attempts: int, now: datetime
) -> MessageStatus | None:
    async with db.transaction() as transaction:
        claimed = await claim_message(transaction, message)
        if claimed is None:
            return None
        outcome = await _written(transaction, channel, message, claimed, now)
        [status] = await note_outcome(transaction, [message], outcome, max_attempts)
    MESSAGES.labels(claimed.template, status).inc()
    log.info("message", message=str(message), status=status, reason=outcome.error)
    return status


async def _written(db: Connection, channel: Channel, message: UUID, claimed: Claimed, now: datetime) -> SendOutcome:
    """A message that cannot be written has failed: it keeps none of those after it from being sent."""
    with attempt() as tried:
        async with db.transaction():
            outgoing = await _mail(db, message, claimed)
    if tried.error:
        return SendOutcome(MessageStatus.FAILED, f"it could not be written: {say_error(tried.error)}")
    return await _hand_over(channel, outgoing, now)


async def _hand_over(channel: Channel, outgoing: Outgoing, now: datetime) -> SendOutcome:
    try:
        if not outgoing.attachments:
            raise MessagePostponed("the PDF is not there yet")
        await channel.send(outgoing, now)
    except MessagePostponed as error:
        return SendOutcome(MessageStatus.PENDING, str(error), outgoing.subject)
    except RecipientRefused as error:
        return SendOutcome(MessageStatus.UNDELIVERABLE, str(error), outgoing.subject)
    except MessageRefused as error:
        return SendOutcome(MessageStatus.FAILED, str(error), outgoing.subject)
    return SendOutcome(MessageStatus.SENT, None, outgoing.subject)


async def _mail(db: Connection, message: UUID, claimed: Claimed) -> Outgoing:
    if claimed.credit_note:
        notice: CreditNotice | InvoiceNotice = await credit_notice(db, claimed.credit_note)
        attachments = await note_documents(db, claimed.credit_note)
        rendered = render(CREDIT_NOTE_ISSUED, note=notice)
    else:
        assert claimed.invoice is not None
        notice = await invoice_notice(db, claimed.invoice)
        document = await invoice_document(db, claimed.invoice)
        attachments = (document,) if document else ()
        rendered = render(INVOICE_ISSUED, invoice=notice)
    return Outgoing(
        id=message,
        sender_name=notice.community,
        recipient_name=notice.customer,
        recipient=claimed.recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        attachments=attachments,
    )
