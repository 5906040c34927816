"""For whom a transaction acts: the audit log and the rows themselves name them."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from flows_shared.db import Connection, Database

ACT_FOR: Final = "SELECT set_config('request.jwt.claims', $1, true)"


async def act_for(transaction: Connection, claims: Mapping[str, Any]) -> None:
    """Of a token, or of a person at the command line."""
    await transaction.execute(ACT_FOR, json.dumps(dict(claims)))


@asynccontextmanager
async def acting(db: Database, claims: Mapping[str, Any]) -> AsyncIterator[Connection]:
    """A transaction that acts for them."""
    async with db.transaction() as transaction:
        await act_for(transaction, claims)
        yield transaction
