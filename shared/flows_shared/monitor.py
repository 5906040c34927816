"""`/healthz`, `/readyz` and `/metrics` of a worker process, which serves nothing else."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from flows_shared.errors import FlowsError
from flows_shared.settings import ServiceSettings, variable
from flows_shared.telemetry.health import Check, add_health_routes


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The worker answers signals."""
        yield


class PortTaken(FlowsError):
    """The monitoring port cannot be listened on."""

    code = "worker.port"


def monitoring_socket(settings: ServiceSettings) -> socket.socket | None:
    """The socket of `worker_metrics_port`, where there is one; bound before any work starts."""
    port = settings.worker_metrics_port
    if port is None:
        return None
    try:
        return socket.create_server((settings.host, port))
    except OSError as error:
        raise PortTaken(
            f"{variable('worker_metrics_port')}: cannot listen on {settings.host}:{port}: {error}"
        ) from error


async def serve_monitoring(listener: socket.socket, settings: ServiceSettings, checks: Mapping[str, Check]) -> None:
    """Serve until cancelled."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_health_routes(app, lambda: checks, settings.readiness_timeout_seconds)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = _Server(config)
    try:
        await server.serve([listener])
    finally:
        await server.shutdown([listener])
