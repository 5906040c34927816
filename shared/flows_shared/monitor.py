"""`/healthz`, `/readyz` and `/metrics` of a worker process, which serves nothing else."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from flows_shared.settings import ServiceSettings
from flows_shared.telemetry.health import Check, add_health_routes


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The worker answers signals."""
        yield


async def serve_monitoring(settings: ServiceSettings, port: int, checks: Mapping[str, Check]) -> None:
    """Serve until cancelled."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_health_routes(app, lambda: checks, settings.readiness_timeout_seconds)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    try:
        await server.serve()
    except asyncio.CancelledError:
        await server.shutdown()
        raise
