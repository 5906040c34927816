"""Running a job of the outbox: under a lease, with its ids bound, ending its row in one of four ways."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import asyncpg
from arq.connections import ArqRedis
from arq.worker import Retry
from redis.exceptions import ConnectionError as QueueConnectionError

from flows_shared.contracts.job import Handler
from flows_shared.db import JSON, REFUSALS, Connection, Database, connected, is_connection_lost
from flows_shared.errors import ConflictError, UnavailableError
from flows_shared.logs import get_logger
from flows_shared.settings import ServiceSettings
from flows_shared.telemetry.metrics import JOBS, JOBS_RUNNING
from flows_shared.telemetry.trace import bind_work
from flows_shared.time import utc_now

S = TypeVar("S", bound=ServiceSettings)
W = TypeVar("W", bound="Worker[Any]")

# sent_at marks that what was enqueued until now is seen by this run.
LEASE = """
    UPDATE flows.outbox
       SET lease_until = now() + make_interval(secs => $2), attempts = attempts + 1, sent_at = coalesce(sent_at, now())
     WHERE id = $1 AND failed_at IS NULL AND not_before <= now() AND (lease_until IS NULL OR lease_until < now())
    RETURNING job, arguments, request_id, attempts, last_error
"""
EXTEND = """
    UPDATE flows.outbox AS outbox
       SET lease_until = now() + make_interval(secs => $3)
      FROM unnest($1::uuid[], $2::int[]) AS running (id, attempts)
     WHERE outbox.id = running.id AND outbox.attempts = running.attempts AND outbox.lease_until IS NOT NULL
"""
# Without sent_at the same work was enqueued while it ran, and has to run once more.
DONE = "DELETE FROM flows.outbox WHERE id = $1 AND attempts = $2 AND sent_at IS NOT NULL"
AGAIN = "UPDATE flows.outbox SET lease_until = NULL WHERE id = $1 AND attempts = $2"
POSTPONE = """
    UPDATE flows.outbox
       SET not_before = now() + make_interval(secs => $3), last_error = coalesce($4, last_error),
           sent_at = NULL, lease_until = NULL
     WHERE id = $1 AND attempts = $2
"""
FAIL = """
    UPDATE flows.outbox SET failed_at = now(), last_error = $3, lease_until = NULL WHERE id = $1 AND attempts = $2
