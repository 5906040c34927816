"""Something between a client and its meter: it sees each request, and can hold one as long as the client lives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal, NamedTuple

from flows_meter_sync.emop import FrameReader


class Hold(NamedTuple):
    """Where to stop: at which request, and whether the meter has got it by then."""

    request: int
    side: Literal["request", "answer"]


class Relay:
    """`requests` holds the data of each request that came, from 1 on in the words of `Hold`."""

    def __init__(self, host: str, port: int) -> None:
        self.meter = host, port
        self.requests: list[bytes] = []
        self.hold: Hold | None = None
        self.held = asyncio.Event()
        self.left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meter_reader, meter_writer = await asyncio.open_connection(*self.meter)
        frames = FrameReader()
        with suppress(ConnectionError):
            while data := await reader.read(256):
                for frame in frames.feed(data):
                    self.requests.append(frame.data)
                    await self._stop_at("request", reader)
                    meter_writer.write(frame.encode())
                    if not (answer := await meter_reader.read(1024)):
                        raise ConnectionResetError
                    await self._stop_at("answer", reader)
                    writer.write(answer)
        for side in (writer, meter_writer):
            side.close()
            with suppress(ConnectionError):
                await side.wait_closed()
        self.left.set()

    async def _stop_at(self, side: str, client: asyncio.StreamReader) -> None:
        if self.hold == (len(self.requests), side):
            self.hold = None
            self.left.clear()
            self.held.set()
            await client.read()  # until the client is gone
            raise ConnectionResetError


@asynccontextmanager
async def relayed(host: str, port: int) -> AsyncIterator[tuple[Relay, int]]:
    """A relay to a meter, and the port that it listens on."""
    relay = Relay(host, port)
    async with await asyncio.start_server(relay.serve, "127.0.0.1", 0) as server:
        yield relay, server.sockets[0].getsockname()[1]
