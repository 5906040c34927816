"""One writer for many visits: their reports are stored together, a few times a second."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import TypeAlias

import asyncpg

from flows_meter_sync.leases import Leases
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.telemetry import HALF_HOURS, STORE_SECONDS
from flows_meter_sync.visits.report import Report
from flows_meter_sync.visits.store import store_reports
from flows_shared.apart import attempt, whatever
from flows_shared.db import Database, is_connection_lost
from flows_shared.logs import get_logger

Entry: TypeAlias = "tuple[Report, asyncio.Future[None]]"

log = get_logger()


class Writer:
    """Takes reports from a bounded queue, so that visits wait where the database does not keep up.

    A report's lease ends with the transaction that stores it: whoever visits next sees what this visit brought.
    """

    def __init__(self, db: Database, leases: Leases, settings: SyncSettings) -> None:
        self.db, self.leases, self.settings = db, leases, settings
        self.expected = 0  # visits under way, whose reports will come
        self._queue: asyncio.Queue[Entry | None] = asyncio.Queue(2 * settings.meter_sync_concurrency)

    async def put(self, report: Report) -> "asyncio.Future[None]":
        """Hand over a report; what is returned ends when it is stored, or says why it could not be."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._queue.put((report, stored))
        return stored

    async def finish(self) -> None:
        """Let `run` end when what was put before is stored."""
        await self._queue.put(None)

    async def run(self) -> None:
        """Store what comes until `finish`."""
        finished = False
        while not finished:
            batch, finished = await self._next_batch()
            if batch:
                await self._store(batch)

    async def _next_batch(self) -> tuple[list[Entry], bool]:
        """What comes within the flush time, or until there are rows enough or nothing else is to come.

        And whether it is the last.
        """
        batch: list[Entry] = []
        rows, deadline = 0, None
        while rows < self.settings.meter_sync_flush_rows and not (batch and self._is_idle()):
            try:
                entry = self._queue.get_nowait() if not self._queue.empty() else await self._next_entry(deadline)
            except TimeoutError:
                break
            if entry is None:
                return batch, True
            batch.append(entry)
            rows += len(entry[0].readings)
            deadline = deadline or asyncio.get_running_loop().time() + self.settings.meter_sync_flush_seconds
        return batch, False

    async def _next_entry(self, deadline: float | None) -> "Entry | None":
        async with asyncio.timeout_at(deadline):
            return await self._queue.get()

    def _is_idle(self) -> bool:
        return self._queue.empty() and not self.expected

    async def _store(self, batch: Sequence[Entry]) -> None:
        """All in one transaction; where one report cannot be stored, each in its own, so that the others are."""
        with attempt(whatever) as tried:
            await self._commit([report for report, _ in batch])
        if (error := tried.error) is None:
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)
        elif len(batch) == 1 or not isinstance(error, asyncpg.PostgresError) or is_connection_lost(error):
            self._give_up(batch, error)
        else:
            for entry in batch:
                await self._store([entry])

    async def _commit(self, reports: Sequence[Report]) -> None:
        started = perf_counter()
        async with self.db.transaction() as transaction:
            half_hours = await store_reports(transaction, reports)
            await self.leases.release(transaction, [report.known.id for report in reports])
        STORE_SECONDS.observe(perf_counter() - started)
        HALF_HOURS.inc(half_hours)

    def _give_up(self, batch: Sequence[Entry], error: Exception) -> None:
        log.error("visits_not_stored", meters=[report.known.serial for report, _ in batch], reason=str(error))
        self.leases.drop([report.known.id for report, _ in batch])
        for _, stored in batch:
            if not stored.done():
                stored.set_exception(error)
