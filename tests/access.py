"""Acting in the database as the gateway does for a token: its access role, and its claims."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from flows_shared.db import Connection

ACT = "SELECT set_config('request.jwt.claims', $1, true), set_config('role', $2, true)"


@asynccontextmanager
async def acting_as(db: Connection, role: str, subject: UUID | None = None, **claims: object) -> AsyncIterator[None]:
    """Until the end of the block, in a transaction of its own or within the one that is open."""
    token = {"role": role, **claims} | ({"sub": str(subject)} if subject else {})
    async with db.transaction():
        await db.execute(ACT, json.dumps(token), role)
        yield
        await db.execute(ACT, "", "none")


async def seen(db: Connection, role: str, subject: UUID | None, query: str, *values: Any) -> set[Any]:
    """The first column of what a login reads."""
    async with acting_as(db, role, subject):
        return {row[0] for row in await db.fetch(query, *values)}
