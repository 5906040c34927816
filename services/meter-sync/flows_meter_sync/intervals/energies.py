"""Half hours as they are held, for the rules that look at them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from flows_meter_sync.energy import KWH_STEPS
from flows_shared.db import Connection

# Energy by the start of its half hour, in 1/10,000 kWh.
Energies: TypeAlias = dict[datetime, int]

# What cannot be read as a number of Wh (too large, infinite, NaN) is the most here, so that it is flagged.
MOST_KWH: Final = 10**12
HELD: Final = f"""
    SELECT register_id, timestamp, round(greatest(least(kwh, {MOST_KWH}), -{MOST_KWH}) * {KWH_STEPS})::bigint AS energy
      FROM flows.register_interval_hh
     WHERE register_id = ANY($1) AND timestamp >= $2 AND timestamp < $3
"""


async def load_energies(
    db: Connection, registers: Collection[UUID], since: datetime, until: datetime
) -> Mapping[UUID, Energies]:
    """The readings of `[since, until)`; estimates are none."""
    held: defaultdict[UUID, Energies] = defaultdict(dict)
    for row in await db.fetch(HELD, registers, since, until):
        held[row["register_id"]][row["timestamp"]] = row["energy"]
    return held
