"""Cumulative energy."""

from decimal import Decimal

from flows_meter_sync.emop import objects
from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerReads(Syncer):
    """kWh imported and exported, of each element; of a three-phase meter the total of all phases.

    The element B that a meter of one element does not have counts 0.
    """

    fills = ("import_a", "export_a", "import_b", "export_b")

    async def read(self, session: MeterSession, readings: Readings) -> None:
        if session.known.hardware.three_phase:
            imported = await session.read(objects.TOTAL_ACTIVE_IMPORT)
            exported = await session.read(objects.TOTAL_ACTIVE_EXPORT)
            counts = {"import_a": imported, "export_a": exported}
        else:
            reading = await session.read(objects.READING_A)
            counts = {
                "import_a": reading.import_active,
                "export_a": reading.export_active,
                "import_b": 0,
                "export_b": 0,
            }
        if session.known.hardware.twin_element:
            reading = await session.read(objects.READING_B)
            counts |= {"import_b": reading.import_active, "export_b": reading.export_active}
        for column, count in counts.items():
            readings.shadow[column] = Decimal(count * session.known.hardware.steps) / KWH_STEPS
