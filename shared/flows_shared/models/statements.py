"""Models on a connection and in a transaction of ours: for ordinary reads and writes, off the hot paths.

SQLAlchemy writes the statement, asyncpg runs it as any other; so row level security and the audit log know who acts.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Executable, insert
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
    """Insert rows, of which the database fills in what was not said."""
    for row in rows:
        statement, values = _written(insert(type(row)).values(**row.model_dump(exclude_unset=True)))
        await db.execute(statement, *values)


def _written(statement: Executable) -> tuple[str, Sequence[Any]]:
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    return str(compiled), [compiled.params[name] for name in compiled.positiontup or ()]
