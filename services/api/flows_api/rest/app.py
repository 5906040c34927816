"""The ASGI app: mounted as it is, so that a request costs no more than its own work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeAlias

from starlette.types import Receive, Scope, Send

from flows_api.rest.answer import Answer
from flows_api.rest.cache import CatalogCache
from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.database import Caller, RestDatabase
from flows_api.rest.errors import BodyTooLong, BodyWrong, DatabaseUnreachable, RestError
from flows_api.rest.options import RestOptions
from flows_api.rest.planned import PlannedRequest
from flows_api.rest.request.depth import check_depth
from flows_api.rest.request.request import RawRequest, Request, parse_request
from flows_api.rest.response import Response, error_response
from flows_api.rest.shapes import ShapeCache
from flows_api.rest.timing import Timing
from flows_shared.logs import get_logger

Identify: TypeAlias = Callable[[str | None], Awaitable[Caller]]

START_SECONDS: Final = 5.0
LARGE_BODY_BYTES: Final = 65_536

log = get_logger()


class RestApp:
    """`identify` turns an Authorization header into the caller, or raises `TokenRefused`."""

    def __init__(self, options: RestOptions, identify: Identify) -> None:
        self.options = options
        self.identify = identify
        self.cache = CatalogCache(options)
        self.shapes = ShapeCache(options)
        self._database: RestDatabase | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open while the context lasts."""
        async with AsyncExitStack() as parts:
            self._database = await parts.enter_async_context(RestDatabase.opened(self.options))
            self.cache.on_reload = self._database.forget_statements
            await parts.enter_async_context(self.cache.kept(START_SECONDS))
            yield

    @property
    def database(self) -> RestDatabase:
        if self._database is None:
            raise DatabaseUnreachable("the app has not started")
        return self._database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        timing = Timing() if self.options.server_timing else None
        try:
            response = await self._answer(scope, receive, headers, timing)
        except RestError as error:
            status, code = error.answer()
            log.log(40 if status >= 500 else 20, "rest_refused", code=code, reason=str(error), status=status)
            response = error_response(error, minimal=self.options.minimal_errors)
            if timing:
                timing.failed()
        if timing:
            response.headers.append(timing.header())
        await _send(self._traced(response, headers), send)

    async def _answer(self, scope: Scope, receive: Receive, headers: dict[str, str], timing: Timing | None) -> Response:
        caller = await self.identify(headers.get("authorization"))
        if timing:
            timing.done("jwt")
        catalog = await self.cache.current()
        raw = RawRequest(
            method=scope["method"],
            path=str(scope["path"]).removeprefix(scope.get("root_path", "")),
            query=scope["query_string"],
            headers=headers,
            prefers=tuple(v.decode("latin-1") for name, v in scope["headers"] if name == b"prefer"),
            body=await self._body(scope["method"], receive),
        )
        check_depth(raw.query, raw.body)
        asked = await self._asked(catalog, raw)
        if timing:
            timing.done("parse")
        return await Answer(catalog, self.options, self.database, caller, timing).to(asked)

    async def _asked(self, catalog: Catalog, raw: RawRequest) -> PlannedRequest | Request:
        """A large body is read once, and apart from the loop: others are answered meanwhile."""
        if len(raw.body) > LARGE_BODY_BYTES:
            return await asyncio.to_thread(parse_request, raw, self.options)
        return self.shapes.planned(catalog, raw) or parse_request(raw, self.options)

    async def _body(self, method: str, receive: Receive) -> bytes:
        if method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            return b""
        parts, length, most = [], 0, self.options.max_body_bytes
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyWrong("the body ended before it was whole")
            parts.append(message.get("body", b""))
            length += len(parts[-1])
            if most is not None and length > most:
                raise BodyTooLong(most)
            if not message.get("more_body"):
                return b"".join(parts)

    def _traced(self, response: Response, headers: dict[str, str]) -> Response:
        name = self.options.trace_header
        if name:
            value = headers.get(name.lower(), "")
            response.headers.insert(0, (name.lower().encode("latin-1"), value.encode("latin-1")))
        return response


async def _send(response: Response, send: Send) -> None:
    body = b"" if response.headers_only else response.body
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
    await send({"type": "http.response.body", "body": body})
