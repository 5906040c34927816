"""The supply button."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerLoadSwitch(Syncer):
    """When the customer has to press it, by name, such as `no_button_credit_mode`."""

    fills = ("load_switch",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.shadow["load_switch"] = (await session.read(objects.LOAD_SWITCH)).name
