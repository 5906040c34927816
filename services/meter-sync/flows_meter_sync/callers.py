"""What is asked of the service, for the audit log."""

from typing import Final
from uuid import UUID

from flows_shared.db import JSON, Connection

NOTE: Final = "SELECT flows.note_request($1, $2, $3)"


async def note_request(transaction: Connection, what: str, meter: UUID | None, details: JSON) -> None:
    """Put on record what leaves no audited row of its own."""
    await transaction.execute(NOTE, what, meter, details)
