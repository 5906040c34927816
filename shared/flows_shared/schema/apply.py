"""Brings the database's code up to date: each file of this folder that changed since it was last applied.

Numbered migrations make tables and move data. Everything that can be stated whole stands here, an object a file, and
is stated again when its file changes: `CREATE OR REPLACE`, or for a table `flows.adopt_table`, which begins anew.
The order of the files does not matter: what needs another one is tried again after it.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import asyncpg

from flows_shared.db import Connection

HOME: Traversable = files("flows_shared") / "schema"
KINDS: Final = ("functions", "views", "tables", "data")
APPLIED: Final = "flows_migrations.objects"
PREPARE: Final = f"CREATE TABLE IF NOT EXISTS {APPLIED} (file text PRIMARY KEY, sha256 text NOT NULL)"
KNOWN: Final = f"SELECT file, sha256 FROM {APPLIED}"
FORGET: Final = f"DELETE FROM {APPLIED} WHERE NOT file = ANY($1)"
KEEP: Final = f"""
    INSERT INTO {APPLIED} (file, sha256) SELECT * FROM unnest($1::text[], $2::text[])
        ON CONFLICT (file) DO UPDATE SET sha256 = excluded.sha256
"""
# What a column holds has limits, also one that a migration has just added.
LIMIT: Final = "SELECT flows.guard_values(), flows.guard_lengths()"
# Bodies may name what another file makes.
UNCHECKED: Final = "SET LOCAL check_function_bodies = off"
NOT_YET: Final = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedObjectError,
    asyncpg.UndefinedColumnError,
    asyncpg.InvalidSchemaNameError,
)


async def apply_objects(db: Connection) -> list[str]:
    """In a transaction of the caller's; the files that were applied. A PostgreSQL error's note names the file."""
    await db.execute(PREPARE)
    changed = await changed_objects(db)
    await _apply_in_turns(db, changed)
    await db.execute(KEEP, list(changed), [_digest(text) for text in changed.values()])
    await db.execute(FORGET, list(_all_texts()))
    await db.execute(LIMIT)
    return list(changed)


async def forget_objects(db: Connection) -> list[str]:
    """After the tables are gone."""
    await db.execute(f"DROP TABLE IF EXISTS {APPLIED}")
    return []


async def changed_objects(db: Connection) -> dict[str, str]:
    """By the file's name, the text of what is not in the database as it stands here."""
    is_prepared = await db.fetchval("SELECT to_regclass($1)", APPLIED)
    known = {row["file"]: row["sha256"] for row in await db.fetch(KNOWN)} if is_prepared else {}
    return {file: text for file, text in _all_texts().items() if known.get(file) != _digest(text)}


def _all_texts() -> dict[str, str]:
    return {file: text for kind in KINDS for file, text in _texts(HOME / kind, kind)}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def _apply_in_turns(db: Connection, texts: Mapping[str, str]) -> None:
    await db.execute(UNCHECKED)
    while texts:
        waiting = {file: error for file, text in texts.items() if (error := await _try(db, file, text))}
        if len(waiting) == len(texts):
            raise next(iter(waiting.values()))
        texts = {file: texts[file] for file in waiting}


async def _try(db: Connection, file: str, text: str) -> asyncpg.PostgresError | None:
    """Why it has to wait for another file."""
    try:
        async with db.transaction():
            await db.execute(text)
    except asyncpg.PostgresError as error:
        error.add_note(f"in {file}")
        if not isinstance(error, NOT_YET):
            raise
        return error
    return None


def _texts(place: Traversable, name: str) -> Iterator[tuple[str, str]]:
    for part in sorted(place.iterdir(), key=lambda part: part.name):
        inner = f"{name}/{part.name}"
        if part.is_dir():
            yield from _texts(part, inner)
        elif part.name.endswith(".sql"):
            yield inner, part.read_text("utf-8")
