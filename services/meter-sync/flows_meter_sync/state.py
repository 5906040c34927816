"""The fleet's state as Prometheus sees it: counted in the database now and then, by community, never by meter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from asyncpg import Record
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric

from flows_shared.db import Connection
from flows_shared.telemetry.counted import DatabaseGauges

HOUR: Final = 3600
AGES: Final = tuple(hours * HOUR for hours in (1, 2, 6, 13, 25, 49, 168, 720))

HEALTH: Final = """
    SELECT esco.code, meter.mode, shadow.health, count(*) AS meters
      FROM flows.meter_registry AS meter
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     WHERE meter.installation_status = 'enabled'
     GROUP BY esco.code, meter.mode, shadow.health
"""
# Which of the ages' steps a meter has passed, and how old its newest value is. A log may be read well and have nothing
# new: of half hours the newest one counts, by the sums of days, which are few; of several registers the oldest such.
READ_AGES: Final = """
    WITH newest AS (
        SELECT register.meter_id,
               min(flows.local_midnight(last.day, esco.time_zone) + last.intervals * interval '30 minutes') AS at
          FROM flows.meter_registers AS register
          JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
          JOIN flows.escos AS esco ON esco.id = meter.esco
         CROSS JOIN LATERAL (SELECT day, intervals FROM flows.register_interval_daily AS daily
                              WHERE daily.register_id = register.register_id ORDER BY day DESC LIMIT 1) AS last
         WHERE register.status = 'enabled'
         GROUP BY register.meter_id
    )
    SELECT esco.code, status.metric, width_bucket(age.seconds, $1::float8[]) AS step, count(*) AS meters,
           sum(age.seconds) AS seconds
      FROM flows.meter_sync_status AS status
      JOIN flows.meter_registry AS meter ON meter.id = status.meter_id AND meter.installation_status = 'enabled'
      JOIN flows.escos AS esco ON esco.id = meter.esco
      LEFT JOIN newest ON newest.meter_id = status.meter_id
     CROSS JOIN LATERAL (
           SELECT extract(epoch FROM now() - CASE status.metric WHEN 'SyncerProfileLog' THEN newest.at
                                             ELSE status.last_success_at END)::float8 AS seconds) AS age
     WHERE age.seconds IS NOT NULL
     GROUP BY esco.code, status.metric, step
"""
COMMANDS: Final = """
    SELECT esco.code, command.kind, command.status, count(*) AS commands
      FROM flows.meter_commands AS command
      JOIN flows.meter_registry AS meter ON meter.id = command.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     WHERE command.ended_at IS NULL OR command.ended_at > now() - interval '1 day'
     GROUP BY esco.code, command.kind, command.status
"""


class FleetState(DatabaseGauges):
    async def count(self, db: Connection) -> Sequence[Metric]:
        health = GaugeMetricFamily("flows_meters", "Meters by health.", labels=["esco", "mode", "health"])
        for row in await db.fetch(HEALTH):
            health.add_metric([row["code"], row["mode"], row["health"]], row["meters"])
        commands = GaugeMetricFamily(
            "flows_meter_commands", "Writes under way or ended within a day.", labels=["esco", "kind", "status"]
        )
        for row in await db.fetch(COMMANDS):
            commands.add_metric([row["code"], row["kind"], row["status"]], row["commands"])
        return (health, commands, _ages(await db.fetch(READ_AGES, AGES)))


def _ages(rows: Iterable[Record]) -> Metric:
    ages = HistogramMetricFamily(
        "flows_meter_value_age_seconds", "How old the newest value of each meter is.", labels=["esco", "metric"]
    )
    counts: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(AGES) + 1))
    seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        counts[row["code"], row["metric"]][row["step"]] = row["meters"]
        seconds[row["code"], row["metric"]] += row["seconds"]
    for labels, steps in counts.items():
        limits = [*map(str, map(float, AGES)), "+Inf"]
        buckets = [(limit, sum(steps[: place + 1])) for place, limit in enumerate(limits)]
        ages.add_metric(labels, buckets, sum_value=seconds[labels])
    return ages
