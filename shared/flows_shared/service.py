"""The web side of every service: health, metrics, request ids, logs and errors, the same in all of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, TypeAlias, TypeVar

import asyncpg
from arq.connections import ArqRedis
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from flows_shared.contracts.route import Route
from flows_shared.db import CONNECTION_LOST, Database, is_connection_lost
from flows_shared.errors import (
    ConflictError,
    FlowsError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnavailableError,
)
from flows_shared.logs import configure_logging, get_logger
from flows_shared.queue import open_queue
from flows_shared.settings import ServiceSettings, describe_settings
from flows_shared.telemetry.health import add_health_routes, run_checks, standard_checks
from flows_shared.telemetry.requests import RequestTrace
from flows_shared.tokens import TokenError

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Statuses: TypeAlias = Mapping[type[FlowsError], int]
Answered = TypeVar("Answered")
Handler: TypeAlias = Callable[..., Awaitable[Answered | Response]]

ERROR_STATUSES: Statuses = {
    TokenError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    InvalidError: 422,
    UnavailableError: 503,
}

log = get_logger()


def create_service_app(
    name: str,
    settings: ServiceSettings,
    *,
    lifespan: Lifespan | None = None,
    error_statuses: Statuses | None = None,
    **fastapi_kwargs: Any,
) -> FastAPI:
    """A FastAPI app with `app.state.settings`, `.db` and `.redis`, which open before `lifespan` and close after it.

    `error_statuses` adds a service's own errors to `ERROR_STATUSES`; the nearest class decides. What a service offers
    is described by nothing that it serves itself: the gateway has pages for that.
    """
    configure_logging(settings, name)
    fastapi_kwargs.setdefault("title", f"Flows {name}")
    fastapi_kwargs = {"docs_url": None, "redoc_url": None, "openapi_url": None, **fastapi_kwargs}
    app = FastAPI(lifespan=_with_parts(name, settings, lifespan), **fastapi_kwargs)
    app.state.settings = settings
    add_health_routes(app, lambda: app.state.checks, settings.readiness_timeout_seconds)
    app.add_middleware(RequestTrace, service=name)
    _answer_errors(app, {**ERROR_STATUSES, **(error_statuses or {})})
    return app


def serve(router: APIRouter, route: Route[Any, Answered]) -> Callable[[Handler[Answered]], Handler[Answered]]:
    """Declares a route as its contract has it."""
    model = None if route.answer is bytes else route.answer
    return router.api_route(route.path, methods=[route.method], status_code=route.status, response_model=model)


def error_response(code: str, message: str, status: int, **more: Any) -> JSONResponse:
    """The form of every error: `{"code": ..., "message": ...}`."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"code": code, "message": message, **more}, status, headers)


async def get_db(request: Request) -> Database:
    database: Database = request.app.state.db
    return database


async def get_redis(request: Request) -> ArqRedis:
    redis: ArqRedis = request.app.state.redis
    return redis


Db = Annotated[Database, Depends(get_db)]
Queue = Annotated[ArqRedis, Depends(get_redis)]


def _with_parts(name: str, settings: ServiceSettings, lifespan: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        log.info("starting", settings=describe_settings(settings))
        async with AsyncExitStack() as parts:
            app.state.db = await Database.open(
                settings.database_url.get_secret_value(), name=name, size=settings.database_pool_size
            )
            parts.push_async_callback(app.state.db.close)
            app.state.redis = open_queue(settings, name)
            parts.push_async_callback(app.state.redis.aclose)
            app.state.checks = standard_checks(app.state.db, app.state.redis)
            if lifespan:
                await parts.enter_async_context(lifespan(app))
            results = await run_checks(app.state.checks, settings.readiness_timeout_seconds)
            log.info("started", checks=results)
            yield
            log.info("stopping")

    return run


def _answer_errors(app: FastAPI, statuses: Statuses) -> None:
    async def flows_error(_request: Request, error: FlowsError) -> JSONResponse:
        status = next((statuses[kind] for kind in type(error).__mro__ if kind in statuses), 500)
        log.log(40 if status >= 500 else 20, "request_refused", code=error.code, reason=str(error), status=status)
        return error_response(error.code, str(error), status)

    async def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        return error_response("http", str(error.detail), error.status_code)

    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
        return error_response("request.invalid", "; ".join(problems), 422)

    async def unavailable(_request: Request, error: Exception) -> JSONResponse:
        log.error("database_unavailable", reason=f"{type(error).__name__}: {error}")
        return error_response("database.unavailable", "the database does not answer; try again", 503)

    async def misused(request: Request, error: asyncpg.InterfaceError) -> JSONResponse:
        if is_connection_lost(error):
            return await unavailable(request, error)
        raise error

    handlers: dict[type[Exception], Callable[..., Any]] = {
        FlowsError: flows_error,
        HTTPException: http_error,
        RequestValidationError: invalid,
        **dict.fromkeys(CONNECTION_LOST, unavailable),
        asyncpg.InterfaceError: misused,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
