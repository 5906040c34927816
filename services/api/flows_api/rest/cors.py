"""Answers to browsers that ask from another site: every origin may call, unless the setting names some."""

from collections.abc import Collection
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXPOSED: Final = (
    b"Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, "
    b"Range-Unit"
)
METHODS: Final = b"GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
SIMPLE_HEADERS: Final = (b"Accept", b"Accept-Language", b"Content-Language")
DAY_SECONDS: Final = b"86400"


class Cors:
    """ASGI middleware. A preflight request is answered here; what comes from no origin is left alone."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        self.origins = {origin.encode("latin-1") for origin in origins if origin != "*"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        origin = headers.get(b"origin")
        if scope["type"] != "http" or origin is None or (self.origins and origin not in self.origins):
            await self.app(scope, receive, send)
            return
        allowed = self._allowed(origin)
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await self._preflight(allowed, headers.get(b"access-control-request-headers"), send)
            return

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in allowed}
                kept = [header for header in message["headers"] if header[0] not in own]
                message["headers"] = [*allowed, (b"access-control-expose-headers", EXPOSED), *kept]
            await send(message)

        await self.app(scope, receive, send_allowed)

    def _allowed(self, origin: bytes) -> list[tuple[bytes, bytes]]:
        if not self.origins:
            return [(b"access-control-allow-origin", b"*")]
        return [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]

    async def _preflight(self, allowed: list[tuple[bytes, bytes]], asked: bytes | None, send: Send) -> None:
        wanted = [name.strip() for name in asked.split(b",")] if asked else []
        headers = [
            *allowed,
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", b", ".join([b"Authorization", *wanted, *SIMPLE_HEADERS])),
            (b"access-control-max-age", DAY_SECONDS),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
