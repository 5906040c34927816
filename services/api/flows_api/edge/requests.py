"""What holds for every request: where a key may stand, how long and how large it may be, and careful headers."""

import asyncio
from collections.abc import Iterable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows_shared.service import error_response

SECURITY_HEADERS: Final = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
ONLY_HTTPS: Final = (b"strict-transport-security", b"max-age=31536000")
LONGEST_NUMBER: Final = 18


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first of that name, which is in lower case."""
    return next((value for given, value in scope["headers"] if given == name), None)


def add_missing(message: Message, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Those that the answer does not have by itself."""
    present = {name for name, _ in message["headers"]}
    message["headers"] = [*message["headers"], *(pair for pair in headers if pair[0] not in present)]


class SecurityHeaders:
    """ASGI middleware. A page may bring a policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = (*SECURITY_HEADERS, ONLY_HTTPS) if scope["scheme"] == "https" else SECURITY_HEADERS

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_missing(message, headers)
            await send(message)

        await self.app(scope, receive, send_safely)


class ApiKeyHeader:
    """ASGI middleware: without an Authorization header, what stands in `apikey` is the bearer's token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            key = header(scope, b"apikey")
            if key and header(scope, b"authorization") is None:
                scope = {**scope, "headers": [*scope["headers"], (b"authorization", b"Bearer " + key)]}
        await self.app(scope, receive, send)


class RequestLimits:
    """ASGI middleware. A body is counted as it is read, whatever it announces; the time ends as the answer begins."""

    def __init__(self, app: ASGIApp, max_body_bytes: int, timeout_seconds: float) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.timeout_seconds = timeout_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = (header(scope, b"content-length") or b"").lstrip(b"0")
        if length.isdigit() and (len(length) > LONGEST_NUMBER or int(length) > self.max_body_bytes):
            await error_response("http", self._too_long, 413)(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.timeout_seconds) as clock:

                async def send_in_time(message: Message) -> None:
                    clock.reschedule(None)
                    await send(message)

                await self.app(scope, self._counted(receive), send_in_time)
        except TimeoutError:
            if not clock.expired():
                raise
            refusal = f"the answer was not ready within {self.timeout_seconds:g} s"
            await error_response("request.timeout", refusal, 504)(scope, receive, send)

    def _counted(self, receive: Receive) -> Receive:
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes:
                raise HTTPException(413, self._too_long)
            return message

        return receive_counted

    @property
    def _too_long(self) -> str:
        return f"a body holds at most {self.max_body_bytes} bytes"
