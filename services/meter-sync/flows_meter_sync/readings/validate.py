"""Checking what is held: readings and counts in, flags out."""

from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.intervals.counts import load_counts
from flows_meter_sync.intervals.energies import load_energies
from flows_meter_sync.intervals.registers import MeterRegister
from flows_meter_sync.readings.flags import store_flags
from flows_meter_sync.registry import slices
from flows_meter_sync.settings import ReadingsSettings
from flows_meter_sync.validation.rules import HISTORY, Flag, Limits, RegisterReadings, check
from flows_shared.apart import in_parts
from flows_shared.db import Connection, Database
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.time import DAY, Period

REGISTERS_AT_ONCE: Final = 20

log = get_logger()


class Flagged(NamedTuple):
    register: MeterRegister
    flag: Flag


async def validate_readings(
    db: Database, registers: Sequence[MeterRegister], period: Period, settings: ReadingsSettings
) -> list[Flagged]:
    """Check the readings of a period, and keep what is wrong with them; the log has the registers that cannot be."""
    found: list[Flagged] = []
    async with db.connection() as connection:

        async def check_part(part: Sequence[MeterRegister]) -> list[Flagged]:
            async with connection.transaction():
                flagged = await _check(connection, part, period, settings)
                flags = [(register.id, flag) for register, flag in flagged]
                await store_flags(connection, [register.id for register in part], period, flags)
            return flagged

        for part in slices(registers, REGISTERS_AT_ONCE):
            done, broken = await in_parts(connection, part, check_part)
            found += chain(*done)
            for register, error in broken.items():
                log.error("register_not_checked", register=register.name, reason=say_error(error))
    return found


async def _check(
    db: Connection, registers: Sequence[MeterRegister], period: Period, settings: ReadingsSettings
) -> list[Flagged]:
    held = await load_energies(db, [register.id for register in registers], period.start - HISTORY, period.end + DAY)
    counts = await load_counts(db, registers, period.start - DAY, period.end + DAY)
    return [
        Flagged(register, flag)
        for register in registers
        for flag in check(
            RegisterReadings(
                period, held.get(register.id, {}), counts.get(register.id, []), limits_of(register, settings)
            )
        )
    ]


def limits_of(register: MeterRegister, settings: ReadingsSettings) -> Limits:
    return Limits(
        amperes=register.amperes,
        phases=register.hardware.phases,
        spike_factor=settings.readings_spike_factor,
        spike_least=int(settings.readings_spike_least_kwh * KWH_STEPS),
        tolerance=int(settings.readings_sum_tolerance_kwh * KWH_STEPS),
    )
