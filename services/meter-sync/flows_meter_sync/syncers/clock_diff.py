"""How far the meter's clock is off."""

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer


class SyncerClockDiff(Syncer):
    """Whole seconds, fast or slow alike: those who look for drift ask for more than so many."""

    fills = ("clock_time_diff_seconds", "clock_time_diff_synced_at")

    async def read(self, session: MeterSession, readings: Readings) -> None:
        theirs = await session.read(objects.CLOCK)
        ours = session.clock()
        readings.shadow["clock_time_diff_seconds"] = int(abs((theirs - ours).total_seconds()))
        readings.shadow["clock_time_diff_synced_at"] = ours
