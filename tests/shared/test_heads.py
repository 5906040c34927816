"""Heads and bodies of requests, on real sockets: too large, with too many headers, or never finished."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from api.services import FLOWS
from flows_local.servers import free_port
from processes import FlowsProcess

START = b"GET /nothing HTTP/1.1\r\nHost: flows\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The data API without its database: every whole head is answered, if only with a refusal."""
    port = free_port()
    variables = {
        "FLOWS_MAX_HEAD_BYTES": "4096",
        "FLOWS_MAX_HEAD_HEADERS": "20",
        "FLOWS_HEAD_TIMEOUT_SECONDS": "0.5",
        "FLOWS_BODY_TIMEOUT_SECONDS": "0.5",
        "FLOWS_API_REST_DB_URI": f"postgresql://127.0.0.1:{free_port()}/none",
        "FLOWS_API_REST_DB_ANON_ROLE": "nobody",
    }
    arguments = [FLOWS, "serve", "api", "--rest-only", "--port", str(port)]
    with FlowsProcess(arguments, variables, tmp_path_factory.mktemp("heads") / "log") as process:
        process.wait_until_served(port)
        yield port


async def status_of(port: int, *parts: bytes) -> bytes:
    """The first line of the answer; empty where the connection just ends."""
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return (await reader.readline()).strip()
        except ConnectionError:
            return b""
        finally:
            writer.close()


async def test_whole_head_is_answered(port: int) -> None:
    assert (await status_of(port, START + b"\r\n")).startswith(b"HTTP/1.1 503")
    assert (await status_of(port, START + b"X-Note: " + b"a" * 3_900 + b"\r\n\r\n")).startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize(
    "rest",
    [b"X-Note: " + b"a" * 4_100 + b"\r\n\r\n", b"X-Note: a\r\n" * 21 + b"\r\n", b"X-Note: " + b"a" * 1_000_000],
    ids=["bytes", "headers", "unfinished"],
)
async def test_head_that_is_too_large_is_refused(port: int, rest: bytes) -> None:
    assert await status_of(port, START + rest) == b"HTTP/1.1 431 Request Header Fields Too Large"


async def test_address_that_is_too_long_is_refused(port: int) -> None:
    address = b"/" + b"a" * 5_000
    assert (await status_of(port, b"GET " + address + b" HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 431")


async def test_second_head_of_a_connection_is_measured_by_itself(port: int) -> None:
    small = START + b"X-Note: " + b"a" * 2_500 + b"\r\n\r\n"
    large = START + b"X-Note: " + b"a" * 5_000 + b"\r\n\r\n"
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for head, status in ((small, b"503"), (small, b"503"), (large, b"431")):
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.split()[1] == status
            length = next(line for line in answer.lower().splitlines() if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    "sent", [b"", START, b"\r\n", START + b"\r\n" + START], ids=["nothing", "part", "line", "next"]
)
async def test_unfinished_heads_are_closed_and_others_answered_meanwhile(port: int, sent: bytes) -> None:
    async with asyncio.timeout(60):
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(150)]
        for _, writer in slow:
            writer.write(sent)
        assert (await status_of(port, START + b"\r\n")).startswith(b"HTTP/1.1 503")
        for reader, writer in slow:
            await reader.read()  # ends when the server closes
            writer.close()


CHUNKED = b"POST /nothing HTTP/1.1\r\nHost: flows\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_body_in_small_parts_is_taken(port: int) -> None:
    parts = b"1\r\na\r\n" * 5_000
    assert (await status_of(port, CHUNKED + parts + b"0\r\nX-Sum: 1\r\n\r\n")).startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize(
    ("start", "endless"),
    [(b"4;", b"a" * 100_000), (b"0\r\nX-Note: ", b"a" * 100_000), (b"0\r\n", b"X-Note: a\r\n" * 10_000)],
    ids=["extension", "trailer", "trailers"],
)
async def test_what_comes_with_a_body_is_bounded_as_a_head_is(port: int, start: bytes, endless: bytes) -> None:
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(ConnectionError):
            writer.write(CHUNKED + start)
            await reader.readline()  # it is answered before its body is there
            while True:
                writer.write(endless)
                await writer.drain()
        writer.close()


@pytest.mark.parametrize("path", [b"/nothing", b"/rpc/nothing"])
async def test_bodies_that_never_end_are_closed(port: int, path: bytes) -> None:
    head = b"POST " + path + b" HTTP/1.1\r\nHost: flows\r\nContent-Length: 1000000\r\n\r\n"
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        dripping = asyncio.create_task(drip(writer))
        with suppress(ConnectionError):
            await reader.read()  # ends when the server closes
        dripping.cancel()
        writer.close()


async def drip(writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)
