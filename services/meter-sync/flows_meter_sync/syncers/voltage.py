"""Mains voltage."""

from typing import Final

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer

PHASES: Final = {
    "3p_voltage_l1": objects.VOLTAGE_L1,
    "3p_voltage_l2": objects.VOLTAGE_L2,
    "3p_voltage_l3": objects.VOLTAGE_L3,
}


class SyncerVoltage(Syncer):
    """Volts, of each phase where there are three."""

    fills = ("voltage", *PHASES)
    is_passing = True

    async def read(self, session: MeterSession, readings: Readings) -> None:
        if not session.known.hardware.three_phase:
            readings.shadow["voltage"] = await session.read(objects.VOLTAGE)
            return
        for column, phase in PHASES.items():
            readings.shadow[column] = await session.read(phase)
