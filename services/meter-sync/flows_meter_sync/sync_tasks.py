"""Meters to visit: who asked, what for, and in which order."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from flows_meter_sync.visits.report import ReadAttempt, Report
from flows_shared.errors import FlowsError


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """How a meter's sync ended; one without a serial is no active meter, and was left alone.

    `failure` is why it could not be talked to, `refused` the metrics that it did not give.
    """

    meter_id: UUID
    serial: str | None = None
    failure: FlowsError | None = None
    refused: Sequence[ReadAttempt] = ()
    readings: int = 0

    @property
    def reason(self) -> str | None:
        """What went wrong, for a person; nothing where nothing did."""
        if self.failure is not None:
            return str(self.failure)
        return "; ".join(f"{attempt.metric}: {attempt.error}" for attempt in self.refused) or None


@dataclass(slots=True, eq=False)
class SyncTask:
    """One meter, and the metrics that are still to be read of it. `urgent`: somebody waits for this meter alone.

    `by_hand`: a person asks, also for half hours given up. `trace` are the ids of the work that it is part of.
    """

    meter_id: UUID
    metrics: list[str]
    urgent: bool
    by_hand: bool
    trace: Mapping[str, object]
    done: "asyncio.Future[SyncOutcome]"
    attempt: int = 1
    readings: int = 0
    refused: list[ReadAttempt] = field(default_factory=list)

    @property
    def rank(self) -> int:
        """Who waits first; a meter that was away comes after all that were not tried."""
        return 0 if self.urgent else self.attempt

    def note(self, report: Report) -> None:
        """Add what a visit brought."""
        self.readings += len(report.readings)
        self.refused += report.refused
        self.metrics = [syncer.name for syncer in report.unread]

    def end(self, outcome: SyncOutcome) -> None:
        if not self.done.done():
            self.done.set_result(outcome)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def when_ended(self, tell: Callable[[SyncOutcome], None]) -> None:
        """Tell the outcome when there is one."""

        def ended(done: "asyncio.Future[SyncOutcome]") -> None:
            if not done.cancelled() and done.exception() is None:
                tell(done.result())

        self.done.add_done_callback(ended)


class SyncTasks:
    """The tasks that are due, by rank and then in the order in which they came."""

    def __init__(self) -> None:
        self._queue: asyncio.PriorityQueue[tuple[int, int, SyncTask]] = asyncio.PriorityQueue()
        self._numbers = count()

    def __len__(self) -> int:
        return self._queue.qsize()

    def put(self, task: SyncTask) -> None:
        self._queue.put_nowait((task.rank, next(self._numbers), task))

    def put_later(self, task: SyncTask, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self.put, task)

    async def take(self, most: int) -> list[SyncTask]:
        """At least one task and at most so many, a meter once; what nobody waits for any more is left out."""
        taken: dict[UUID, SyncTask] = {}
        twice: list[SyncTask] = []
        while not taken or (len(taken) < most and len(self)):
            _, _, task = await self._queue.get()
            if task.meter_id in taken:
                twice.append(task)
            elif not task.done.done():
                taken[task.meter_id] = task
        for task in twice:
            self.put(task)
        return list(taken.values())
