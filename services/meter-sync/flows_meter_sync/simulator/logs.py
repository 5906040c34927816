"""What a meter has logged: half hours, three-phase intervals, events."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from flows_meter_sync.emop import event_log, intervals, objects, units
from flows_meter_sync.emop.event_log import Event, EventId
from flows_meter_sync.emop.intervals import Interval, IntervalBlock, IntervalStatus
from flows_meter_sync.emop.profile_log import ProfileRecord1, ProfileRecord2, ProfileStatus, TwinProfileRecord2
from flows_meter_sync.emop.units import HALF_HOUR_SECONDS, instant
from flows_meter_sync.simulator.clock import DAY_SECONDS, Clock
from flows_meter_sync.simulator.energy import MOST_COUNTED, Element, totals
from flows_meter_sync.simulator.noise import noise
from flows_meter_sync.simulator.state import State
from flows_meter_sync.simulator.volts import volts

HALF_HOUR_MINUTES = HALF_HOUR_SECONDS // 60
VALID = ProfileStatus(valid_data=True)
NO_POWER = ProfileStatus(power_fail=True)
NO_SUCH_TIME = ProfileStatus(major_time_error=True)  # the clock was put past it
GOOD = IntervalStatus(valid_data=True)
FAILED = IntervalStatus(power_fail=True)
SKIPPED = IntervalStatus(time_update=True)
TRUE_TIME = Clock()
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
        self.clock = state.clock if state.config.logs_follow_clock else TRUE_TIME

    def boundaries(self, start: int, count: int, now: int) -> list[int]:
        """So many half hours from the first one at or after `start`, as far as they are logged."""
        first = _ceil(start)
        seconds = range(first, first + count * HALF_HOUR_SECONDS, HALF_HOUR_SECONDS)
        newest = self.clock.shown(now)
        return [second for second in seconds if self.since <= second <= newest]

    def profile_1(self, start: int, now: int) -> list[ProfileRecord1]:
        a, b = self.elements[0].imported, self.elements[-1].imported
        twin = len(self.elements) == 2
        return [
            ProfileRecord1(second, self._status(second), a.shown(at), b.shown(at) if twin else 0)
            for second, at in self._measured(self.boundaries(start, 4, now))
        ]

    def profile_2(self, start: int, now: int) -> list[ProfileRecord2]:
        return [ProfileRecord2(*self._exports(*each)) for each in self._measured(self.boundaries(start, 3, now))]

    def twin_profile_2(self, start: int, now: int) -> list[TwinProfileRecord2]:
        second_element = self.elements[-1]
        return [
            TwinProfileRecord2(*self._exports(second, at), *totals(second_element, at)[1:])
            for second, at in self._measured(self.boundaries(start, 2, now))
        ]

    def intervals(self, profile: int, start: int, end: int, now: int) -> list[IntervalBlock]:
        """Those of `[start, end]`; where there is none, the nearest one, as a three-phase meter does.

        After a reset of the log there may be none at all: then the block has no intervals.
        """
        ended = self.clock.shown(now) - (HALF_HOUR_SECONDS if profile == intervals.DEMANDS else 0)
        oldest = _ceil(self.state.intervals_since)
        newest = ended // HALF_HOUR_SECONDS * HALF_HOUR_SECONDS
        first = max(min(max(_ceil(start), oldest), newest), oldest)
        last = newest if first > newest else max(first, min(end, newest))
        stamps = range(first, last + 1, HALF_HOUR_SECONDS)
        found = [self._interval(profile, second, at) for second, at in self._measured(stamps)]
        size = self.state.config.intervals_a_block or len(found) or 1
        channels = DEMAND_CHANNELS if profile == intervals.DEMANDS else TOTAL_CHANNELS
        return [
            IntervalBlock(first + at * HALF_HOUR_SECONDS, HALF_HOUR_MINUTES, channels, found[at : at + size])
            for at in range(0, len(found) or 1, size)
        ]

    def _measured(self, stamps: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Each stamp with the second at which it was taken."""
        for stamp in stamps:
            at = self.clock.when(stamp)
            yield stamp, stamp if at is None else at

    def _interval(self, profile: int, second: int, at: int) -> Interval:
        counts_per_wh = self.state.config.hardware.counts_per_wh
        status = GOOD if self.state.has_power(at) else FAILED
        if self.clock.when(second) is None:
            status = SKIPPED
        is_first = second == _ceil(self.state.intervals_since)
        values = (count * counts_per_wh & MOST_COUNTED for count in _channels(profile, self.elements[0], at))
        return Interval(status._replace(log_reset=True) if is_first else status, tuple(values))

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
        for number, cut in enumerate(self.state.history.cuts, 1):
            for second, event_id in ((cut.start, POWER_DOWN), (cut.end, POWER_UP)):
                if second // DAY_SECONDS == day:
                    yield Event(second, event_id, number & 0xFF)

    def _exports(self, second: int, at: int) -> tuple[int, ProfileStatus, int, int, int, int]:
        _, exported, reactive_import, reactive_export = totals(self.elements[0], at)
        voltage = int(volts(self.seed, at))
        return second, self._status(second), exported, reactive_import, reactive_export, voltage

    def _status(self, stamp: int) -> ProfileStatus:
        at = self.clock.when(stamp)
        if at is None:
            return NO_SUCH_TIME
        status = VALID if self.state.has_power(at) else NO_POWER
        was_reset = any(at - HALF_HOUR_SECONDS < reset <= at for reset in self.state.history.resets)
        return status._replace(reset=True) if was_reset else status


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


def _ceil(second: int) -> int:
    return -(-second // HALF_HOUR_SECONDS) * HALF_HOUR_SECONDS


def _months(date: datetime) -> int:
    return date.year * 12 + date.month
