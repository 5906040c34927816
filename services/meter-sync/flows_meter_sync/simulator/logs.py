"""What a meter has logged: half hours, three-phase intervals, events."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from flows_meter_sync.emop import event_log, intervals, objects, units
from flows_meter_sync.emop.event_log import Event, EventId
from flows_meter_sync.emop.intervals import Interval, IntervalBlock, IntervalStatus
from flows_meter_sync.emop.profile_log import ProfileRecord1, ProfileRecord2, ProfileStatus, TwinProfileRecord2
from flows_meter_sync.emop.units import HALF_HOUR_SECONDS, instant
from flows_meter_sync.simulator.energy import REACTIVE_SHARE, Element, totals
from flows_meter_sync.simulator.noise import noise
from flows_meter_sync.simulator.state import State
from flows_meter_sync.simulator.volts import volts

DAY_SECONDS = 86_400
VALID = ProfileStatus(valid_data=True)
NO_POWER = ProfileStatus(power_fail=True)
GOOD = IntervalStatus(valid_data=True)
FAILED = IntervalStatus(power_fail=True)
SNAPSHOT, BILLING_SNAPSHOT, ABORTED, POWER_DOWN, POWER_UP = (
    EventId.named(name)
    for name in (
        "daily_log_snapshot",
        "billing_log_snapshot",
        "listening_socket_aborted",
        "event_power_dn",
        "event_power_up",
    )
)


class Logs:
    """The logs of one meter; times are seconds since 2000, and `now` ends them."""

    def __init__(self, state: State) -> None:
        self.state, self.elements, self.seed = state, state.elements, state.seed
        self.since = units.seconds(state.config.installed_at)

    def boundaries(self, start: int, count: int, now: int) -> list[int]:
        """So many half hours from the first one at or after `start`, as far as they are logged."""
        first = -(-start // HALF_HOUR_SECONDS) * HALF_HOUR_SECONDS
        seconds = range(first, first + count * HALF_HOUR_SECONDS, HALF_HOUR_SECONDS)
        return [second for second in seconds if self.since <= second <= now]

    def profile_1(self, start: int, now: int) -> list[ProfileRecord1]:
        a, b = self.elements[0].imported, self.elements[-1].imported
        twin = len(self.elements) == 2
        return [
            ProfileRecord1(second, self._status(second), a.wh(second), b.wh(second) if twin else 0)
            for second in self.boundaries(start, 4, now)
        ]

    def profile_2(self, start: int, now: int) -> list[ProfileRecord2]:
        return [ProfileRecord2(*self._exports(second)) for second in self.boundaries(start, 3, now)]

    def twin_profile_2(self, start: int, now: int) -> list[TwinProfileRecord2]:
        second_element = self.elements[-1]
        return [
            TwinProfileRecord2(
                *self._exports(second),
                second_element.exported.wh(second),
                second_element.imported.wh(second) // REACTIVE_SHARE,
                second_element.exported.wh(second) // REACTIVE_SHARE,
            )
            for second in self.boundaries(start, 2, now)
        ]

    def intervals(self, profile: int, start: int, end: int, now: int, counts_per_wh: int) -> list[IntervalBlock]:
        """Those of `[start, end]`; where there is none, the nearest one, as a three-phase meter does."""
        ended = now - HALF_HOUR_SECONDS if profile == intervals.DEMANDS else now
        newest = ended // HALF_HOUR_SECONDS * HALF_HOUR_SECONDS
        last = min(end, newest)
        first = min(max(-(-start // HALF_HOUR_SECONDS) * HALF_HOUR_SECONDS, self.since), newest)
        seconds = range(first, max(first, last) + 1, HALF_HOUR_SECONDS)
        element = self.elements[0]
        rows = [[count * counts_per_wh & 0xFFFFFFFF for count in _channels(profile, element, at)] for at in seconds]
        channels = DEMAND_CHANNELS if profile == intervals.DEMANDS else TOTAL_CHANNELS
        found = [
            Interval(GOOD if self.state.has_power(at) else FAILED, tuple(row))
            for at, row in zip(seconds, rows, strict=True)
        ]
        return [IntervalBlock(first, HALF_HOUR_SECONDS // 60, channels, found)]

    def events(self, page: int, now: int) -> list[Event]:
        """Ten events, newest first."""
        first = page * event_log.EVENTS_A_PAGE
        return list(islice(self._events(now), first, first + event_log.EVENTS_A_PAGE))

    def _events(self, now: int) -> Iterator[Event]:
        for day in range(now // DAY_SECONDS, self.since // DAY_SECONDS, -1):
            yield from sorted((event for event in self._events_of(day) if event.timestamp <= now), reverse=True)

    def _events_of(self, day: int) -> Iterator[Event]:
        midnight, date = day * DAY_SECONDS, instant(day * DAY_SECONDS)
        yield Event(midnight, SNAPSHOT, day & 0xFF)
        if date.day == 1:
            yield Event(midnight, BILLING_SNAPSHOT, _months(date) & 0xFF)
        if noise(self.seed, day) < 1 / 8:
            yield Event(midnight + int(noise(self.seed + 1, day) * DAY_SECONDS), ABORTED, day // 8 & 0xFF)
        for number, cut in enumerate(self.state.cuts, 1):
            for second, event_id in ((cut.start, POWER_DOWN), (cut.end, POWER_UP)):
                if second // DAY_SECONDS == day:
                    yield Event(second, event_id, number & 0xFF)

    def _exports(self, second: int) -> tuple[int, ProfileStatus, int, int, int, int]:
        element = self.elements[0]
        exported = element.exported.wh(second)
        reactive = element.imported.wh(second) // REACTIVE_SHARE, exported // REACTIVE_SHARE
        return second, self._status(second), exported, *reactive, int(volts(self.seed, second))

    def _status(self, second: int) -> ProfileStatus:
        return VALID if self.state.has_power(second) else NO_POWER


TOTAL_CHANNELS = tuple(
    total.id
    for total in (
        objects.TOTAL_ACTIVE_IMPORT,
        objects.TOTAL_ACTIVE_EXPORT,
        objects.TOTAL_REACTIVE_IMPORT,
        objects.TOTAL_REACTIVE_EXPORT,
    )
)
DEMAND_CHANNELS = (0xD79600, 0xD79601)


def _channels(profile: int, element: Element, second: int) -> list[int]:
    if profile != intervals.DEMANDS:
        return totals(element, second)
    after = second + HALF_HOUR_SECONDS
    return [register.wh(after) - register.wh(second) for register in (element.imported, element.exported)]


def _months(date: datetime) -> int:
    return date.year * 12 + date.month
