"""Make the kept reports again. Readers go on with the old ones meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from flows_shared.contracts.jobs import REFRESH_REPORTS
from flows_shared.db import Connection
from flows_shared.logs import get_logger
from flows_shared.outbox import enqueue
from flows_shared.reports import REPORTS, ReportSummary, report_states
from flows_shared.telemetry.counted import Counted

# A report at a time, each in its own transaction: one that fails keeps no other from being made.
REFRESH = "SELECT flows.refresh_report($1, $2)"

log = get_logger()


async def enqueue_refresh(db: Connection) -> None:
    """After this transaction. While a refresh runs, one more follows it, however many ask."""
    await enqueue(db, REFRESH_REPORTS(), key="all")


async def refresh_reports(db: Connection, asked_at: datetime) -> list[ReportSummary]:
    """Bring to `asked_at` whatever is older; what failed says why."""
    for source in dict.fromkeys(report.source for report in REPORTS.values()):
        await db.fetchval(REFRESH, source, asked_at)
    states = await report_states(db)
    for state in states:
        if state.error:
            log.error("report_failed", report=state.name, reason=state.error)
    return states


class ReportAges(Counted):
    async def count(self, db: Connection) -> Sequence[Metric]:
        # A time, not an age: so it stays right between two counts.
        refreshed = GaugeMetricFamily(
            "flows_report_refreshed_timestamp_seconds",
            "When a report was last made; its age is time() less this.",
            labels=["report"],
        )
        failing = GaugeMetricFamily(
            "flows_report_failing", "1 where a report's last refresh failed.", labels=["report"]
        )
        for state in await report_states(db):
            if state.refreshed_at:
                refreshed.add_metric([state.name], state.refreshed_at.timestamp())
            failing.add_metric([state.name], state.error is not None)
        return (refreshed, failing)
