"""A request's transaction: what the database may know of the request, set for it alone, then one statement."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from flows_api.rest.errors import AnswerTooLong, DatabaseUnreachable, PoolExhausted, refusal_of
from flows_api.rest.options import RestOptions
from flows_api.rest.query.one_trip import TOO_LONG
from flows_api.rest.query.writer import Statement
from flows_api.rest.shares import Shares
from flows_shared.db import REFUSALS, is_closed, terminate

# One round trip. Texts are written in hexadecimal, so that none can end its literal.
TEXT: Final = "convert_from(decode('{}', 'hex'), 'UTF8')"
CLEAN: Final = "SELECT set_config('role', 'none', false); RESET ALL"
# Deferred constraints speak up before everything is taken back.
ROLL_BACK: Final = "SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK"
STATEMENTS_KEPT: Final = 1_000
TOO_LONG_ERROR: Final = asyncpg.InvalidTextRepresentationError
ISOLATIONS: Final = {
    "serializable": "SERIALIZABLE",
    "repeatable read": "REPEATABLE READ",
    "read committed": "READ COMMITTED",
    "read uncommitted": "READ UNCOMMITTED",
}

PooledConnection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Settings: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Caller:
    """Who asks: the role in the database, and the verified claims as JSON. Nobody is logged in as `anonymous`.

    `name` tells callers of a role apart, where they have one: each has a share of the connections.
    """

    role: str
    claims: str
    anonymous: bool = False
    name: str = ""


@dataclass(frozen=True)
class Transaction:
    """`shared_settings` and `settings` hold for it, in their order; `pre_request` is a call in SQL that comes first.

    `shared_settings` are the same for many requests, so that a connection may keep them from one to the next.
    """

    caller: Caller
    shared_settings: Settings
    settings: Settings
    writes: bool = False
    rolls_back: bool = False
    isolation: str | None = None
    pre_request: str | None = None

    def begin(self, *, cleans: bool) -> str:
        isolation = ISOLATIONS.get((self.isolation or "").strip('"').lower())
        mode = f"{f'ISOLATION LEVEL {isolation}, ' if isolation else ''}READ {'WRITE' if self.writes else 'ONLY'}"
        settings = _set([*self.shared_settings, *self.settings], local=True)
        call = f"; SELECT {self.pre_request}" if self.pre_request else ""
        return f"BEGIN {mode}; {f'{CLEAN}; ' if cleans else ''}{settings}{call}"

    def end(self) -> str:
        return ROLL_BACK if self.rolls_back else "COMMIT"


class RestConnection(asyncpg.Connection):
    """Keeps the role and settings of the request before, where it knows them."""

    shared_settings: Settings | None = None
    was_changed = False

    async def keep(self, shared_settings: Settings) -> None:
        """As that role, until another is wanted."""
        if shared_settings != self.shared_settings:
            self.shared_settings, self.was_changed = None, True
            await self.execute(f"{CLEAN}; {_set(shared_settings, local=False)}")
            self.shared_settings = shared_settings

    async def begin(self, transaction: Transaction) -> None:
        """What was kept here is taken back first. If the transaction is, it holds again."""
        self.shared_settings = None
        await self.execute(transaction.begin(cleans=self.was_changed))


class RestDatabase:
    """A pool of its own, as a login role that owns nothing and may become the callers' roles.

    While nobody waits for the pool, idle connections stay at hand: to give one back and take it again costs as much as
    all else that a short request does here.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", options: RestOptions) -> None:
        self.pool = pool
        self.options = options
        self.shares = Shares(options.most_connections, options.pool_timeout_seconds)
        self._at_hand: list[PooledConnection] = []
        self._waiting = 0
        self._generation = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, options: RestOptions) -> AsyncIterator["RestDatabase"]:
        pool = await asyncpg.create_pool(
            options.database_url,
            min_size=0,
            max_size=options.pool_size,
            timeout=options.pool_timeout_seconds,
            init=_pass_json_through,
            reset=_keep_as_it_is,
            connection_class=RestConnection,
            statement_cache_size=STATEMENTS_KEPT if options.prepared_statements else 0,
            max_cached_statement_lifetime=0,
            server_settings={"application_name": "api rest"},
        )
        database = cls(pool, options)
        try:
            yield database
        finally:
            await database._give_back()
            await pool.close()

    @asynccontextmanager
    async def transaction(self, transaction: Transaction) -> AsyncIterator[PooledConnection]:
        """Ended as it asks for, rolled back by any exception. PostgreSQL's refusals become ours."""
        async with self._connection(transaction.caller) as connection:
            try:
                await _own(connection).begin(transaction)
                yield connection
                await connection.execute(transaction.end())
            except Exception as error:
                await _abandon(connection)
                translated = _translated(error, transaction.caller, lost=is_closed(connection))
                if translated is error:
                    raise
                raise translated from error
            except BaseException:
                terminate(connection)
                raise

    async def fetch_in_one_trip(self, transaction: Transaction, statement: Statement) -> asyncpg.Record:
        """The row of a statement that is a transaction by itself, and sets its settings as it runs."""
        values = [transaction.caller.role, *(value for _, value in transaction.settings)]
        async with self._connection(transaction.caller) as connection:
            try:
                await _own(connection).keep(transaction.shared_settings)
                rows = await _rows(connection, statement, values)
            except REFUSALS as error:
                most = self.options.max_answer_bytes
                if most is not None and isinstance(error, TOO_LONG_ERROR) and TOO_LONG in str(error):
                    raise AnswerTooLong(most) from error
                raise _translated(error, transaction.caller, lost=is_closed(connection)) from error
            except BaseException:
                terminate(connection)
                raise
            if not rows:
                terminate(connection)
                raise DatabaseUnreachable("the connection was not in the role that it had been given")
            return rows[0]

    async def forget_statements(self) -> None:
        """Connections that prepared statements for an older schema are replaced as they come back."""
        self._generation += 1
        await self.pool.expire_connections()
        await self._give_back()

    @asynccontextmanager
    async def _connection(self, caller: Caller) -> AsyncIterator[PooledConnection]:
        share = f"{caller.role} {caller.name}"
        await self.shares.take(share)
        try:
            connection = await self._take()
            generation = self._generation
            try:
                yield connection
            finally:
                if self._waiting or is_closed(connection) or generation != self._generation:
                    await self.pool.release(connection)
                else:
                    self._at_hand.append(connection)
        finally:
            self.shares.give(share)

    async def _take(self) -> PooledConnection:
        while self._at_hand:
            connection = self._at_hand.pop()
            if not is_closed(connection):
                return connection
            await self.pool.release(connection)
        self._waiting += 1
        try:
            return await self.pool.acquire(timeout=self.options.pool_timeout_seconds)
        except TimeoutError:
            raise PoolExhausted from None
        except REFUSALS as error:
            raise DatabaseUnreachable(str(error)) from error
        finally:
            self._waiting -= 1

    async def _give_back(self) -> None:
        while self._at_hand:
            await self.pool.release(self._at_hand.pop())


