"""The firmware's version."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerFirmwareVersion(Syncer):
    """`6_35_9`; on three-phase meters hex, such as `0117`."""

    registers = ("firmware_version",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.registry["firmware_version"] = await session.read(objects.FIRMWARE)
