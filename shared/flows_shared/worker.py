"""A worker process: arq, the relay, the leases' heartbeat and a monitoring port, started and stopped together."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from time import perf_counter
from typing import Any, Generic

import arq.worker
from arq import cron
from arq.cron import CronJob

from flows_shared.contracts.job import Handler
from flows_shared.db import Database
from flows_shared.jobs import JobRunner, S, W, Worker
from flows_shared.logs import configure_logging, get_logger
from flows_shared.monitor import monitoring_socket, serve_monitoring
from flows_shared.queue import QUEUE_ERRORS, open_queue, queue_name
from flows_shared.relay import OUTBOX_FUNCTION, Relay
from flows_shared.settings import describe_settings
from flows_shared.tasks import cancel_all
from flows_shared.telemetry.health import standard_checks
from flows_shared.telemetry.metrics import JOBS
from flows_shared.telemetry.trace import bind_work, new_request_id

# The runner ends a job that is too late and says so in its row; arq's own limit only has to come after it.
ARQ_TIMEOUT_MARGIN_SECONDS = 60
RECONNECT_SECONDS = 1.0

log = get_logger()


@dataclass(frozen=True, slots=True)
class Cron(Generic[W]):
    """Work at a time of every hour or day, in UTC."""

    work: Callable[[W], Awaitable[None]]
    minute: int | set[int]
    hour: int | set[int] | None = None

    @property
    def name(self) -> str:
        return f"cron:{self.work.__qualname__}"


@dataclass(frozen=True)
class WorkerDefinition(Generic[S, W]):
    """What a service's `create_worker` returns.

    A job takes one connection at a time, as the pool has fewer than there are jobs, and holds up the loop for less than
    a lease lasts. Of `crons` each runs once whatever the number of workers; one only finds what is due and enqueues it,
    as a run that is missed or cut short is not made up for. `start` opens what the jobs share.
    """

    service: str
    settings: S
    jobs: Sequence[Handler[W]]
    start: Callable[[Worker[S]], AbstractAsyncContextManager[W]]
    crons: Sequence[Cron[W]] = ()


async def run_worker(definition: WorkerDefinition[S, W]) -> None:
    """Run until SIGTERM or SIGINT; then let running jobs finish within the grace time, and hand back the others."""
    settings = definition.settings
    configure_logging(settings, definition.service)
    log.info("starting", settings=describe_settings(settings), jobs=[handler.job for handler in definition.jobs])
    stop, listener = _stop_on_signals(), monitoring_socket(settings)
    async with _parts(definition) as worker:
        runner = JobRunner(worker, definition.jobs)
        relay = Relay(definition.service, settings, worker.redis)
        async with asyncio.TaskGroup() as group:
            side = [group.create_task(relay.run()), group.create_task(runner.keep_leases())]
            if listener:
                checks = standard_checks(worker.db, worker.redis)
                side.append(group.create_task(serve_monitoring(listener, settings, checks)))
            log.info("started")
            await Consumer(definition.crons, runner).run(stop)
            await cancel_all(side)
    log.info("stopped")


class Consumer(Generic[W]):
    """arq's worker, kept through the loss of Redis: a new one each time, while the old one's jobs run on."""

    def __init__(self, crons: Sequence[Cron[W]], runner: JobRunner[W]) -> None:
        self.crons = crons
        self.runner = runner
        self.worker = runner.worker
        self.tasks: set[asyncio.Task[Any]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            consumer = self._arq_worker()
            main = asyncio.create_task(consumer.async_run())
            await asyncio.wait([main, stopping], return_when=asyncio.FIRST_COMPLETED)
            await cancel_all([main])
            self.tasks = {task for task in (*self.tasks, *consumer.tasks.values()) if not task.done()}
            if not stop.is_set():
                _raise_unless_lost(main)
                await asyncio.wait([stopping], timeout=RECONNECT_SECONDS)
        await self._drain()

    async def _drain(self) -> None:
        """Jobs finish within the grace time; what still runs is cancelled, and its row is due again."""
        log.info("stopping", jobs=len(self.tasks), grace_seconds=self.worker.settings.worker_grace_seconds)
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=self.worker.settings.worker_grace_seconds)
            await cancel_all(late)

    def _arq_worker(self) -> "_ArqWorker":
        settings = self.worker.settings
        timeout = settings.worker_job_timeout_seconds + ARQ_TIMEOUT_MARGIN_SECONDS
        return _ArqWorker(
            [arq.worker.func(self._run, name=OUTBOX_FUNCTION)],
            queue_name=queue_name(self.worker.service),
            cron_jobs=[_observed(timed, self.worker) for timed in self.crons],
            redis_pool=self.worker.redis,
            handle_signals=False,
            max_jobs=settings.worker_max_jobs,
            job_timeout=timeout,
            keep_result=0,
            poll_delay=settings.worker_poll_seconds,
            health_check_interval=30,
            timezone=UTC,
        )

    async def _run(self, ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
        await self.runner.run(*args)


class _ArqWorker(arq.worker.Worker):
    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Leave out what runs here: sent again before it had its lease, it would take the first run's place."""
        await super().start_jobs([job_id for job_id in job_ids if job_id.decode() not in self.tasks])


def _raise_unless_lost(main: "asyncio.Task[None]") -> None:
    error = main.exception()
    if not isinstance(error, QUEUE_ERRORS):
        raise error or RuntimeError("arq's worker ended by itself")
    log.warning("queue_lost", reason=f"{type(error).__name__}: {error}")


def _observed(timed: Cron[W], worker: W) -> CronJob:
    """arq's cron job, with an id of its own for what follows from it, measured and logged."""

    async def run(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
        started, outcome = perf_counter(), "failed"
        with bind_work(request_id=new_request_id(), job=timed.name):
            try:
                await timed.work(worker)
                outcome = "done"
            except Exception:
                log.exception("cron_failed")
            finally:
                seconds = perf_counter() - started
                JOBS.labels(worker.service, timed.name, outcome).observe(seconds)
                log.info("cron", outcome=outcome, ms=round(seconds * 1000, 2))

    return cron(run, name=timed.name, hour=timed.hour, minute=timed.minute)


@asynccontextmanager
async def _parts(definition: WorkerDefinition[S, W]) -> AsyncIterator[W]:
    settings = definition.settings
    async with AsyncExitStack() as stack:
        db = await Database.open(
            settings.database_url.get_secret_value(),
            name=f"{definition.service} worker",
            size=settings.database_pool_size,
        )
        stack.push_async_callback(db.close)
        redis = open_queue(settings, definition.service)
        stack.push_async_callback(redis.aclose)
        worker = Worker(definition.service, settings, db, redis)
        yield await stack.enter_async_context(definition.start(worker))


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
