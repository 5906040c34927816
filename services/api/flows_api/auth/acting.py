"""The gateway's own statements, run as the one who asks: row level security decides here too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from flows_api.auth.principal import Principal
from flows_shared.db import Connection, Database

BECOME = "SELECT set_config('role', $1, true), set_config('request.jwt.claims', $2, true)"


@asynccontextmanager
async def acting_as(db: Database, principal: Principal) -> AsyncIterator[Connection]:
    """A transaction in which the database knows the principal's role and claims."""
    async with db.transaction() as transaction:
        await transaction.execute(BECOME, principal.role, principal.claims)
        yield transaction
