"""The database's schema, by Alembic: upgraded in one transaction, by one process at a time, without a superuser."""

import asyncio
import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final, TypeVar

import asyncpg
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from flows_shared.db import connect
from flows_shared.errors import FlowsError
from flows_shared.logs import get_logger

# Beside the two schemas, so that neither the data API nor its policies see Alembic's table.
VERSION_SCHEMA: Final = "flows_migrations"
VERSION_TABLE: Final[dict[str, Any]] = {"version_table": "versions", "version_table_schema": VERSION_SCHEMA}
LOCK: Final = 0x666C6F7773  # "flows"
# Roles belong to the whole server: databases beside this one may make or grant them in the same instant.
ROLE_CONFLICTS: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DuplicateObjectError,
    asyncpg.InternalServerError,
    asyncpg.DeadlockDetectedError,
)
ATTEMPTS: Final = 10

ALEMBIC: Final = threading.Lock()

T = TypeVar("T")
log = get_logger()


class MigrationFailed(FlowsError):
    """The schema is as it was before."""

    code = "migration.failed"


async def upgrade(url: str, revision: str = "head") -> list[str]:
    """Bring the schema to a revision; the revisions that were applied. Safe from several processes at once."""
    return await _change(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> list[str]:
    """Take the schema back to a revision (`base`: before the first); the revisions that were undone."""
    return await _change(url, lambda config: command.downgrade(config, revision))


async def pending(url: str) -> list[str]:
    """The revisions that an upgrade would apply, in their order."""

    def missing(connection: Connection) -> list[str]:
        return [revision for revision in _revisions() if revision not in _applied(connection)]

    return await _run(url, missing)


def run_sql(name: str) -> None:
    """For a revision: run `sql/<name>`, a file of statements or a folder of such files in the order of their names."""
    source = files("flows_shared") / "migrations" / "sql" / name
    parts = [source] if source.is_file() else sorted(source.iterdir(), key=lambda part: part.name)
    bind = op.get_bind()
    bind.execute(text("SELECT 1"))  # the driver's transaction starts with the first statement that SQLAlchemy sends
    driver: Any = bind.connection.dbapi_connection
    for part in parts:
        statements = part.read_text("utf-8")
        try:
            driver.run_async(lambda connection, statements=statements: connection.execute(statements))
        except asyncpg.PostgresError as error:
            error.add_note(f"in {part.name}{_line(statements, error)}")
            raise


async def _change(url: str, change: Callable[[Config], None]) -> list[str]:
    def locked(connection: Connection) -> list[str]:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
        before = _applied(connection)
        change(_config(connection))
        connection.execute(text("NOTIFY pgrst, 'reload schema'"))
        return sorted(before ^ _applied(connection))

    for attempt in range(1, ATTEMPTS + 1):
        try:
            changed = await _run(url, locked)
        except ROLE_CONFLICTS as error:
            if attempt == ATTEMPTS:
                raise MigrationFailed(_sentence(error)) from error
            log.info("migration_tried_again", attempt=attempt, reason=str(error))
            await asyncio.sleep(0.1 * attempt)
        except asyncpg.PostgresError as error:
            raise MigrationFailed(_sentence(error)) from error
        else:
            return changed
    raise AssertionError("unreachable")


async def _run(url: str, work: Callable[[Connection], T]) -> T:
    """Alembic keeps what it works on in module globals: within a process one at a time, in a thread of its own."""

    def in_thread() -> T:
        with ALEMBIC:
            return asyncio.run(_in_transaction(url, work))

    return await asyncio.to_thread(in_thread)


async def _in_transaction(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: connect(url, name="flows migrate"), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except DBAPIError as error:
        raise (error.orig and error.orig.__cause__) or error from error
    finally:
        await engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "flows_shared:migrations")
    config.attributes["connection"] = connection
    return config


def _revisions() -> list[str]:
    script = ScriptDirectory.from_config(_config())
    return [revision.revision for revision in script.walk_revisions()][::-1]


def _applied(connection: Connection) -> set[str]:
    heads = MigrationContext.configure(connection, opts=VERSION_TABLE).get_current_heads()
    script = ScriptDirectory.from_config(_config())
    return {revision.revision for head in heads for revision in script.iterate_revisions(head, "base")}


def _line(statements: str, error: asyncpg.PostgresError) -> str:
    position = getattr(error, "position", None)
    return f", line {statements.count(chr(10), 0, int(position)) + 1}" if position else ""


def _sentence(error: asyncpg.PostgresError) -> str:
    return " ".join([str(error), *getattr(error, "__notes__", [])])
