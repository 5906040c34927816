"""What holds for every request: where a key may stand, how long and how large it may be, and careful headers."""

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows_shared.service import error_response

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ONLY_HTTPS: Final = "max-age=31536000"


class SecurityHeaders:
    """ASGI middleware. A page may bring a policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


class ApiKeyHeader:
    """ASGI middleware: without an Authorization header, what stands in `apikey` is the bearer's token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            key = headers.get("apikey")
            if key and "authorization" not in headers:
                bearer = (b"authorization", b"Bearer " + key.encode("latin-1"))
                scope = {**scope, "headers": [*scope["headers"], bearer]}
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
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdecimal() and int(length) > self.max_body_bytes:
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
