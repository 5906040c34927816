"""A served process that stood still answers what was asked meanwhile."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from flows_local.servers import free_port
from processes import FlowsProcess
from waiting import until

# Told by a signal, it stops itself in the middle of its loop: after it has looked for what came, before its timers.
FREEZING = f"""
import os, runpy, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
sys.path.insert(0, {str(Path(__file__).parent)!r})
runpy.run_module("served_app", run_name="__main__")
"""
KEEP_ALIVE_SECONDS = 5  # uvicorn's own
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: flows\r\n\r\n"
ANSWER = b'{"status":"ok"}'


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc to see that the loop waits")
async def test_requests_that_came_while_the_process_was_frozen_are_answered(
    settings_env: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    with FlowsProcess(["-c", FREEZING, str(port), "1"], settings_env, tmp_path / "log") as served:
        served.wait_for("started")

        async def listens() -> bool:
            with suppress(ConnectionRefusedError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return True
            return False

        await until(listens)
        connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        assert await asyncio.gather(*(ask(*each) for each in connections)) == [b"HTTP/1.1 200 OK\r\n"] * 20

        async def waits() -> bool:
            return await asyncio.to_thread(is_asleep, served.process.pid)

        await until(waits)
        served.process.send_signal(signal.SIGUSR1)
        await asyncio.to_thread(os.waitpid, served.process.pid, os.WUNTRACED)
        asked = [asyncio.create_task(ask(*each)) for each in connections]
        await asyncio.sleep(KEEP_ALIVE_SECONDS + 0.5)  # the fault itself: it stands still for longer than that
        served.process.send_signal(signal.SIGCONT)
        assert await asyncio.gather(*asked) == [b"HTTP/1.1 200 OK\r\n"] * 20
        assert await connections[0][0].read() == b""  # an idle one is closed still
        assert served.terminate() == 0


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The status line; empty where the connection is closed."""
    writer.write(REQUEST)
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(len(ANSWER)) == ANSWER
    return head.splitlines(keepends=True)[0]


def is_asleep(pid: int) -> bool:
    """Its main thread waits for something to come."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
