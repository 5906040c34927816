"""Idle connections of HTTP, which are closed after a while."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LAST_LOOK_SECONDS: Final = 0.1


class KeepAlive(HttpToolsProtocol):
    """Closes no connection on which a request waits to be read.

    When a process that stood still goes on, its loop runs the timers that have lapsed before it reads what came
    meanwhile: so a lapsed timer only sets the last one, and what is read until then cancels that.
    """

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(LAST_LOOK_SECONDS, super().timeout_keep_alive_handler)
