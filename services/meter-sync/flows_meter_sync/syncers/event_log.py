"""What the meter noted."""

from flows_meter_sync.emop import read_event_log
from flows_meter_sync.emop.event_log import PAGES
from flows_meter_sync.syncers.base import EventRow, MeterSession, Readings, Syncer


class SyncerEventLog(Syncer):
    """Pages from the newest back to the last event held; that one's second may hold more events, so it is taken too."""

    is_passing = True

    async def read(self, session: MeterSession, readings: Readings) -> None:
        last = session.progress.last_event_at
        for page in PAGES:
            events = await session.ask(read_event_log(page))
            new = [event for event in events if last is None or event.at >= last]
            readings.events += [EventRow(event.at, int(event.event_id), event.event_set) for event in new]
            if not events or len(new) < len(events):
                return