"""

BEATS: Final = 3  # a server that has not answered within this part of a lease's life does not answer

log = get_logger()


@dataclass
class Worker(Generic[S]):
    """What a job is given before its arguments.

    A service with more to share between its jobs yields a subclass from `WorkerDefinition.start`.
    """

    service: str
    settings: S
    db: Database
    redis: ArqRedis
    now: Callable[[], datetime] = field(default=utc_now, kw_only=True)


class JobSuperseded(ConflictError):
    """This run lost its lease to another one: what it has not committed must not be."""

    code = "outbox.superseded"


@dataclass(eq=False)
class Lease:
    """One run of an outbox row. `attempts` tells it from every other run of the row."""

    id: UUID
    job: str
    arguments: list[JSON]
    request_id: str | None
    attempts: int
    last_error: str | None
    completed: bool = False


_current: ContextVar[Lease | None] = ContextVar("flows_lease", default=None)


async def complete_job(db: Connection) -> None:
    """End the running job in the caller's transaction, so that its effect and its end commit together.

    Raises `JobSuperseded` where another worker has taken the job over; the transaction then rolls back. A job that
    does not call this ends when it returns.
    """
    lease = _current.get()
    assert lease is not None, "complete_job is for jobs of the outbox"
    if not await _end(db, lease):
        raise JobSuperseded(f"job {lease.id} was taken over by another worker")
    lease.completed = True


def current_attempt() -> int:
    """Which try of the running job this is, from 1."""
    lease = _current.get()
    assert lease is not None, "only jobs of the outbox are tried again"
    return lease.attempts


class JobRunner(Generic[W]):
    """Runs a service's jobs by name and keeps their leases."""

    def __init__(self, worker: W, handlers: Iterable[Handler[W]]) -> None:
        self.worker = worker
        self.handlers = {handler.job: handler for handler in handlers}
        self.service, self.db = worker.service, worker.db
        self.settings: ServiceSettings = worker.settings
        self.running: set[Lease] = set()
        self._patience = self.settings.outbox_lease_seconds / BEATS

    async def run(self, outbox_id: str) -> None:
        """Not leased means done, postponed or running elsewhere: nothing to do here."""
        lease = await self._lease(UUID(outbox_id))
        if lease is None:
            return
        started, outcome = perf_counter(), "released"
        with bind_work(request_id=lease.request_id, job_id=str(lease.id), job=lease.job), self._held(lease):
            try:
                outcome = await self._finish(lease)
            finally:
                self._record(lease, outcome, perf_counter() - started)

    async def keep_leases(self) -> None:
        """Extend the leases of running jobs until cancelled, on a connection that no job can hold up.

        A connection that stands still is left for another one while the leases last.
        """
        url = self.settings.database_url.get_secret_value()
        while True:
            try:
                async with AsyncExitStack() as stack:
                    async with asyncio.timeout(self._patience):
                        connection = await stack.enter_async_context(connected(url, name=f"{self.service} leases"))
                    await self._keep_leases(connection)
            except (UnavailableError, *REFUSALS) as error:
                log.warning("leases_not_extended", jobs=len(self.running), reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(self.settings.outbox_poll_seconds)

    async def _keep_leases(self, connection: Connection) -> None:
        """At once, as the connection may be a new one, and then at every beat: an idle one shows that it lives."""
        while True:
            leases = list(self.running)
            ids, attempts = [lease.id for lease in leases], [lease.attempts for lease in leases]
            async with asyncio.timeout(self._patience):
                await connection.execute(EXTEND, ids, attempts, self.settings.outbox_lease_seconds)
            await asyncio.sleep(self.settings.outbox_heartbeat_seconds)

    async def _lease(self, outbox_id: UUID) -> Lease | None:
        async with self.db.connection() as connection:
            row = await connection.fetchrow(LEASE, outbox_id, self.settings.outbox_lease_seconds)
        return Lease(id=outbox_id, **row) if row else None

    async def _finish(self, lease: Lease) -> str:
        """Run the job and write its end; the outcome's name."""
        if lease.attempts > self.settings.outbox_max_attempts:
            return await self._give_up(lease, lease.last_error or "its worker was lost each time")
        try:
            await self._call(lease)
        except asyncio.CancelledError:
            await asyncio.shield(self._write(POSTPONE, lease, 0.0, None))
            log.info("job_released")
            raise
        except Retry as retry:
            return await self._postpone(lease, (retry.defer_score or 0) / 1000, retry.__cause__ or retry)
        except JobSuperseded:
            log.warning("job_superseded", attempt=lease.attempts)
            return "superseded"
        except Exception as error:
            if _may_pass(error):
                return await self._postpone(lease, self.settings.outbox_resend_seconds, error)
            log.exception("job_failed", attempt=lease.attempts)
            await self._write(FAIL, lease, _text(error))
            return "failed"
        if not lease.completed:
            async with self.db.transaction() as transaction:
                await _end(transaction, lease)
        return "done"

    async def _call(self, lease: Lease) -> None:
        handler = self.handlers.get(lease.job)
        if handler is None:
            # A newer process wrote it; a newer worker will know it.
            raise UnavailableError(f"this worker knows no job {lease.job!r}, only {', '.join(self.handlers)}")
        try:
            async with asyncio.timeout(self.settings.worker_job_timeout_seconds) as limit:
                await handler.work(self.worker, *lease.arguments)
        except TimeoutError as error:
            if limit.expired():
                raise TimeoutError(f"ran longer than {self.settings.worker_job_timeout_seconds:g} s") from error
            raise

    async def _postpone(self, lease: Lease, seconds: float, error: BaseException) -> str:
        if lease.attempts >= self.settings.outbox_max_attempts:
            return await self._give_up(lease, _text(error))
        log.warning("job_postponed", attempt=lease.attempts, seconds=seconds, reason=_text(error))
        await self._write(POSTPONE, lease, seconds, _text(error))
        return "postponed"

    async def _give_up(self, lease: Lease, reason: str) -> str:
        log.error("job_given_up", attempts=lease.attempts, reason=reason)
        await self._write(FAIL, lease, f"gave up after {lease.attempts} attempts: {reason}")
        return "failed"

    async def _write(self, statement: str, lease: Lease, *values: Any) -> None:
        async with self.db.connection() as connection:
            await connection.execute(statement, lease.id, lease.attempts, *values)

    @contextmanager
    def _held(self, lease: Lease) -> Iterator[None]:
        token = _current.set(lease)
        self.running.add(lease)
        JOBS_RUNNING.labels(self.service).set(len(self.running))
        try:
            yield
        finally:
            self.running.discard(lease)
            JOBS_RUNNING.labels(self.service).set(len(self.running))
            _current.reset(token)

    def _record(self, lease: Lease, outcome: str, seconds: float) -> None:
        name = lease.job if lease.job in self.handlers else "unknown"
        JOBS.labels(self.service, name, outcome).observe(seconds)
        log.info("job", outcome=outcome, attempt=lease.attempts, ms=round(seconds * 1000, 2))


async def _end(db: Connection, lease: Lease) -> bool:
    """Delete the row, or let it run again where it was enqueued meanwhile; False when it is not this run's any more."""
    if await db.execute(DONE, lease.id, lease.attempts) == "DELETE 1":
        return True
    return await db.execute(AGAIN, lease.id, lease.attempts) == "UPDATE 1"


def _may_pass(error: Exception) -> bool:
    transient = (UnavailableError, asyncpg.TransactionRollbackError, QueueConnectionError)
    return isinstance(error, transient) or is_connection_lost(error)


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
