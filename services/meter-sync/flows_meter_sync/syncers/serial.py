"""The serial number: is it the meter that we think it is?"""

from flows_meter_sync.syncers.base import Readings, Syncer, Talk


class SyncerSerial(Syncer):
    """A visit that reads this began by asking for the serial, so that here it is known to be right."""

    registers = ("serial",)

    async def read(self, talk: Talk, readings: Readings) -> None:
        readings.registry["serial"] = talk.known.serial
