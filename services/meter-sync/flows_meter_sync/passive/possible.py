"""Half hours that the other Flows holds: what cannot be is not taken over, and says why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.intervals.advance import MissingHalfHour
from flows_meter_sync.passive.source import Row
from flows_shared.time import as_utc, is_half_hour

CANNOT_BE: Final = "the source has a value that cannot be"


def sort_out(
    rows: Sequence[Row], own: Mapping[str, UUID], most: Mapping[str, int]
) -> tuple[list[Row], list[MissingHalfHour]]:
    """The half hours that can be, and those that a fuse does not let through or that are below zero.

    `most` is in 1/10,000 kWh, by their ids. What does not start on a half hour is none, and nothing is missing there.
    """
    possible, missing = [], []
    for row in rows:
        at = as_utc(datetime.fromisoformat(row["timestamp"]))
        if not is_half_hour(at):
            continue
        if _can_be(Decimal(str(row["kwh"])), most[row["register_id"]]):
            possible.append(row)
        else:
            missing.append(MissingHalfHour(own[row["register_id"]], at, f"{CANNOT_BE}: {row['kwh']} kWh"))
    return possible, missing


def _can_be(kwh: Decimal, most: int) -> bool:
    return kwh.is_finite() and 0 <= kwh * KWH_STEPS <= most
