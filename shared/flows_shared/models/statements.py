"""Models on a connection and in a transaction of ours: for ordinary reads and writes, off the hot paths.

SQLAlchemy writes the statement, asyncpg runs it as any other; so row level security and the audit log know who acts.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Executable, inspect
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlmodel.sql.expression import SelectOfScalar

from flows_shared.db import Connection
from flows_shared.models.columns import Table

T = TypeVar("T")

DIALECT: Final = dialect()  # type: ignore[no-untyped-call]


async def find(db: Connection, query: SelectOfScalar[T]) -> T | None:
    """The first value that `select(Model.column)` finds."""
    statement, values = _written(query)
    found: T | None = await db.fetchval(statement, *values)
    return found


async def add(db: Connection, *rows: Table) -> None:
    """Insert rows; where a field is None, the column has the database's default."""
    for row in rows:
        values = {column.key: getattr(row, field) for field, column in inspect(type(row)).columns.items()}
        given = {name: value for name, value in values.items() if value is not None}
        places = ", ".join(f"${place}" for place in range(1, len(given) + 1))
        names = ", ".join(f'"{name}"' for name in given)
        table: str = inspect(type(row)).local_table.fullname
        await db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *given.values())


def _written(statement: Executable) -> tuple[str, Sequence[Any]]:
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    return str(compiled), [compiled.params[name] for name in compiled.positiontup or ()]
