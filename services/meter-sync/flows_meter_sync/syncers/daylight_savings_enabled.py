"""Whether the meter itself moves to summer time."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import Readings, Syncer, Talk


class SyncerDaylightSavingsEnabled(Syncer):
    """Off where all is as it should be: meters keep UTC."""

    registers = ("daylight_savings_correction_enabled",)

    async def read(self, talk: Talk, readings: Readings) -> None:
        readings.registry["daylight_savings_correction_enabled"] = await talk.read(objects.DAYLIGHT_SAVING)
