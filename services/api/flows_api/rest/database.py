"""A request's transaction: the role and the claims of the caller, set for it alone, then one statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from flows_api.rest.errors import DatabaseUnreachable, PoolExhausted, StatementRefused
from flows_api.rest.options import RestOptions
from flows_api.rest.sql import Statement
from flows_shared.db import is_connection_lost

# One round trip. Texts are written in hexadecimal, so that none can end its literal.
BEGIN: Final = """\
BEGIN READ ONLY;
SELECT set_config('role', {role}, true), set_config('request.jwt.claims', {claims}, true),
       set_config('statement_timeout', '{timeout_ms}', true)"""

PooledConnection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"


@dataclass(frozen=True)
class Caller:
    """Who asks: the role in the database, and the verified claims as JSON. Nobody is logged in as `anonymous`."""

    role: str
    claims: str
    anonymous: bool = False


@dataclass(frozen=True)
class Rows:
    """How many, and the JSON array of them as PostgreSQL wrote it."""

    count: int
    body: bytes


class RestDatabase:
    """A pool of its own, as a login role that owns nothing and may become the callers' roles."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", options: RestOptions) -> None:
        self.pool = pool
        self.options = options

    @classmethod
    @asynccontextmanager
    async def opened(cls, options: RestOptions) -> AsyncIterator["RestDatabase"]:
        pool = await asyncpg.create_pool(
            options.database_url,
            min_size=0,
            max_size=options.pool_size,
            init=_pass_json_through,
            reset=_keep_as_it_is,
            server_settings={"application_name": "api rest"},
        )
        try:
            yield cls(pool, options)
        finally:
            await pool.close()

    async def read(self, caller: Caller, statement: Statement) -> Rows:
        """Run the statement as the caller. PostgreSQL's refusals are `StatementRefused`."""
        async with self._connection() as connection:
            try:
                row = await self._run(connection, caller, statement)
            except asyncpg.PostgresError as error:
                if is_connection_lost(error):
                    raise DatabaseUnreachable(str(error)) from error
                raise StatementRefused(error, anonymous=caller.anonymous) from error
            except (asyncpg.InterfaceError, OSError) as error:
                raise DatabaseUnreachable(str(error)) from error
        return Rows(row["rows"], row["body"])

    async def _run(self, connection: PooledConnection, caller: Caller, statement: Statement) -> asyncpg.Record:
        await connection.execute(self._begin(caller))
        try:
            row = await connection.fetchrow(statement.text, *statement.parameters)
        except Exception:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")
        assert row is not None  # an aggregate without GROUP BY gives one row
        return row

    def _begin(self, caller: Caller) -> str:
        return BEGIN.format(
            role=_literal(caller.role),
            claims=_literal(caller.claims),
            timeout_ms=round(self.options.statement_timeout_seconds * 1000),
        )

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[PooledConnection]:
        try:
            connection = await self.pool.acquire(timeout=self.options.pool_timeout_seconds)
        except TimeoutError:
            raise PoolExhausted from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise DatabaseUnreachable(str(error)) from error
        try:
            yield connection
        finally:
            await self.pool.release(connection)


def _literal(text: str) -> str:
    return f"convert_from(decode('{text.encode().hex()}', 'hex'), 'UTF8')"


async def _pass_json_through(connection: Any) -> None:
    """`json` arrives as the bytes that PostgreSQL sent; nothing decodes a body."""
    await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")


async def _keep_as_it_is(_connection: Any) -> None:
    """Whatever a request sets ends with its transaction: the pool has nothing to reset, and saves the round trip."""
