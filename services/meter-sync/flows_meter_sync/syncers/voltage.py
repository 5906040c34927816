"""Mains voltage."""

from typing import Final

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import Readings, Syncer, Talk

PHASES: Final = {
    "3p_voltage_l1": objects.VOLTAGE_L1,
    "3p_voltage_l2": objects.VOLTAGE_L2,
    "3p_voltage_l3": objects.VOLTAGE_L3,
}


class SyncerVoltage(Syncer):
    """Volts, of each phase where there are three."""

    fills = ("voltage", *PHASES)
    is_passing = True

    async def read(self, talk: Talk, readings: Readings) -> None:
        if not talk.known.hardware.three_phase:
            readings.shadow["voltage"] = await talk.read(objects.VOLTAGE)
            return
        for column, phase in PHASES.items():
            readings.shadow[column] = await talk.read(phase)
