"""The meters that this process talks to: claimed, visited by a fixed number of visitors, and what they say stored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from structlog.contextvars import get_contextvars

from flows_meter_sync.errors import (
    LeaseLost,
    MeterOutOfBounds,
    MeterUnreachable,
    MeterWithoutAddress,
    ReportRefused,
    VisitFailed,
    is_worth_another_try,
)
from flows_meter_sync.hardware import UNKNOWN
from flows_meter_sync.identities import Identities
from flows_meter_sync.intervals.gaps import load_gaps
from flows_meter_sync.leases import BUSY_SECONDS, Leases
from flows_meter_sync.meter import ConnectionPolicy, Meter
from flows_meter_sync.networks import is_within, parse_networks
from flows_meter_sync.registry import KnownMeter, load_last_events, load_meters
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.slots import VISITS_A_SLOT, Slot
from flows_meter_sync.sync_tasks import SyncOutcome, SyncTask, SyncTasks
from flows_meter_sync.syncers import syncers_of
from flows_meter_sync.syncers.base import LogProgress, Syncer
from flows_meter_sync.syncers.event_log import SyncerEventLog
from flows_meter_sync.syncers.profile_log import SyncerProfileLog
from flows_meter_sync.telemetry import METRIC_SECONDS, METRICS, TALKING, VISITS, WAITING
from flows_meter_sync.visits.report import Report
from flows_meter_sync.visits.visit import Clock, visit
from flows_meter_sync.visits.writer import Writer
from flows_shared.apart import is_about_data
from flows_shared.db import Connection, Database
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.memory import collecting_rarely
from flows_shared.tasks import cancel_all
from flows_shared.time import Period, utc_now

log = get_logger()


class ReadyVisit(NamedTuple):
    """A meter that this process may talk to now, and all that a visit has to know."""

    task: SyncTask
    known: KnownMeter
    progress: LogProgress
    syncers: Sequence[Syncer]


class Fleet:
    """Made by `open_fleet`, and shared by all jobs of a process: the concurrency is the process's."""

    def __init__(self, db: Database, settings: SyncSettings, clock: Clock) -> None:
        self.db, self.settings, self.clock = db, settings, clock
        self.policy = ConnectionPolicy.of(settings)
        self.networks = parse_networks(settings.meter_sync_networks)
        self.leases = Leases(db, seconds=settings.meter_sync_lease_seconds, rest_seconds=self.policy.pace_seconds)
        self.writer = Writer(db, self.leases, settings)
        self._due = SyncTasks()
        self._slots = asyncio.Semaphore(settings.meter_sync_concurrency)
        self._slots_away = asyncio.Semaphore((settings.meter_sync_concurrency + 1) // 2)
        self._ready: asyncio.Queue[ReadyVisit] = asyncio.Queue(settings.meter_sync_concurrency)
        self._ready_away: asyncio.Queue[ReadyVisit] = asyncio.Queue()
        self.identities = Identities(settings.meter_sync_identity_seconds)
        self._closing: set[UUID] = set()  # meters that close the connection after each answer
        self._away: set[UUID] = set()  # meters that the last visit found no way to

    async def sync(
        self,
        meter_ids: Collection[UUID],
        metrics: Sequence[str],
        tell: Callable[[SyncOutcome], None] | None = None,
        *,
        by_hand: bool = False,
    ) -> list[SyncOutcome]:
        """Read metrics of meters and store them; ends when all meters have, well or not. `tell` is told of each.

        Meters that were away start first: they have visitors of their own, and mostly need only time to fail.
        Asked `by_hand`, meters are asked for half hours again that they said they have no reading of.
        """
        loop, trace, urgent = asyncio.get_running_loop(), get_contextvars(), len(meter_ids) == 1
        in_order = sorted(dict.fromkeys(meter_ids), key=lambda id: id not in self._away)
        sync_tasks = [SyncTask(id, list(metrics), urgent, by_hand, trace, loop.create_future()) for id in in_order]
        for task in sync_tasks:
            if tell is not None:
                task.when_ended(tell)
            self._due.put(task)
        return await asyncio.gather(*(task.done for task in sync_tasks))

    @asynccontextmanager
    async def alone_with(self, meter_id: UUID) -> AsyncIterator[KnownMeter | None]:
        """The meter for as long as the block lasts; None where it is not an active one any more."""
        await self.leases.wait_for(meter_id, self.settings.meter_sync_lease_wait_seconds)
        self.identities.forget(meter_id)
        try:
            async with self.db.connection() as connection:
                known = await load_meters(connection, [meter_id], self.settings.readings_meter_amperes)
            yield known.get(meter_id)
        finally:
            await self.leases.give_back([meter_id])

    def reach(self, known: KnownMeter, rest: Callable[[float], Awaitable[None]] = asyncio.sleep) -> Meter:
        """A meter whose lease is held, to be asked and closed; `rest` waits until it may be connected to again."""
        if known.host is None:
            raise MeterWithoutAddress
        if known.port in self.settings.own_ports or not is_within(known.host, self.networks):
            raise MeterOutOfBounds(known.host, known.port)
        policy = self.policy
        if known.away:
            shorter = min(policy.connect_timeout_seconds, self.settings.meter_sync_away_timeout_seconds)
            policy = replace(policy, connect_timeout_seconds=shorter)
        if known.id in self._closing:
            policy = replace(policy, keep_open=False)
        return Meter(known.host, known.port, policy, partial(self.leases.check, known.id), known.proxy, rest)

    async def claim(self) -> None:
        """Take leases for what is due, as many at once as there are visitors, until cancelled."""
        while True:
            async with Slot(self._slots):
                pass  # nothing is taken from other processes that cannot be visited now
            sync_tasks = await self._due.take(self.settings.meter_sync_concurrency)
            WAITING.set(len(self._due))
            try:
                visits = await self._take_leases({task.meter_id: task for task in sync_tasks})
            except Exception as error:
                log.error("meters_not_claimed", meters=len(sync_tasks), reason=f"{type(error).__name__}: {error}")
                self.leases.drop([task.meter_id for task in sync_tasks])
                for task in sync_tasks:
                    task.fail(error)
                continue
            for ready in visits:
                await (self._ready_away if ready.known.away else self._ready).put(ready)

    async def visit(self, *, away: bool = False) -> None:
        """Visit what is claimed, one meter at a time and in a slot, until cancelled.

        Meters that were away have visitors of their own: who waits for them in vain holds up no other.
        """
        queue, slots = (self._ready_away, self._slots_away) if away else (self._ready, self._slots)
        while True:
            ready = await queue.get()
            self.writer.expected += 1
            try:
                async with Slot(slots) as slot:
                    with TALKING.track_inprogress():
                        report = await self._visit(ready, slot)
            finally:
                self.writer.expected -= 1
            if report is not None:
                await self._hand_over(ready.task, report)

    async def _take_leases(self, sync_tasks: Mapping[UUID, SyncTask]) -> list[ReadyVisit]:
        taken = await self.leases.take(list(sync_tasks))
        async with self.db.connection() as connection:
            known = await load_meters(connection, list(sync_tasks), self.settings.readings_meter_amperes)
            syncers = {id: syncers_of(sync_tasks[id].metrics) for id in known.keys() & taken}
            visited = {id: known[id] for id in syncers if _has_any(known[id], syncers[id])}
            by_hand = {id for id in visited if sync_tasks[id].by_hand}
            progress = await self._load_progress(connection, visited, syncers, by_hand)
            await self.leases.release(connection, taken - visited.keys())
        busy = known.keys() - taken
        for id in busy:
            self._due.put_later(sync_tasks[id], BUSY_SECONDS)
        for id in sync_tasks.keys() - visited.keys() - busy:
            sync_tasks[id].end(SyncOutcome(id, known[id].serial if id in known else None))
        return [ReadyVisit(sync_tasks[id], meter, progress[id], syncers[id]) for id, meter in visited.items()]

    async def _load_progress(
        self,
        db: Connection,
        meters: Mapping[UUID, KnownMeter],
        syncers: Mapping[UUID, Sequence[Syncer]],
        by_hand: Collection[UUID],
    ) -> dict[UUID, LogProgress]:
        """What is stored of the meters so far, for the metrics that go on from there."""

        def wanting(kind: type[Syncer]) -> list[UUID]:
            return [id for id in meters if any(isinstance(syncer, kind) for syncer in syncers[id])]

        now = self.clock()
        since = now - timedelta(days=self.settings.meter_sync_profile_days)
        with_events, with_half_hours = wanting(SyncerEventLog), wanting(SyncerProfileLog)
        events = await load_last_events(db, with_events) if with_events else {}
        gaps: dict[UUID, list[Period]] = {}
        for tries, asked in (
            (self.settings.meter_sync_missing_tries, [id for id in with_half_hours if id not in by_hand]),
            (None, [id for id in with_half_hours if id in by_hand]),
        ):
            if asked:
                gaps |= await load_gaps(db, asked, since, now, tries=tries)
        return {
            id: LogProgress(events.get(id), {register.id: gaps.get(register.id, []) for register in meter.registers})
            for id, meter in meters.items()
        }

    async def _visit(self, ready: ReadyVisit, slot: Slot) -> Report | None:
        known = ready.known
        passing = all(syncer.is_passing for syncer in ready.syncers)
        as_told = self.identities.recall(known) if passing else None
        try:
            reach, ends_after = partial(self.reach, rest=slot.rest), self.policy.visit_seconds
            report = await visit(
                as_told or known, ready.progress, ready.syncers, reach, ends_after, self.clock, believed=bool(as_told)
            )
        except LeaseLost:
            log.warning("meter_lease_lost", **ready.task.trace, serial=known.serial)
            self.leases.drop([known.id])
            self._due.put_later(ready.task, BUSY_SECONDS)
            return None
        except Exception:
            log.exception("visit_failed", **ready.task.trace, serial=known.serial)
            report = Report(known, ready.syncers, self.clock(), failure=VisitFailed())
        self.identities.note(known, report)
        if not report.keeps_open:
            self._closing.add(known.id)
        (self._away.add if isinstance(report.failure, MeterUnreachable) else self._away.discard)(known.id)
        return report

    async def _hand_over(self, task: SyncTask, report: Report) -> None:
        task.note(report)
        failure, last = report.failure, report.known.away or task.attempt >= self.settings.meter_sync_attempts
        # A request on the way has had its tries; a meter that did not even say who it is may only have been away.
        away = failure is not None and not report.reached and is_worth_another_try(failure)
        report.will_retry = away and not last
        _observe(task, report)
        stored = await self.writer.put(report)
        stored.add_done_callback(partial(self._end, task, report))

    def _end(self, task: SyncTask, report: Report, stored: "asyncio.Future[None]") -> None:
        if stored.cancelled():
            task.done.cancel()
        elif (error := stored.exception()) and isinstance(error, Exception) and is_about_data(error):
            task.end(SyncOutcome(report.known.id, report.known.serial, ReportRefused(say_error(error))))
        elif error:
            task.fail(error)
        elif report.will_retry:
            task.attempt += 1
            self._due.put_later(task, self.policy.pace_seconds)
        else:
            known = report.known
            task.end(SyncOutcome(known.id, known.serial, report.failure, task.refused, task.readings))


@asynccontextmanager
async def open_fleet(db: Database, settings: SyncSettings, clock: Clock = utc_now) -> AsyncIterator[Fleet]:
    """A fleet at work. At the end visits under way are broken off, and what was read until then is stored."""
    fleet = Fleet(db, settings, clock)
    count = settings.meter_sync_concurrency * VISITS_A_SLOT
    visitors = [asyncio.create_task(fleet.visit()) for _ in range(count)]
    visitors += [asyncio.create_task(fleet.visit(away=True)) for _ in range((settings.meter_sync_concurrency + 1) // 2)]
    at_work = [asyncio.create_task(fleet.claim()), *visitors]
    writing, keeping = asyncio.create_task(fleet.writer.run()), asyncio.create_task(fleet.leases.keep())
    try:
        with collecting_rarely():
            yield fleet
    finally:
        await cancel_all(at_work)
        await fleet.writer.finish()
        await writing
        await cancel_all([keeping])
        await fleet.leases.release_all()


def _has_any(known: KnownMeter, syncers: Sequence[Syncer]) -> bool:
    """Whether there is anything to read; of hardware that is not known nobody can say."""
    return known.hardware is UNKNOWN or any(syncer.applies(known) for syncer in syncers)


def _observe(task: SyncTask, report: Report) -> None:
    failure = report.failure
    VISITS.labels("healthy" if failure is None else failure.code).observe(report.duration_ms / 1000)
    for attempt in report.outcomes():
        outcome = "read" if attempt.error is None else attempt.error.code
        METRICS.labels(report.known.esco, attempt.metric, outcome).inc()
        METRIC_SECONDS.labels(report.known.esco, attempt.metric).observe(attempt.duration_ms / 1000)
    if failure is None and not report.refused:
        return
    about = log.bind(**task.trace, serial=report.known.serial)
    if failure is not None:
        code, reason, again = failure.code, str(failure), report.will_retry
        about.warning("meter_failed", code=code, reason=reason, attempt=task.attempt, will_retry=again)
    for attempt in report.refused:
        about.warning("metric_refused", metric=attempt.metric, reason=str(attempt.error))
