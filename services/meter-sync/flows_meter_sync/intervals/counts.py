"""What registers had counted, from their logs and from the reads of every sync."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from flows_meter_sync.counter import Count, believed
from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.intervals.registers import MeterRegister
from flows_shared.db import Connection

# No register counts so far, and where somebody wrote NaN this is not true either.
MOST_KWH: Final = 10**9
COUNTS: Final = f"""
    SELECT register_id, timestamp, round(kwh * {KWH_STEPS})::bigint AS energy FROM flows.register_counts
     WHERE register_id = ANY($1) AND timestamp >= $3 AND timestamp <= $4 AND kwh < {MOST_KWH}
     UNION ALL
    SELECT register_id, timestamp, round(read * {KWH_STEPS})::bigint FROM flows.register_import
     WHERE register_id = ANY($1) AND register_id <> ALL($2) AND timestamp >= $3 AND timestamp <= $4
       AND read >= 0 AND read < {MOST_KWH}
     UNION ALL
    SELECT register_id, timestamp, round(read * {KWH_STEPS})::bigint FROM flows.register_export
     WHERE register_id = ANY($2) AND timestamp >= $3 AND timestamp <= $4 AND read >= 0 AND read < {MOST_KWH}
"""


async def load_counts(
    db: Connection, registers: Collection[MeterRegister], since: datetime, until: datetime
) -> Mapping[UUID, list[Count]]:
    """Those that are believed, in order of time; of a register that measures export, its export reads."""
    ids = [register.id for register in registers]
    exporting = [register.id for register in registers if register.exports]
    counts: defaultdict[UUID, list[Count]] = defaultdict(list)
    for row in await db.fetch(COUNTS, ids, exporting, since, until):
        counts[row["register_id"]].append(Count(row["timestamp"], row["energy"]))
    counters = {register.id: register.counter for register in registers}
    return {register_id: believed(sorted(found), counters[register_id]) for register_id, found in counts.items()}
