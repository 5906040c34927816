"""Setting a meter's clock to ours."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from flows_meter_sync.emop import objects, write
from flows_meter_sync.syncers.base import MeterSession
from flows_meter_sync.writes.write import Seen, Write

RIGHT_SECONDS: Final = 2  # meters know whole seconds, and the way there takes its time
HALF_SECOND: Final = timedelta(microseconds=500_000)


class ClockWrite(Write):
    """The time is that of the moment in which it is sent, so it is sent once and not again by itself."""

    metrics: ClassVar = ("SyncerClockDiff",)

    async def look(self, session: MeterSession) -> Seen:
        theirs = await session.read(objects.CLOCK)
        drift = round((theirs - session.clock()).total_seconds())
        return {objects.CLOCK.name: theirs.isoformat(), "drift_seconds": drift}

    def wrong(self, before: Seen | None, now: Seen) -> list[str]:
        drift = now["drift_seconds"]
        return [objects.CLOCK.name] if not isinstance(drift, int) or abs(drift) > RIGHT_SECONDS else []

    async def send(self, session: MeterSession, seen: Seen) -> None:
        await session.meter.ask_once(write(objects.CLOCK, whole_second(session.clock())))


def whole_second(at: datetime) -> datetime:
    """The nearest one, in UTC."""
    return (at.astimezone(UTC) + HALF_SECOND).replace(microsecond=0)
