"""What cannot be done for all at once is done for parts of them: so the data of one stop no other's work."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import asyncpg

from flows_shared.db import Connection

T = TypeVar("T")
R = TypeVar("R")

# Of PostgreSQL's classes of errors: values, constraints, and what our own functions raise.
ABOUT_DATA: Final = ("22", "23", "P0")


def is_about_data(error: Exception) -> bool:
    """Whether other data would have gone well: it was not the connection, the server, its rights, or memory."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate)[:2] in ABOUT_DATA
    return not isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError | MemoryError)


def whatever(_: Exception) -> bool:
    """For who goes on in any case, and says why it was in vain."""
    return True


@dataclass(slots=True)
class Attempt:
    """Why it was in vain, if it was."""

    error: Exception | None = None


@contextmanager
def attempt(is_ours: Callable[[Exception], bool] = is_about_data) -> Iterator[Attempt]:
    """An exception that `is_ours` ends the block, and is its `error`; the caller goes on. Others are raised."""
    tried = Attempt()
    try:
        yield tried
    except Exception as error:
        if not is_ours(error):
            raise
        tried.error = error


async def in_parts(
    db: Connection,
    items: Sequence[T],
    work: Callable[[Sequence[T]], Awaitable[R]],
    everyones: Callable[[], Awaitable[object]] | None = None,
) -> tuple[list[R], dict[T, Exception]]:
    """What `work` makes of all of them at once; where it fails, of halves, down to those that fail alone, and why.

    `everyones` raises where the fault is that of all, and no part of them would do better.
    """
    try:
        async with _undone(db):
            return [await work(items)], {}
    except Exception as error:
        if not is_about_data(error):
            raise
        if everyones:
            async with _undone(db):
                await everyones()
        if len(items) <= 1:
            return [], dict.fromkeys(items, error)
    half = len(items) // 2
    done, broken = await in_parts(db, items[:half], work)
    others, broken_too = await in_parts(db, items[half:], work)
    return done + others, broken | broken_too


@asynccontextmanager
async def _undone(db: Connection) -> AsyncIterator[None]:
    """A failed statement is undone by itself within the caller's transaction, if there is one."""
    if not db.is_in_transaction():
        yield
        return
    async with db.transaction():
        yield
