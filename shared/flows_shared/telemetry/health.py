"""`/healthz` (the process lives), `/readyz` (what it needs answers), `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from typing import Final, TypeAlias

from arq.connections import ArqRedis
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from flows_shared.db import Database
from flows_shared.telemetry.metrics import CONTENT_TYPE, exposition

FORWARDED: Final = frozenset({"forwarded", "via", "x-forwarded-for", "x-real-ip"})  # of what came over a proxy

Check: TypeAlias = Callable[[], Awaitable[object]]


def standard_checks(db: Database, redis: ArqRedis) -> dict[str, Check]:
    """The database answers a query, the queue answers a ping."""

    async def database() -> None:
        async with db.connection() as connection:
            await connection.execute("SELECT 1")

    async def queue() -> None:
        await redis.ping()

    return {"database": database, "queue": queue}


async def run_checks(checks: Mapping[str, Check], timeout_seconds: float) -> dict[str, str]:
    """Each part's name -> `ok`, or why not."""
    results = await asyncio.gather(*(_run(check, timeout_seconds) for check in checks.values()))
    return dict(zip(checks, results, strict=True))


def add_health_routes(app: FastAPI, checks: Callable[[], Mapping[str, Check]], timeout_seconds: float) -> None:
    """The three routes; `checks` is asked at each request, as parts come with the app's lifespan."""

    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        results = await run_checks(checks(), timeout_seconds)
        ready = all(result == "ok" for result in results.values())
        shown = {"checks": results} if _is_near(request) else {}  # an error names the server behind
        return JSONResponse({"status": "ready" if ready else "unready", **shown}, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        if not _is_near(request):
            raise HTTPException(404)
        return Response(exposition(), media_type=CONTENT_TYPE)

    for endpoint in (healthz, readyz, metrics):
        app.add_api_route(f"/{endpoint.__name__}", endpoint, include_in_schema=False, response_model=None)


def _is_near(request: Request) -> bool:
    """Whether a private network asks by itself: what a process tells of itself is nobody's beyond it.

    A proxy is near whoever asked it, and what it says of them may be what they told it.
    """
    if not FORWARDED.isdisjoint(request.headers):
        return False
    try:
        address = None if request.client is None else ip_address(request.client.host)
    except ValueError:
        return False
    return address is None or (getattr(address, "ipv4_mapped", None) or address).is_private


async def _run(check: Check, timeout_seconds: float) -> str:
    try:
        async with asyncio.timeout(timeout_seconds):
            await check()
    except TimeoutError:
        return f"no answer within {timeout_seconds:g} s"
    except Exception as error:  # whatever a part raises is the answer here
        return f"{type(error).__name__}: {error}"
    return "ok"
