"""Invoices that need a correction: counted for Prometheus, and what no bill differs from is forgotten."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from flows_shared.db import Connection, Database
from flows_shared.tasks import cancel_all
from flows_shared.telemetry.logs import get_logger

COUNTS: Final = """
    SELECT esco.code, due.cause, count(DISTINCT due.invoice) AS invoices
      FROM public.corrections_due AS due JOIN flows.escos AS esco ON esco.id = due.esco
     GROUP BY esco.code, due.cause
"""
# While a run is under way, or has just ended, a day may have changed that is on a bill still to be stored.
FORGET_SETTLED: Final = """
    DELETE FROM flows.register_days_changed AS changed
     WHERE changed.changed_at < now() - interval '1 hour'
       AND NOT EXISTS (SELECT FROM public.billing_runs WHERE status IN ('pending', 'running'))
       AND NOT EXISTS (SELECT FROM public.corrections_due AS due
                        WHERE due.register = changed.register_id
                          AND due.period_start <= changed.day AND changed.day < due.period_end)
"""

log = get_logger()


class CorrectionsDue(Collector):
    """What was counted last."""

    def __init__(self) -> None:
        self._families: Sequence[Metric] = ()

    def collect(self) -> Iterator[Metric]:
        yield from self._families

    async def measure(self, db: Connection) -> None:
        """Count anew."""
        due = GaugeMetricFamily(
            "flows_corrections_due", "Issued invoices that would be others today.", labels=["esco", "cause"]
        )
        for row in await db.fetch(COUNTS):
            due.add_metric([row["code"], row["cause"]], row["invoices"])
        self._families = (due,)


async def forget_settled_days(db: Connection) -> int:
    """Drop the days whose bills agree with what is known of them; how many."""
    return int((await db.execute(FORGET_SETTLED)).split()[-1])


@asynccontextmanager
async def measuring(db: Database, every_seconds: float) -> AsyncIterator[CorrectionsDue]:
    """A count on show, made again and again for the block."""
    due = CorrectionsDue()
    task = asyncio.create_task(_measure(due, db, every_seconds))
    REGISTRY.register(due)
    try:
        yield due
    finally:
        REGISTRY.unregister(due)
        await cancel_all([task])


async def _measure(due: CorrectionsDue, db: Database, every_seconds: float) -> None:
    while True:
        try:
            async with db.connection() as connection:
                await due.measure(connection)
        except Exception as error:
            log.warning("corrections_not_counted", reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_seconds)
