"""Half hours from what a register had counted at their ends."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_meter_sync.intervals.runs import KWH_STEPS, MISSING, Run
from flows_shared.time import HALF_HOUR, Period

# 10 MWh in half an hour is 20 MW: no register of ours turns so fast, and the table's encoding ends there.
IMPOSSIBLE: Final = 10_000 * KWH_STEPS


def derive_runs(
    register_id: UUID, zone: ZoneInfo, counts: Mapping[datetime, int], steps: int, wanted: Iterable[Period]
) -> list[Run]:
    """The half hours of the wanted periods for which the register's count is known at both ends.

    `counts` are cumulative, each worth `steps` ten-thousandths of a kWh. A count that went down (a register that was
    reset or exchanged) leaves its half hour missing.
    """
    runs = []
    for period in wanted:
        starts = list(period.half_hours())
        energy = tuple(_advance(counts.get(at), counts.get(at + HALF_HOUR), steps) for at in starts)
        if energy.count(MISSING) < len(energy):
            runs.append(Run(register_id, zone, starts[0], energy))
    return runs


def _advance(before: int | None, after: int | None, steps: int) -> int:
    if before is None or after is None:
        return MISSING
    energy = (after - before) * steps
    return energy if 0 <= energy < IMPOSSIBLE else MISSING
