"""The database's schema, by Alembic: upgraded in one transaction, by one process at a time, without a superuser."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files
from typing import Any, Final, TypeVar

import asyncpg
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from flows_shared.db import Connection as DriverConnection
from flows_shared.db import connect
from flows_shared.errors import FlowsError
from flows_shared.logs import get_logger
from flows_shared.schema.apply import apply_objects, changed_objects, forget_objects

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
UNKNOWN: Final = (
    "this database is at revision {}, which this version does not know. One from before 0013 is brought there by the "
    "version that made it, or given up for a new database; the demo's lies in FLOWS_DATA_DIR"
)

ALEMBIC: Final = threading.Lock()

T = TypeVar("T")
log = get_logger()


class MigrationFailed(FlowsError):
    """The schema is as it was before."""

    code = "migration.failed"


async def upgrade(url: str, revision: str = "head") -> list[str]:
    """Bring the schema to a revision; what was applied. Safe from several processes at once.

    That are revisions, and of a database that had some the files of `schema/` that changed.
    """
    return await _change(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> list[str]:
    """Take the schema back to a revision (`base`: before the first); the revisions that were undone."""
    return await _change(url, lambda config: command.downgrade(config, revision))


async def pending(url: str) -> list[str]:
    """What an upgrade would apply, in its order."""

    def missing(connection: Connection) -> list[str]:
        applied = _applied(connection)
        changed = [*_with_driver(connection, changed_objects)] if applied else []
        return [revision for revision in _revisions() if revision not in applied] + changed

    return await _run(url, missing)


def run_sql(name: str) -> None:
    """For a revision: run a file of this package, or a folder of files in the order of their names."""
    source = files("flows_shared").joinpath(name)
    parts = [source] if source.is_file() else sorted(source.iterdir(), key=lambda part: part.name)
    for part in parts:
        statements = part.read_text("utf-8")
        try:
            _with_driver(op.get_bind(), partial(_execute, statements=statements))
        except asyncpg.PostgresError as error:
            error.add_note(f"in {part.name}{_line(statements, error)}")
            raise


async def _change(url: str, change: Callable[[Config], None]) -> list[str]:
    def locked(connection: Connection) -> list[str]:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
        before = _applied(connection)
        change(_config(connection))
        after = _applied(connection)
        changed = _with_driver(connection, apply_objects if after else forget_objects)
        connection.execute(text("NOTIFY pgrst, 'reload schema'"))
        return sorted(before ^ after) + (changed if before and after else [])

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


async def _execute(driver: DriverConnection, statements: str) -> None:
    await driver.execute(statements)


def _with_driver(connection: Connection, work: Callable[[Any], Awaitable[T]]) -> T:
    connection.execute(text("SELECT 1"))  # the driver's transaction starts with the first statement of SQLAlchemy's
    driver: Any = connection.connection.dbapi_connection
    done: T = driver.run_async(work)
    return done


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
    try:
        return {revision.revision for head in heads for revision in script.iterate_revisions(head, "base")}
    except RevisionError:
        raise MigrationFailed(UNKNOWN.format(", ".join(heads))) from None


def _line(statements: str, error: asyncpg.PostgresError) -> str:
    position = getattr(error, "position", None)
    return f", line {statements.count(chr(10), 0, int(position)) + 1}" if position else ""


def _sentence(error: asyncpg.PostgresError) -> str:
    return " ".join([str(error), *getattr(error, "__notes__", [])])
