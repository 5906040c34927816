"""Signal quality of the mobile network."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerCsq(Syncer):
    """0 to 31."""

    fills = ("csq",)
    is_passing = True

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.shadow["csq"] = (await session.read(objects.CSQ)).csq
