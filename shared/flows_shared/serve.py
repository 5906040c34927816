"""Running a service's web app with uvicorn: one process, or several that share a port and their metrics."""

import os
import signal
from functools import partial
from importlib.metadata import EntryPoint
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn

from flows_shared.errors import FlowsError
from flows_shared.heads import BoundedHeads, HeadLimits
from flows_shared.settings import HttpSettings
from flows_shared.telemetry.metrics import MULTIPROCESS_DIRECTORY


class ServeFailed(FlowsError):
    """The app did not start; the log says why."""

    code = "serve.failed"


def serve_app(entry: EntryPoint, host: str, port: int, workers: int, settings: HttpSettings) -> None:
    """Serve until SIGTERM or SIGINT; requests under way have `grace_seconds` to finish."""
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "loop": "uvloop",
        "http": partial(BoundedHeads, limits=HeadLimits.of(settings)),
        "log_config": None,  # the app configures the logs
        "access_log": False,  # each request is logged by the app, with its id
        "server_header": False,
        "timeout_graceful_shutdown": settings.grace_seconds,
        "forwarded_allow_ips": settings.trusted_proxies,
    }
    try:
        if workers == 1:
            _serve_one(uvicorn.Server(uvicorn.Config(entry.load()(), **options)))
        else:
            _serve_many(entry, workers, options)
    except SystemExit as error:
        if error.code:
            raise ServeFailed(f"{entry.name} did not start on {host}:{port}; the log above says why") from None


def _serve_one(server: uvicorn.Server) -> None:
    # uvicorn raises the signal again when it has stopped: a clean stop is not a death by signal.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run()


def _serve_many(entry: EntryPoint, workers: int, options: dict[str, Any]) -> None:
    with TemporaryDirectory(prefix="flows-metrics-") as directory:
        os.environ.setdefault(MULTIPROCESS_DIRECTORY, directory)
        entry.load()()  # a wrong setting fails here, once, and not in each process again and again
        uvicorn.run(entry.value, factory=True, workers=workers, **options)
