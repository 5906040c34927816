"""Prometheus metrics. Labels are bounded: a service, a route's template, a job's name; never an id."""

import os
from collections.abc import Callable
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as render
from prometheus_client.multiprocess import MultiProcessCollector

# Set by `flows serve --workers N`, read by prometheus_client when it is imported: its processes share files.
MULTIPROCESS_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

HTTP_REQUESTS = Histogram(
    "flows_http_request_seconds",
    "Time to answer a request.",
    ["service", "method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
JOBS = Histogram(
    "flows_job_seconds",
    "Time that a job ran.",
    ["service", "job", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800),
)
JOBS_RUNNING = Gauge("flows_jobs_running", "Jobs under way.", ["service"], multiprocess_mode="livesum")
OUTBOX_SENT = Counter("flows_outbox_sent", "Rows that a relay put on the queue.", ["service", "reason"])
OUTBOX_ROWS = Gauge(
    "flows_outbox_rows", "Rows of the outbox by state.", ["service", "state"], multiprocess_mode="mostrecent"
)
OUTBOX_LAG = Gauge(
    "flows_outbox_lag_seconds",
    "Age of the oldest row that is due and has not started.",
    ["service"],
    multiprocess_mode="mostrecent",
)


def exposition() -> bytes:
    """All metrics in Prometheus' text format, of all processes that serve together."""
    if MULTIPROCESS_DIRECTORY not in os.environ:
        return render(REGISTRY)
    registry = CollectorRegistry()
    collect: Callable[[CollectorRegistry], object] = MultiProcessCollector
    collect(registry)
    return render(registry)
