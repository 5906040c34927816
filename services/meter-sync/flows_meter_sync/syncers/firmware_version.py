"""The firmware's version."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import Readings, Syncer, Talk


class SyncerFirmwareVersion(Syncer):
    """`6_35_9`; on three-phase meters hex, such as `0117`."""

    registers = ("firmware_version",)

    async def read(self, talk: Talk, readings: Readings) -> None:
        readings.registry["firmware_version"] = await talk.read(objects.FIRMWARE)
