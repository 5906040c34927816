"""Signal quality of the mobile network."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import Readings, Syncer, Talk


class SyncerCsq(Syncer):
    """0 to 31."""

    fills = ("csq",)
    is_passing = True

    async def read(self, talk: Talk, readings: Readings) -> None:
        readings.shadow["csq"] = (await talk.read(objects.CSQ)).csq
