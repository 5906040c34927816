"""Estimating what is missing: gaps, counts and history in, estimates out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from flows_meter_sync.counter import Count
from flows_meter_sync.estimation.methods import Estimate, Method, Profile, estimate_all
from flows_meter_sync.estimation.spans import split_at_counts
from flows_meter_sync.intervals.counts import load_counts
from flows_meter_sync.intervals.energies import Energies, load_energies
from flows_meter_sync.intervals.gaps import load_gaps
from flows_meter_sync.intervals.registers import MeterRegister
from flows_meter_sync.readings.estimates import store_estimates
from flows_meter_sync.registry import slices
from flows_shared.apart import in_parts
from flows_shared.db import Connection, Database
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.time import Period

HISTORY: Final = timedelta(weeks=4)
# A count after a gap may come that much later: what lies in between is held.
COUNT_AFTER: Final = timedelta(weeks=2)
REGISTERS_AT_ONCE: Final = 20

log = get_logger()


@dataclass(frozen=True, slots=True)
class Estimated:
    """How a register's missing half hours were estimated, and how many of the estimates are new."""

    register: MeterRegister
    missing: int
    estimates: Sequence[Estimate]


async def estimate_missing(
    db: Database, registers: Sequence[MeterRegister], period: Period, method: Method, *, dry_run: bool = False
) -> list[Estimated]:
    """Estimate the half hours of the period that are missing, and keep the estimates unless it is a dry run.

    The log has the registers of which none can be.
    """
    found: list[Estimated] = []
    async with db.connection() as connection:

        async def estimate_part(part: Sequence[MeterRegister]) -> list[Estimated]:
            async with connection.transaction():
                estimated = await _estimate(connection, part, period, method)
                if not dry_run:
                    estimates = [(one.register.id, each) for one in estimated for each in one.estimates]
                    await store_estimates(connection, estimates)
            return estimated

        for part in slices(registers, REGISTERS_AT_ONCE):
            done, broken = await in_parts(connection, part, estimate_part)
            found += chain(*done)
            for register, error in broken.items():
                log.error("register_not_estimated", register=register.name, reason=say_error(error))
    return found


async def _estimate(
    db: Connection, registers: Sequence[MeterRegister], period: Period, method: Method
) -> list[Estimated]:
    meters = {register.meter_id for register in registers}
    gaps = await load_gaps(db, list(meters), period.start, period.end, replaced=True)
    having = [register for register in registers if gaps.get(register.id)]
    if not having:
        return []
    since = min(gaps[register.id][0].start for register in having) - HISTORY
    until = max(gaps[register.id][-1].end for register in having) + COUNT_AFTER
    held = await load_energies(db, [register.id for register in having], since, until)
    counts = await load_counts(db, having, since, until)
    return [_of_register(register, gaps[register.id], counts, held, method) for register in having]


def _of_register(
    register: MeterRegister,
    gaps: Sequence[Period],
    counts: Mapping[UUID, list[Count]],
    held: Mapping[UUID, Energies],
    method: Method,
) -> Estimated:
    energies = held.get(register.id, {})
    missing = {at for gap in gaps for at in gap.half_hours()}
    counter = register.counter
    spans = split_at_counts(missing, counts.get(register.id, []), energies, counter.roll_over, counter.most)
    return Estimated(register, len(missing), estimate_all(spans, Profile(energies, register.zone), method))