async def fetch_one(connection: PooledConnection, statement: Statement) -> asyncpg.Record:
    (row,) = await _rows(connection, statement)  # an aggregate without GROUP BY gives one row
    return row


async def fetch_plan(connection: PooledConnection, statement: Statement) -> bytes:
    """The lines of EXPLAIN."""
    return b"".join(as_bytes(row[0]) + b"\n" for row in await _rows(connection, statement))


async def fetch_expected_rows(connection: PooledConnection, statement: Statement) -> int:
    """How many rows the plan expects."""
    plan = json.loads((await fetch_one(connection, statement))[0])
    return int(plan[0]["Plan"]["Plan Rows"])


async def _rows(
    connection: PooledConnection, statement: Statement, more: Sequence[object] = ()
) -> list[asyncpg.Record]:
    """What is for this time only is prepared without a name, in the place of the one before."""
    if statement.is_single:
        prepared = await connection.prepare(statement.text, name="")
        return await prepared.fetch(*statement.parameters, *more)
    return await connection.fetch(statement.text, *statement.parameters, *more)


def as_bytes(value: object) -> bytes:
    """JSON and bytea come as bytes, everything else as text."""
    return value if isinstance(value, bytes) else str(value or "").encode()


def _translated(error: Exception, caller: Caller, *, lost: bool) -> Exception:
    if isinstance(error, asyncpg.PostgresError) and not lost:
        return refusal_of(error, anonymous=caller.anonymous)
    if isinstance(error, REFUSALS):
        return DatabaseUnreachable(str(error))
    return error


async def _abandon(connection: PooledConnection) -> None:
    if is_closed(connection):
        return
    try:
        await connection.execute("ROLLBACK")
    except REFUSALS:
        terminate(connection)


def _own(connection: PooledConnection) -> RestConnection:
    """The pool hands out a proxy, which passes on what it does not know."""
    return cast(RestConnection, connection)


def _set(settings: Sequence[tuple[str, str]], *, local: bool) -> str:
    calls = (f"set_config({_literal(name)}, {_literal(value)}, {str(local).lower()})" for name, value in settings)
    return f"SELECT {', '.join(calls)}"


def _literal(text: str) -> str:
    return TEXT.format(text.encode(errors="replace").hex())


async def _pass_json_through(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """`json` arrives as the bytes that PostgreSQL sent; nothing decodes a body."""
    await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")


async def _keep_as_it_is(_connection: object) -> None:
    """Nothing outlives a transaction, so that there is nothing to reset."""
