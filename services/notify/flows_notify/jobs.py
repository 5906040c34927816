"""The notify worker: what it is asked to say, and to whom."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
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
from flows_notify.messages import Outcome, make_messages, make_note_messages, note_outcome, pending_messages
from flows_notify.settings import NotifySettings
from flows_shared.logs import get_logger
from flows_shared.settings import load_settings
from flows_shared.vocabulary.people import MessageStatus
from flows_shared.worker import Worker, WorkerDefinition

log = get_logger()


@dataclass
class NotifyWorker(Worker):
    """`connections` bounds how many jobs talk to the mail server at the same time."""

    settings: NotifySettings
    connections: asyncio.Semaphore


async def send_invoices(ctx: dict[str, Any], invoice_ids: list[str]) -> None:
    """Email the invoices that have not been; those that the mail server does not take now are tried again later."""
    worker: NotifyWorker = ctx["worker"]
    invoices = [UUID(invoice) for invoice in invoice_ids]
    async with worker.db.transaction() as transaction:
        await make_messages(transaction, invoices)
        messages = await pending_messages(transaction, invoices)
    await _send(worker, ctx["job_try"], messages)


async def send_credit_notes(ctx: dict[str, Any], note_ids: list[str]) -> None:
    """The same for credit notes, each with the invoice in place of the one that it takes back."""
    worker: NotifyWorker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        messages = await make_note_messages(transaction, [UUID(note) for note in note_ids])
    await _send(worker, ctx["job_try"], messages)


async def _send(worker: NotifyWorker, attempt: int, messages: Sequence[UUID]) -> None:
    settings = worker.settings
    if not messages:
        return
    again = Retry(defer=pause_seconds(settings, attempt))
    try:
        async with worker.connections, open_email(settings) as channel:
            statuses = [
                await deliver(worker.db, channel, message, settings.notify_max_attempts) for message in messages
            ]
    except ChannelUnavailable as error:
        log.warning("channel_unavailable", reason=str(error))
        if await _postpone(worker, messages, error):
            raise again from error
        return
    if waiting := statuses.count(MessageStatus.PENDING):
        raise again from MessagePostponed(f"{waiting} of {len(messages)} messages were not taken yet")


async def send_invites(ctx: dict[str, Any], customer_id: str) -> None:
    """Email a customer the invites that have not been sent."""
    worker: NotifyWorker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        for invitation in await invitations(transaction, worker.settings, UUID(customer_id)):
            await _send_now(worker, ctx["job_try"], invitation.mail)
            await note_invited(transaction, invitation)


async def send_recovery(ctx: dict[str, Any], recovery_id: str) -> None:
    """Email the link to choose a new password."""
    worker: NotifyWorker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        if mail := await recovery_mail(transaction, worker.settings, UUID(recovery_id)):
            await _send_now(worker, ctx["job_try"], mail)
            await note_recovery_sent(transaction, UUID(recovery_id))


async def send_email_change(ctx: dict[str, Any], change_id: str) -> None:
    """Email the link that confirms a login's new address, to that address."""
    worker: NotifyWorker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        if mail := await email_change_mail(transaction, worker.settings, UUID(change_id)):
            await _send_now(worker, ctx["job_try"], mail)
            await note_email_change_sent(transaction, UUID(change_id))


async def send_login_mail(ctx: dict[str, Any], mail_id: str) -> None:
    """Email a login's owner what changed, or a code."""
    worker: NotifyWorker = ctx["worker"]
    async with worker.db.transaction() as transaction:
        if mail := await login_mail(transaction, worker.settings, UUID(mail_id)):
            await _send_now(worker, ctx["job_try"], mail)
            await note_login_mail_sent(transaction, UUID(mail_id))


async def _send_now(worker: NotifyWorker, attempt: int, mail: Outgoing) -> None:
    """A mail that is refused fails its job, which then waits for a person."""
    try:
        async with worker.connections, open_email(worker.settings) as channel:
            await channel.send(mail)
    except (ChannelUnavailable, MessagePostponed) as error:
        log.warning("mail_postponed", reason=str(error))
        raise Retry(defer=pause_seconds(worker.settings, attempt)) from error


def pause_seconds(settings: NotifySettings, attempt: int) -> float:
    """Before the next try: doubled with each one, up to the longest pause."""
    doubled = settings.notify_retry_seconds * 2.0 ** min(attempt - 1, 30)
    return min(doubled, settings.notify_retry_max_seconds)


def create_worker() -> WorkerDefinition:
    settings = load_settings(NotifySettings)

    @asynccontextmanager
    async def start(worker: Worker) -> AsyncIterator[Worker]:
        connections = asyncio.Semaphore(settings.notify_smtp_connections)
        yield NotifyWorker(worker.service, settings, worker.db, worker.redis, connections)

    return WorkerDefinition(
        "notify",
        settings,
        [send_invoices, send_credit_notes, send_invites, send_recovery, send_email_change, send_login_mail],
        start=start,
    )


async def _postpone(worker: NotifyWorker, messages: Sequence[UUID], error: ChannelUnavailable) -> bool:
    """Count the try of all that were not sent; whether any of them has tries left."""
    async with worker.db.connection() as connection:
        outcome = Outcome(MessageStatus.PENDING, str(error))
        statuses = await note_outcome(connection, messages, outcome, worker.settings.notify_max_attempts)
        return MessageStatus.PENDING in statuses
