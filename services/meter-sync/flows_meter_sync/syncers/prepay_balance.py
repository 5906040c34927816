"""Money left on a prepay meter."""

from flows_meter_sync.emop import objects
from flows_meter_sync.registry import KnownMeter
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerPrepayBalance(Syncer):
    """GBP, below zero in emergency credit."""

    fills = ("balance",)
    is_passing = True

    def applies(self, known: KnownMeter) -> bool:
        return known.prepay_enabled and not known.hardware.three_phase

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.shadow["balance"] = await session.read(objects.PREPAY_BALANCE)
