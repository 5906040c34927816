"""Who asks the service, for the audit log."""

import json
from typing import Final
from uuid import UUID

from flows_shared.auth import Claims
from flows_shared.db import JSON, Connection

NOTE: Final = "SELECT flows.note_request($1, $2, $3)"


async def act_for(transaction: Connection, claims: Claims) -> None:
    """Let the audit log name who asks."""
    await transaction.execute("SELECT set_config('request.jwt.claims', $1, true)", json.dumps(claims.all))


async def note_request(transaction: Connection, what: str, meter: UUID | None, details: JSON) -> None:
    """Put on record what leaves no audited row of its own."""
    await transaction.execute(NOTE, what, meter, details)
