"""The other Flows as a database that is read and nothing else."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from flows_meter_sync.passive.source import (
    PAGE,
    TIMEOUT_SECONDS,
    Condition,
    Row,
    SourceAddress,
    SourceAway,
    SourceRefused,
)
from flows_shared.db import REFUSALS, Connection

# As its API would say it. The names of tables and columns are our own; `*` stands for all columns.
ROWS: Final = """
    SELECT coalesce(json_agg(found), '[]')::text
      FROM (SELECT {columns} FROM flows.{table} WHERE {conditions}
             ORDER BY {order} LIMIT {limit} OFFSET {offset}) AS found
"""
SETTINGS: Final = {"application_name": "flows passive meters", "default_transaction_read_only": "on"}
SAID_NO: Final = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)


class DatabaseSource:
    """Made by `open_database`."""

    def __init__(self, db: Connection, name: str) -> None:
        self.db, self.name = db, name

    async def page(
        self, table: str, columns: Sequence[str], order: Sequence[str], where: Mapping[str, Condition], offset: int
    ) -> list[Row]:
        statement = ROWS.format(
            columns=", ".join(columns),
            table=table,
            conditions=" AND ".join(_condition(number, *each) for number, each in enumerate(where.items(), start=1)),
            order=", ".join(order),
            limit=PAGE,
            offset=offset,
        )
        try:
            text = await self.db.fetchval(statement, *map(_argument, where.values()), timeout=TIMEOUT_SECONDS)
        except REFUSALS as error:
            raise _failure(self.name, error) from error
        rows: list[Row] = json.loads(text, parse_float=Decimal)
        return rows


@asynccontextmanager
async def open_database(place: SourceAddress) -> AsyncIterator[DatabaseSource]:
    """The database, for a block; the key is the role's password."""
    parts = urlsplit(place.url)
    name = f"PostgreSQL at {parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"
    try:
        db = await asyncpg.connect(place.url, password=place.api_key, timeout=TIMEOUT_SECONDS, server_settings=SETTINGS)
    except REFUSALS as error:
        raise _failure(name, error) from error
    try:
        yield DatabaseSource(db, name)
    finally:
        db.terminate()


def _condition(number: int, column: str, condition: Condition) -> str:
    match condition:
        case str():
            return f"{column} = ${number}"
        case datetime():
            return f"{column} >= ${number}"
    return f"{column} = ANY(${number})"


def _argument(condition: Condition) -> str | datetime | list[str]:
    return condition if isinstance(condition, str | datetime) else [str(value) for value in condition]


def _failure(name: str, error: Exception) -> SourceAway | SourceRefused:
    reason = error.args[0] if isinstance(error, asyncpg.PostgresError) else error or type(error).__name__
    if isinstance(error, SAID_NO) or (isinstance(error, asyncpg.PostgresError) and error.sqlstate[:2] == "42"):
        return SourceRefused(f"{name} says no: {reason}")
    return SourceAway(f"no answer from {name}: {reason}")
