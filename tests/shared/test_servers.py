"""The embedded servers: kept data, crashes, and no process left behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from flows_local.servers import Postgres, ServerError, Valkey, free_port
from flows_shared.db import connect

START_BOTH = """
import sys, time
from pathlib import Path
from flows_local.servers import Postgres, Valkey

servers = [Postgres(Path(sys.argv[1]) / "postgres"), Valkey(Path(sys.argv[1]) / "valkey")]
for server in servers:
    server.start()
print(*(server.process.pid for server in servers), flush=True)
time.sleep(60)
"""


async def _value(server: Postgres, statement: str) -> object:
    connection = await connect(server.url(), name="tests")
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_data_directory_is_used_again(server_directory: Path) -> None:
    with Postgres(server_directory / "postgres") as server:
        await _value(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    with Postgres(server_directory / "postgres") as server:
        assert await _value(server, "SELECT answer FROM kept") == 42


async def test_crashed_postgres_comes_back_with_what_was_committed(server_directory: Path) -> None:
    with Postgres(server_directory / "postgres") as server:
        await _value(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        server.kill()
        server.restart()
        assert await _value(server, "SELECT answer FROM kept") == 42


async def test_restarted_valkey_is_empty_on_the_same_port(server_directory: Path) -> None:
    with Valkey(server_directory / "valkey") as server:
        url = server.url()
        async with Redis.from_url(url) as client:
            await client.set("key", "value")
        server.restart()
        assert server.url() == url
        async with Redis.from_url(url) as client:
            assert await client.dbsize() == 0


def test_settings_reach_the_server(server_directory: Path) -> None:
    assert "fsync=off" in Postgres(server_directory / "postgres", settings={"fsync": "off"}).command()


def test_port_in_use_is_said_with_the_servers_own_words(server_directory: Path) -> None:
    with (
        Valkey(server_directory / "first") as first,
        pytest.raises(ServerError, match="Address already in use"),
    ):
        Valkey(server_directory / "second", port=first.port).start()


def test_data_directory_in_use_is_refused(server_directory: Path) -> None:
    with Postgres(server_directory / "postgres"), pytest.raises(ServerError, match=r"postmaster\.pid"):
        Postgres(server_directory / "postgres").start()


def test_stopping_what_never_started_is_nothing(server_directory: Path) -> None:
    Valkey(server_directory / "valkey").stop()


def test_free_port_is_free_and_not_always_the_same() -> None:
    assert len({free_port() for _ in range(5)}) > 1


# Only Linux ends the children of a parent that had no time to.
ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL] if sys.platform == "linux" else [signal.SIGINT]


@pytest.mark.parametrize("number", ENDS)
def test_no_server_outlives_its_parent(server_directory: Path, number: signal.Signals) -> None:
    program = [sys.executable, "-c", START_BOTH, str(server_directory)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        servers = [Path("/proc") / pid for pid in parent.stdout.readline().split()]
        assert len(servers) == 2
        parent.send_signal(number)
    deadline = time.monotonic() + 10
    while any(_runs(server) for server in servers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _runs(process: Path) -> bool:
    """A process that has ended may still wait, as a zombie, for the init process to notice."""
    try:
        return "State:\tZ" not in (process / "status").read_text()
    except FileNotFoundError:
        return False
