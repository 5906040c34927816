"""How long each part of a request took, for the header `Server-Timing`."""

from time import perf_counter
from typing import Final

PARTS: Final = ("jwt", "parse", "plan", "transaction", "response")


class Timing:
    """A part lasts from the end of the one before it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._since = perf_counter()

    def done(self, part: str) -> None:
        now = perf_counter()
        self._parts.append(f"{part};dur={(now - self._since) * 1000:.1f}")
        self._since = now

    def failed(self) -> None:
        """In the part that follows the last one that was done."""
        self.done(PARTS[len(self._parts)])

    def header(self) -> tuple[bytes, bytes]:
        return b"server-timing", ", ".join(self._parts).encode()
