"""PostgreSQL through asyncpg: one pool a process, `jsonb` as Python values, `numeric` as Decimal."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final, Self, TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from flows_shared.errors import UnavailableError

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"

# The server closed the connection, restarts, or has no place: the same work may succeed later.
CONNECTION_LOST: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # what asyncpg says when the connection broke in the middle of an exchange
)
# How asyncpg says it of a connection that broke before it was used: it has no class for that, only the message.
CLOSED: Final = ("closed", "has been released back to the pool")
REFUSALS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


class DatabaseUnavailable(UnavailableError):
    """PostgreSQL does not answer, or refuses this role or database."""

    code = "database.unavailable"

    def __init__(self, url: str, reason: Exception) -> None:
        parts = urlsplit(url)
        place = f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"
        super().__init__(f"cannot use PostgreSQL at {place}: {reason or type(reason).__name__}")


async def connect(url: str, *, name: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection outside any pool; `name` is shown in `pg_stat_activity`."""
    try:
        connection = await asyncpg.connect(url, server_settings={"application_name": name})
    except REFUSALS as error:
        raise DatabaseUnavailable(url, error) from error
    await set_codecs(connection)
    return connection


@asynccontextmanager
async def connected(url: str, *, name: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """As `connect`, for a block; what is under way at its end is dropped, and an open transaction rolled back."""
    connection = await connect(url, name=name)
    try:
        yield connection
    finally:
        connection.terminate()


async def set_codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let `json` and `jsonb` be Python values on this connection."""
    for typename in ("json", "jsonb"):
        await connection.set_type_codec(typename, encoder=_dump, decoder=json.loads, schema="pg_catalog")


def is_connection_lost(error: BaseException) -> bool:
    """Whether the connection, not the statement, was the trouble."""
    closed = isinstance(error, asyncpg.InterfaceError) and any(words in str(error) for words in CLOSED)
    return closed or isinstance(error, CONNECTION_LOST)


def is_closed(connection: Connection) -> bool:
    """Also of a pool's connection that died, which asyncpg has taken back by then and lets nobody ask any more."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


def terminate(connection: Connection) -> None:
    """Drop it at once, with what is under way on it, unless it is gone already."""
    if not is_closed(connection):
        connection.terminate()


@contextmanager
def dropped_if_cancelled(connection: Connection) -> Iterator[None]:
    """For who waits with a time limit: a pool takes a connection back only when the server has answered."""
    try:
        yield
    except asyncio.CancelledError:
        terminate(connection)
        raise


class Database:
    """The process's pool. It connects when first used, so that a process starts before its database does."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", url: str) -> None:
        self.pool = pool
        self._url = url

    @classmethod
    async def open(cls, url: str, *, name: str, size: int, **options: Any) -> Self:
        """`name` is shown in `pg_stat_activity`; `options` go to `asyncpg.create_pool`."""
        pool = await asyncpg.create_pool(
            url, min_size=0, max_size=size, init=set_codecs, server_settings={"application_name": name}, **options
        )
        return cls(pool, url)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool; each statement is its own transaction."""
        try:
            connection = await self.pool.acquire()
        except REFUSALS as error:
            raise DatabaseUnavailable(self._url, error) from error
        try:
            yield connection
        finally:
            # What was committed stays so, though the connection died as it was given back: asyncpg drops it then.
            with suppress(*REFUSALS):
                await self.pool.release(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection of the pool in a transaction: committed at the end, rolled back by an exception."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Wait for connections in use, then close all."""
        await self.pool.close()


def _dump(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"))
