"""The notify worker: what it is asked to say, and to whom."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from arq import Retry

from flows_notify.access import (
    email_change_mail,
    invitations,
    login_mail,
    note_email_change_sent,
    note_invited,
    note_login_mail_sent,
    note_recovery_sent,
    recovery_mail,
)
from flows_notify.channels.channel import ChannelUnavailable, MessagePostponed, Outgoing
from flows_notify.channels.email import open_email
from flows_notify.delivery import deliver
from flows_notify.messages import SendOutcome, make_messages, make_note_messages, note_outcome, pending_messages
from flows_notify.settings import NotifySettings
from flows_shared.contracts.jobs import (
    SEND_CREDIT_NOTES,
    SEND_EMAIL_CHANGE,
    SEND_INVITES,
    SEND_INVOICES,
    SEND_LOGIN_MAIL,
    SEND_RECOVERY,
)
from flows_shared.jobs import Worker, current_attempt
from flows_shared.logs import get_logger
from flows_shared.settings import load_settings
from flows_shared.vocabulary.people import MessageStatus
from flows_shared.worker import WorkerDefinition

log = get_logger()


@dataclass
class NotifyWorker(Worker[NotifySettings]):
    """`connections` bounds how many jobs talk to the mail server at the same time."""

    connections: asyncio.Semaphore


async def send_invoices(worker: NotifyWorker, invoice_ids: list[str]) -> None:
    """Email the invoices that have not been; those that the mail server does not take now are tried again later."""
    invoices = [UUID(invoice) for invoice in invoice_ids]
    async with worker.db.transaction() as transaction:
        await make_messages(transaction, invoices)
        messages = await pending_messages(transaction, invoices)
    await _send(worker, messages)


async def send_credit_notes(worker: NotifyWorker, note_ids: list[str]) -> None:
    """The same for credit notes, each with the invoice in place of the one that it takes back."""
    async with worker.db.transaction() as transaction:
        messages = await make_note_messages(transaction, [UUID(note) for note in note_ids])
    await _send(worker, messages)


async def _send(worker: NotifyWorker, messages: Sequence[UUID]) -> None:
    settings = worker.settings
    if not messages:
        return
    again = Retry(defer=pause_seconds(settings, current_attempt()))
    try:
        async with worker.connections, open_email(settings) as channel:
            most = settings.notify_max_attempts
            statuses = [await deliver(worker.db, channel, message, most, worker.now()) for message in messages]
    except ChannelUnavailable as error:
        log.warning("channel_unavailable", reason=str(error))
        if await _postpone(worker, messages, error):
            raise again from error
        return
    if waiting := statuses.count(MessageStatus.PENDING):
        raise again from MessagePostponed(f"{waiting} of {len(messages)} messages were not taken yet")


async def send_invites(worker: NotifyWorker, customer_id: str) -> None:
    """Email a customer the invites that have not been sent."""
    async with worker.db.transaction() as transaction:
        for invitation in await invitations(transaction, worker.settings, UUID(customer_id)):
            await _send_now(worker, invitation.mail)
            await note_invited(transaction, invitation)


async def send_recovery(worker: NotifyWorker, recovery_id: str) -> None:
    """Email the link to choose a new password."""
    async with worker.db.transaction() as transaction:
        if mail := await recovery_mail(transaction, worker.settings, UUID(recovery_id)):
            await _send_now(worker, mail)
            await note_recovery_sent(transaction, UUID(recovery_id))


async def send_email_change(worker: NotifyWorker, change_id: str) -> None:
    """Email the link that confirms a login's new address, to that address."""
    async with worker.db.transaction() as transaction:
        if mail := await email_change_mail(transaction, worker.settings, UUID(change_id)):
            await _send_now(worker, mail)
            await note_email_change_sent(transaction, UUID(change_id))


async def send_login_mail(worker: NotifyWorker, mail_id: str) -> None:
    """Email a login's owner what changed, or a code."""
    async with worker.db.transaction() as transaction:
        if mail := await login_mail(transaction, worker.settings, UUID(mail_id)):
            await _send_now(worker, mail)
            await note_login_mail_sent(transaction, UUID(mail_id))


async def _send_now(worker: NotifyWorker, mail: Outgoing) -> None:
    """A mail that is refused fails its job, which then waits for a person."""
    try:
        async with worker.connections, open_email(worker.settings) as channel:
            await channel.send(mail, worker.now())
    except (ChannelUnavailable, MessagePostponed) as error:
        log.warning("mail_postponed", reason=str(error))
        raise Retry(defer=pause_seconds(worker.settings, current_attempt())) from error


def pause_seconds(settings: NotifySettings, attempt: int) -> float:
    """Before the next try: doubled with each one, up to the longest pause."""
    doubled = settings.notify_retry_seconds * 2.0 ** min(attempt - 1, 30)
    return min(doubled, settings.notify_retry_max_seconds)


@asynccontextmanager
async def start(worker: Worker[NotifySettings]) -> AsyncIterator[NotifyWorker]:
    connections = asyncio.Semaphore(worker.settings.notify_smtp_connections)
    yield NotifyWorker(worker.service, worker.settings, worker.db, worker.redis, connections, now=worker.now)


def create_worker() -> WorkerDefinition[NotifySettings, NotifyWorker]:
    handlers = [
        SEND_INVOICES.done_by(send_invoices),
        SEND_CREDIT_NOTES.done_by(send_credit_notes),
        SEND_INVITES.done_by(send_invites),
        SEND_RECOVERY.done_by(send_recovery),
        SEND_EMAIL_CHANGE.done_by(send_email_change),
        SEND_LOGIN_MAIL.done_by(send_login_mail),
    ]
    return WorkerDefinition("notify", load_settings(NotifySettings), handlers, start)


async def _postpone(worker: NotifyWorker, messages: Sequence[UUID], error: ChannelUnavailable) -> bool:
    """Count the try of all that were not sent; whether any of them has tries left."""
    async with worker.db.connection() as connection:
        outcome = SendOutcome(MessageStatus.PENDING, str(error))
        statuses = await note_outcome(connection, messages, outcome, worker.settings.notify_max_attempts)
        return MessageStatus.PENDING in statuses
