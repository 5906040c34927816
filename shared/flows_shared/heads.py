"""HTTP requests: how large a head may be, how many headers it may have, and how long head and body may take to come."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from flows_shared.keep_alive import LAST_LOOK_SECONDS, KeepAlive
from flows_shared.settings import HttpSettings

STATUS_LINE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
BODY: Final = b'{"code":"http","message":"the head of a request is too large"}'
HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"connection", b"close"),
    (b"content-length", str(len(BODY)).encode()),
)
# What separates a header's name from its value, and ends it.
SEPARATORS: Final = len(b": \r\n")
# Around a part of a body: its length, and line ends.
FRAME: Final = 32


@dataclass(frozen=True)
class HeadLimits:
    bytes: int
    headers: int
    seconds: float
    body_seconds: float

    @classmethod
    def of(cls, settings: HttpSettings) -> "HeadLimits":
        return cls(
            settings.max_head_bytes,
            settings.max_head_headers,
            settings.head_timeout_seconds,
            settings.body_timeout_seconds,
        )


class BoundedHeads(KeepAlive):
    """A connection whose heads are refused with 431 where they are too large, and that ends where one comes too slowly.

    A head lasts from the connection, or from the message before, to its empty line. A body has its own time, and a
    head's once it is answered; what else comes with it, such as headers that trail it, is bounded as a head is.
    """

    def __init__(self, *args: Any, limits: HeadLimits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        self._in_head = True
        self._head_bytes = 0
        self._frame_bytes = 0
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The first part of a head may come with the end of the message before it, and is then counted by the next."""
        if self._in_head:
            self._start_clock()
            self._head_bytes += len(data)
        else:
            self._frame_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head_bytes > self.limits.bytes:
            self._refuse()
        elif self._frame_bytes > self.limits.bytes:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start_clock()

    def on_header(self, name: bytes, value: bytes) -> None:
        """What trails a body is nobody's to read."""
        if self._in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._frame_bytes -= len(body) + FRAME
        super().on_body(body)

    def on_headers_complete(self) -> None:
        self._in_head, self._frame_bytes = False, 0
        self._stop_clock()
        self._start_clock(self.limits.body_seconds)
        app = self.app
        if self._is_too_large():
            self.app = answer_too_large
        try:
            super().on_headers_complete()
        finally:
            self.app = app

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes, self._frame_bytes = True, 0, 0
        self._stop_clock()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_head and self.cycle.response_complete:  # else it was the answer to the request before
            self._stop_clock()
            self._start_clock()

    def _is_too_large(self) -> bool:
        size = len(self.url) + sum(len(name) + len(value) + SEPARATORS for name, value in self.headers)
        return size > self.limits.bytes or len(self.headers) > self.limits.headers

    def _refuse(self) -> None:
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in HEADERS)
        self.transport.write(STATUS_LINE + lines + b"\r\n" + BODY)
        self.transport.close()

    def _start_clock(self, seconds: float | None = None) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(seconds or self.limits.seconds, self._end)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _end(self) -> None:
        """Unless an answer is under way, which the next head waits for."""
        self._clock = None
        if self._in_head and self.cycle is not None and not self.cycle.response_complete:
            self._start_clock()
        else:  # what came while the process stood still is read first, and stops the clock
            self._clock = self.loop.call_later(LAST_LOOK_SECONDS, self.transport.close)


async def answer_too_large(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 431, "headers": list(HEADERS)})
    await send({"type": "http.response.body", "body": BODY})
