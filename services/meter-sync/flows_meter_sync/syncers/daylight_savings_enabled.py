"""Whether the meter itself moves to summer time."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerDaylightSavingsEnabled(Syncer):
    """Off where all is as it should be: meters keep UTC."""

    registers = ("daylight_savings_correction_enabled",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.registry["daylight_savings_correction_enabled"] = await session.read(objects.DAYLIGHT_SAVING)
