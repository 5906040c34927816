"""The ASGI app: mounted as it is, so that a request costs no more than its own work."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeAlias

from starlette.types import Receive, Scope, Send

from flows_api.rest.cache import CatalogCache
from flows_api.rest.database import Caller, RestDatabase
from flows_api.rest.errors import DatabaseUnreachable, RestError
from flows_api.rest.openapi import describe_schema
from flows_api.rest.options import RestOptions
from flows_api.rest.plan import choose_schema, plan_read
from flows_api.rest.request import parse_request
from flows_api.rest.response import Response, document_response, error_response, rows_response
from flows_api.rest.sql import render_read
from flows_shared.telemetry.logs import get_logger

Identify: TypeAlias = Callable[[str | None], Awaitable[Caller]]

START_SECONDS: Final = 5.0

log = get_logger()


class RestApp:
    """`identify` turns an Authorization header into the caller, or raises `TokenRefused`."""

    def __init__(self, options: RestOptions, identify: Identify) -> None:
        self.options = options
        self.identify = identify
        self.cache = CatalogCache(options)
        self._database: RestDatabase | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open while the context lasts."""
        async with AsyncExitStack() as parts:
            self._database = await parts.enter_async_context(RestDatabase.opened(self.options))
            await parts.enter_async_context(self.cache.kept(START_SECONDS))
            yield

    @property
    def database(self) -> RestDatabase:
        if self._database is None:
            raise DatabaseUnreachable("the app has not started")
        return self._database

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            response = await self._answer(scope)
        except RestError as error:
            status, code = error.answer()
            log.log(40 if status >= 500 else 20, "rest_refused", code=code, reason=str(error), status=status)
            response = error_response(error)
        await _send(response, send)

    async def _answer(self, scope: Scope) -> Response:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        caller = await self.identify(headers.get("authorization"))
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        request = parse_request(scope["method"], path, scope["query_string"], headers)
        if not request.resource:
            return self._describe(request.profile, headers_only=request.headers_only)
        plan = plan_read(request, self.cache.catalog, self.options)
        rows = await self.database.read(caller, render_read(plan))
        return rows_response(request, plan.relation.schema, rows)

    def _describe(self, profile: str | None, *, headers_only: bool) -> Response:
        schema = choose_schema(profile, self.options)
        return document_response(describe_schema(self.cache.catalog, schema), headers_only=headers_only)


async def _send(response: Response, send: Send) -> None:
    headers: list[tuple[bytes, bytes]] = list(response.headers)
    if not response.headers_only:
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if response.headers_only else response.body})
