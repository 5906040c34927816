"""Invoices that need a correction: counted for Prometheus, and what no bill differs from is forgotten."""

from collections.abc import Sequence
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from flows_shared.db import Connection
from flows_shared.telemetry.counted import DatabaseGauges

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
       AND NOT EXISTS (SELECT FROM flows.invoice_differences AS due
                        WHERE due.register = changed.register_id
                          AND due.period_start <= changed.day AND changed.day < due.period_end)
"""


class CorrectionsDue(DatabaseGauges):
    async def count(self, db: Connection) -> Sequence[Metric]:
        due = GaugeMetricFamily(
            "flows_corrections_due", "Issued invoices that would be others today.", labels=["esco", "cause"]
        )
        for row in await db.fetch(COUNTS):
            due.add_metric([row["code"], row["cause"]], row["invoices"])
        return (due,)


async def forget_settled_days(db: Connection) -> int:
    """Drop the days whose bills agree with what is known of them; how many."""
    return int((await db.execute(FORGET_SETTLED)).split()[-1])
