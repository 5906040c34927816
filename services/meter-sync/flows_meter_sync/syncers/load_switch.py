"""The supply button."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import Readings, Syncer, Talk


class SyncerLoadSwitch(Syncer):
    """When the customer has to press it, by name, such as `no_button_credit_mode`."""

    fills = ("load_switch",)

    async def read(self, talk: Talk, readings: Readings) -> None:
        readings.shadow["load_switch"] = (await talk.read(objects.LOAD_SWITCH)).name
