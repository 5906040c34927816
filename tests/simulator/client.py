"""A client that asks one request after the other on one connection; it knows nothing of the simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from flows_meter_sync.emop import Exchange, Frame, FrameReader, Request

T = TypeVar("T")

PATIENCE_SECONDS = 10


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.frames = reader, writer, FrameReader()
        self.segments = 0

    async def ask(self, request: Request[T], **changes: Any) -> T:
        """The first value of the answer; `changes` are fields of the exchange."""
        return (await self.ask_all(request, **changes))[0]

    async def ask_all(self, request: Request[T], **changes: Any) -> list[T]:
        exchange = Exchange(request, **changes)
        await self.send(exchange.encode())
        values: list[T] = []
        while not values or not request.ends(values[-1]):
            values += [exchange.decode(frame) for frame in await self.receive()]
        return values

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def receive(self) -> list[Frame]:
        """The frames of the next segment; an `EOFError` where the connection ended instead."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            segment = await self.reader.read(4096)
        if not segment:
            self.frames.end()
            raise EOFError
        self.segments += 1
        return self.frames.feed(segment)


@asynccontextmanager
async def connected(place: tuple[str, int]) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection(*place)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


async def ask(place: tuple[str, int], request: Request[T], **changes: Any) -> T:
    """One request on a connection of its own."""
    async with connected(place) as client:
        return await client.ask(request, **changes)


async def ask_all(place: tuple[str, int], request: Request[T]) -> list[T]:
    """All values of the answer."""
    async with connected(place) as client:
        return await client.ask_all(request)
