"""From the outbox to the queue: each worker process relays its own service's rows."""

import asyncio
from typing import Any

from arq.connections import ArqRedis

from flows_shared.db import REFUSALS, Connection, connected
from flows_shared.errors import UnavailableError
from flows_shared.logs import get_logger
from flows_shared.queue import QUEUE_ERRORS, QueuedJob, push, queue_name
from flows_shared.settings import ServiceSettings
from flows_shared.telemetry.metrics import OUTBOX_LAG, OUTBOX_ROWS, OUTBOX_SENT

CHANNEL = "flows_outbox"
# The one function that arq knows: the row says which job it is.
OUTBOX_FUNCTION = "outbox"

# The index outbox_due (service, not_before) serves both. A row under a lease is left alone until the lease ends.
TAKE = """
    UPDATE flows.outbox AS outbox
       SET sent_at = now(), lease_until = NULL
      FROM (SELECT id
              FROM flows.outbox
             WHERE service = $1 AND failed_at IS NULL AND not_before <= now() AND {condition}
             ORDER BY not_before
             LIMIT $2
               FOR UPDATE SKIP LOCKED) AS due
     WHERE outbox.id = due.id
    RETURNING outbox.id, outbox.attempts
"""
TAKE_NEW = TAKE.format(condition="sent_at IS NULL AND (lease_until IS NULL OR lease_until < now())")
TAKE_LAPSED = TAKE.format(
    condition="sent_at IS NOT NULL AND (lease_until < now()"
    " OR lease_until IS NULL AND sent_at < now() - make_interval(secs => $3))"
)

MEASURE = """
    SELECT count(*) FILTER (WHERE failed_at IS NOT NULL) AS failed,
           count(*) FILTER (WHERE failed_at IS NULL AND lease_until >= now()) AS running,
           count(*) FILTER (WHERE failed_at IS NULL AND (lease_until < now() OR lease_until IS NULL)) AS waiting,
           coalesce(extract(epoch FROM now() - min(not_before) FILTER (
               WHERE failed_at IS NULL AND (lease_until < now() OR lease_until IS NULL) AND not_before <= now()
           )), 0)::float8 AS lag_seconds
      FROM flows.outbox
     WHERE service = $1
"""
MEASURE_SECONDS = 5.0

log = get_logger()


class Relay:
    """Sends a service's due rows, woken by NOTIFY and each `outbox_poll_seconds`, until it is cancelled.

    It works on a connection of its own. Several relays share the rows; a row is marked as sent in the transaction that
    waits for the queue's answer, so a crash in between sends it again, under the same id.
    """

    def __init__(self, service: str, settings: ServiceSettings, redis: ArqRedis) -> None:
        self.service = service
        self.settings = settings
        self.redis = redis
        self.wake = asyncio.Event()

    async def run(self) -> None:
        url = self.settings.database_url.get_secret_value()
        while True:
            try:
                async with connected(url, name=f"{self.service} relay") as connection:
                    await connection.add_listener(CHANNEL, self._notified)
                    await self._relay(connection)
            except (UnavailableError, *REFUSALS, *QUEUE_ERRORS) as error:
                log.warning("relay_interrupted", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(self.settings.outbox_poll_seconds)

    async def send_due(self, connection: Connection, *, lapsed: bool = False) -> int:
        """Send all rows that are due; how many were. `lapsed` takes those that were sent before but did not end."""
        total = 0
        while sent := await self._send_batch(connection, lapsed=lapsed):
            total += sent
            if sent < self.settings.outbox_batch:
                break
        if total:
            OUTBOX_SENT.labels(self.service, "lapsed" if lapsed else "new").inc(total)
        return total

    async def _send_batch(self, connection: Connection, *, lapsed: bool) -> int:
        resend = [self.settings.outbox_resend_seconds] if lapsed else []
        async with connection.transaction():
            rows = await connection.fetch(
                TAKE_LAPSED if lapsed else TAKE_NEW, self.service, self.settings.outbox_batch, *resend
            )
            if rows:
                jobs = [QueuedJob(f"{row['id']}-{row['attempts']}", OUTBOX_FUNCTION, (str(row["id"]),)) for row in rows]
                await push(self.redis, queue_name(self.service), jobs, again=lapsed)
        return len(rows)

    async def _relay(self, connection: Connection) -> None:
        clock = asyncio.get_running_loop().time
        swept = measured = float("-inf")
        while True:
            self.wake.clear()
            await self.send_due(connection)
            if clock() >= swept + self.settings.outbox_poll_seconds:
                swept = clock()
                if lapsed := await self.send_due(connection, lapsed=True):
                    log.info("outbox_sent_again", rows=lapsed)
            if clock() >= measured + MEASURE_SECONDS:
                measured = clock()
                await self._measure(connection)
            await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self.settings.outbox_poll_seconds):
                await self.wake.wait()
        except TimeoutError:
            return

    async def _measure(self, connection: Connection) -> None:
        row = await connection.fetchrow(MEASURE, self.service)
        assert row is not None
        for state in ("waiting", "running", "failed"):
            OUTBOX_ROWS.labels(self.service, state).set(row[state])
        OUTBOX_LAG.labels(self.service).set(row["lag_seconds"])

    def _notified(self, _connection: Any, _pid: int, _channel: str, service: object) -> None:
        if service == self.service:
            self.wake.set()
