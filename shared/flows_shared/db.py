"""PostgreSQL through asyncpg: one pool a process, `jsonb` as Python values, `numeric` as Decimal."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from flows_shared.errors import UnavailableError

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

# What asyncpg raises when the server is away, restarts or closes the connection: later may work.
CONNECTION_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
)
REFUSALS: tuple[type[Exception], ...] = (*CONNECTION_ERRORS, asyncpg.PostgresError, TimeoutError)


class DatabaseUnavailable(UnavailableError):
    """PostgreSQL does not answer, or refuses this role or database."""

    code = "database.unavailable"


async def connect(url: str, *, name: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection outside any pool; `name` is shown in `pg_stat_activity`."""
    try:
        connection = await asyncpg.connect(url, server_settings={"application_name": name})
    except REFUSALS as error:
        raise DatabaseUnavailable(f"cannot use PostgreSQL at {_place(url)}: {error}") from error
    await set_codecs(connection)
    return connection


async def set_codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let `json` and `jsonb` be Python values on this connection."""
    for typename in ("json", "jsonb"):
        await connection.set_type_codec(typename, encoder=_dump, decoder=json.loads, schema="pg_catalog")


class Database:
    """The process's pool. It connects when first used, so that a process starts before its database does."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.pool = pool

    @classmethod
    async def open(cls, url: str, *, name: str, size: int, **options: Any) -> Self:
        """`name` is shown in `pg_stat_activity`; `options` go to `asyncpg.create_pool`."""
        pool = await asyncpg.create_pool(
            url, min_size=0, max_size=size, init=set_codecs, server_settings={"application_name": name}, **options
        )
        return cls(pool)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool; each statement is its own transaction."""
        async with self.pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection of the pool in a transaction: committed at the end, rolled back by an exception."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Wait for connections in use, then close all."""
        await self.pool.close()


def _dump(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"))


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"
