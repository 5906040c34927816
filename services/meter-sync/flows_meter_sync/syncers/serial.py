"""The serial number: is it the meter that we think it is?"""

from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerSerial(Syncer):
    """A visit that reads this began by asking for the serial, so that here it is known to be right."""

    registers = ("serial",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.registry["serial"] = session.known.serial
