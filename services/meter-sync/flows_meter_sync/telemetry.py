"""Prometheus metrics of meter-sync. Labels are kinds of outcome and names of metrics; never a meter."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

VISITS: Final = Histogram(
    "flows_meter_visit_seconds",
    "Time at a meter, by how it ended: healthy, or the code of what went wrong.",
    ["outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 300, 1800),
)
METRICS: Final = Counter(
    "flows_meter_metric_tries",
    "Metrics asked of meters, by how it went: read, or the code of what went wrong.",
    ["esco", "metric", "outcome"],
)
METRIC_SECONDS: Final = Histogram(
    "flows_meter_metric_seconds",
    "Time that a metric took to be read, well or not.",
    ["esco", "metric"],
    buckets=(0.05, 0.25, 1, 2.5, 5, 10, 60, 300),
)
WAITING: Final = Gauge("flows_meters_waiting", "Meters that wait for a visit.", multiprocess_mode="livesum")
TALKING: Final = Gauge("flows_meters_talking", "Meters that are being read.", multiprocess_mode="livesum")
HALF_HOURS: Final = Counter("flows_meter_half_hours", "Half hours stored that were not held before.")
STORE_SECONDS: Final = Histogram(
    "flows_meter_store_seconds",
    "Time of a transaction that stores what visits brought.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
COMMANDS: Final = Counter(
    "flows_meter_command_tries",
    "Tries of writes to meters, by how they went: confirmed, or the code.",
    ["kind", "outcome"],
)
