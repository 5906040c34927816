"""Estimates into their table."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.estimation.methods import Estimate
from flows_shared.db import Connection

STORE = "SELECT flows.store_estimates($1, $2, $3, $4)"


async def store_estimates(db: Connection, estimates: Sequence[tuple[UUID, Estimate]]) -> int:
    """Keep estimates where there is no reading, in the caller's transaction; how many are new or other than before."""
    if not estimates:
        return 0
    rows = [(id, each.timestamp, Decimal(each.energy) / KWH_STEPS, each.method.value) for id, each in estimates]
    stored: int = await db.fetchval(STORE, *zip(*rows, strict=True))
    return stored
