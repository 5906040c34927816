"""The display's light."""

from typing import Final

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer

# The one number that means something else on the other kind.
OFF: Final = {False: "normal_sp", True: "always_off_3p"}


class SyncerBacklight(Syncer):
    """Its setting by name, such as `always_on_sp` or `n10_seconds_turn_off_3p`."""

    fills = ("backlight",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        setting = await session.read(objects.BACKLIGHT)
        readings.shadow["backlight"] = setting.name if setting else OFF[session.known.hardware.three_phase]
