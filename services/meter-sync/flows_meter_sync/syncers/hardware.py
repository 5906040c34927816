"""The kind of meter."""

from flows_meter_sync.emop import objects
from flows_meter_sync.emop import read as read_object
from flows_meter_sync.hardware import NAMES, THREE_PHASE_NAMES
from flows_meter_sync.meter import Meter
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


async def ask_hardware(meter: Meter) -> str:
    """`C1.w` and the like; a name that is not known as the meter says it. A three-phase meter has none but a type."""
    if text := await meter.ask(read_object(objects.HARDWARE)):
        return NAMES.get(text, text)
    configuration = await meter.ask(read_object(objects.HARDWARE_CONFIGURATION))
    return THREE_PHASE_NAMES[configuration.meter_type]


class SyncerHardware(Syncer):
    """Which kind it is decides what else is read, and how registers count."""

    registers = ("hardware",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.registry["hardware"] = session.hardware or await ask_hardware(session.meter)
