"""Whether the meter is in prepay mode."""

from flows_meter_sync.emop import objects
from flows_meter_sync.registry import KnownMeter
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerPrepayEnabled(Syncer):
    """Three-phase meters have no prepay mode."""

    registers = ("prepay_enabled",)

    def applies(self, known: KnownMeter) -> bool:
        return not known.hardware.three_phase

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.registry["prepay_enabled"] = await session.read(objects.PREPAY_ENABLED)
