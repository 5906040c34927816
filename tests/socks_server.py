"""A SOCKS5 proxy with user and password (RFC 1928 and 1929): what meters in a private network are reached through."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

VERSION, LOGIN, NO_METHOD, IPV4, REFUSED = 5, 2, 0xFF, 1, 5
SUCCESS, FAILURE = bytes((1, 0)), bytes((1, 1))


@dataclass
class SocksServer:
    """`reached` are the places that clients were led to."""

    username: str
    password: str
    port: int = 0
    reached: list[tuple[str, int]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            if await self._admits(reader, writer):
                await self._lead(reader, writer)
        writer.close()

    async def _admits(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        _, count = await reader.readexactly(2)
        if LOGIN not in await reader.readexactly(count):
            writer.write(bytes((VERSION, NO_METHOD)))
            return False
        writer.write(bytes((VERSION, LOGIN)))
        await reader.readexactly(1)
        given = [await reader.readexactly((await reader.readexactly(1))[0]) for _ in "up"]
        admitted = given == [self.username.encode(), self.password.encode()]
        writer.write(SUCCESS if admitted else FAILURE)
        return admitted

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readexactly(10)  # version, connect, 0, IPv4, address, port
        place = socket.inet_ntoa(request[4:8]), struct.unpack(">H", request[8:])[0]
        try:
            there = await asyncio.open_connection(*place)
        except OSError:
            writer.write(bytes((VERSION, REFUSED, 0, IPV4, *bytes(6))))
            return
        self.reached.append(place)
        writer.write(bytes((VERSION, 0, 0, IPV4, *bytes(6))))
        await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def socks_server(username: str = "flows", password: str = "open sesame") -> AsyncIterator[SocksServer]:
    proxy = SocksServer(username, password)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
