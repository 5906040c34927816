"""The notify worker: what it is asked to say, and to whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arq import Retry

from flows_notify.channels.channel import ChannelUnavailable, MessagePostponed
from flows_notify.channels.email import open_email
from flows_notify.delivery import deliver
from flows_notify.messages import Outcome, make_messages, note_outcome, pending_messages
from flows_notify.settings import NotifySettings
from flows_shared.settings import load_settings
from flows_shared.telemetry.logs import get_logger
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
    settings, invoices = worker.settings, [UUID(invoice) for invoice in invoice_ids]
    async with worker.db.transaction() as transaction:
        await make_messages(transaction, invoices)
        messages = await pending_messages(transaction, invoices)
    if not messages:
        return
    again = Retry(defer=pause_seconds(settings, ctx["job_try"]))
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
    if waiting := statuses.count("pending"):
        raise again from MessagePostponed(f"{waiting} of {len(messages)} messages were not taken yet")


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

    return WorkerDefinition("notify", settings, [send_invoices], start=start)


async def _postpone(worker: NotifyWorker, messages: list[UUID], error: ChannelUnavailable) -> bool:
    """Count the try of all that were not sent; whether any of them has tries left."""
    async with worker.db.connection() as connection:
        outcome = Outcome("pending", str(error))
        return "pending" in await note_outcome(connection, messages, outcome, worker.settings.notify_max_attempts)
