"""The fleet's state as Prometheus sees it: counted in the database now and then, by community, never by meter."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from flows_shared.db import Connection, Database
from flows_shared.tasks import cancel_all
from flows_shared.telemetry.logs import get_logger

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
# Which of the ages' steps a meter has passed, and how old its newest value is.
READ_AGES: Final = """
    SELECT esco.code, status.metric, width_bucket(age.seconds, $1::float8[]) AS step, count(*) AS meters,
           sum(age.seconds) AS seconds
      FROM flows.meter_sync_status AS status
      JOIN flows.meter_registry AS meter ON meter.id = status.meter_id AND meter.installation_status = 'enabled'
      JOIN flows.escos AS esco ON esco.id = meter.esco
     CROSS JOIN LATERAL (SELECT extract(epoch FROM now() - status.last_success_at)::float8 AS seconds) AS age
     WHERE status.last_success_at IS NOT NULL
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

log = get_logger()


class FleetState(Collector):
    """What was counted last."""

    def __init__(self) -> None:
        self._families: Sequence[Metric] = ()

    def collect(self) -> Iterator[Metric]:
        yield from self._families

    async def measure(self, db: Connection) -> None:
        """Count anew."""
        health = GaugeMetricFamily("flows_meters", "Meters by health.", labels=["esco", "mode", "health"])
        for row in await db.fetch(HEALTH):
            health.add_metric([row["code"], row["mode"], row["health"]], row["meters"])
        commands = GaugeMetricFamily(
            "flows_meter_commands", "Writes under way or ended within a day.", labels=["esco", "kind", "status"]
        )
        for row in await db.fetch(COMMANDS):
            commands.add_metric([row["code"], row["kind"], row["status"]], row["commands"])
        self._families = (health, commands, _ages(await db.fetch(READ_AGES, AGES)))


def _ages(rows: Sequence[Any]) -> Metric:
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


@asynccontextmanager
async def measuring(db: Database, every_seconds: float) -> AsyncIterator[FleetState]:
    """A state on show, counted again and again for the block."""
    state = FleetState()
    task = asyncio.create_task(_measure(state, db, every_seconds))
    REGISTRY.register(state)
    try:
        yield state
    finally:
        REGISTRY.unregister(state)
        await cancel_all([task])


async def _measure(state: FleetState, db: Database, every_seconds: float) -> None:
    while True:
        try:
            async with db.connection() as connection:
                await state.measure(connection)
        except Exception as error:
            log.warning("fleet_not_measured", reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_seconds)
