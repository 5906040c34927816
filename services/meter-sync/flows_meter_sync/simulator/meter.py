"""One simulated meter: frames in, frames out, at the time that it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows_meter_sync.emop import event_log, intervals, objects, units
from flows_meter_sync.emop.control import Nak, refusing, sequence_of
from flows_meter_sync.emop.errors import EmopError
from flows_meter_sync.emop.frame import ANY_METER, Frame
from flows_meter_sync.emop.messages import (
    EVENT_LOG,
    INTERVALS,
    OBJECT,
    PROFILE_LOG_1,
    PROFILE_LOG_2,
    WRITE,
    IntervalsRequest,
    ObjectMessage,
    ProfileRequest,
)
from flows_meter_sync.emop.objects import object_of
from flows_meter_sync.emop.profile_log import LOG_1, LOG_2, TWIN_LOG_2
from flows_meter_sync.simulator.config import Faults, MeterConfig
from flows_meter_sync.simulator.energy import HalfHour, totals
from flows_meter_sync.simulator.faults import Fault, Sent, Troubles, spoil
from flows_meter_sync.simulator.logs import Logs
from flows_meter_sync.simulator.shapes import HALF_HOUR
from flows_meter_sync.simulator.state import State
from flows_meter_sync.simulator.values import values_of
from flows_shared.time import Period

MOST_SECONDS = intervals.MOST_HOURS * 3600


@dataclass(slots=True)
class Counters:
    """What has happened to a meter since the simulator started."""

    connections: int = 0
    requests: int = 0
    refused: int = 0


class _Refused(Exception):
    def __init__(self, nak: Nak) -> None:
        self.nak = nak


class SimulatedMeter:
    """A meter as its clients see it; faults, latency, clock, power and registers can be changed while it runs."""

    def __init__(self, config: MeterConfig, now: Callable[[], datetime]) -> None:
        self.config, self.counters = config, Counters()
        self.latency_ms = config.latency_ms
        self._addresses = ANY_METER, config.own_address
        self.faults = config.faults
        self.state, self._now = State(config, now()), now
        self.logs = Logs(self.state)
        self._computed, self._kept = values_of(config.hardware)
        self._settings: dict[int, bytes] = {}
        self._messages = {
            OBJECT: self._object,
            EVENT_LOG: self._events,
            **({INTERVALS: self._intervals} if config.hardware.is_three_phase else self._profiles()),
        }

    @property
    def faults(self) -> Faults:
        return self._troubles.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._troubles = Troubles(faults, self.config.own_seed)

    def refuses_connection(self) -> bool:
        return not self.has_power or self._troubles.refuses()

    @property
    def has_power(self) -> bool:
        return self.state.has_power(self._second)

    @has_power.setter
    def has_power(self, on: bool) -> None:
        self.state.switch_power(on, self._second)

    @property
    def clock_drift_seconds(self) -> int:
        return self.state.clock.drift(self._second)

    @clock_drift_seconds.setter
    def clock_drift_seconds(self, seconds: int) -> None:
        self.state.clock.set(seconds, self._second)

    def reset_registers(self) -> None:
        """Let all registers count from 0 again."""
        self.state.reset_registers(self._second)

    @property
    def _second(self) -> int:
        return units.seconds(self._now())

    def half_hours(self, start: datetime, end: datetime) -> list[HalfHour]:
        """What it measures in each half hour that starts in `[start, end)`, by element."""
        seconds = [units.seconds(at) for at in Period(start, end).half_hours()]
        return [
            HalfHour(
                second,
                element.name,
                element.imported.wh(second + HALF_HOUR) - element.imported.wh(second),
                element.exported.wh(second + HALF_HOUR) - element.exported.wh(second),
            )
            for second in seconds
            for element in self.state.elements
        ]

    def prepare(self) -> None:
        """Make the load shapes that it needs now: the first one takes a second, and the first client would wait."""
        second = self._second
        for element in self.state.elements:
            totals(element, second)

    def answer(self, frame: Frame) -> list[Frame]:
        """The frames that answer one: several only where intervals do not fit into one."""
        return self._answer_at(self._second, frame)

    def _answer_at(self, second: int, frame: Frame) -> list[Frame]:
        self.state.reach(second)
        try:
            if frame.destination not in self._addresses:
                raise _Refused(Nak.ADDRESS)
            take = self._messages.get(frame.data[0]) if frame.data else None
            if take is None:
                raise _Refused(Nak.FORMAT)
            return [_reply(frame, frame.data[:1] + message) for message in take(frame.data[1:], second)]
        except _Refused as refused:
            return [self.refuse(frame, refused.nak)]
        except EmopError:
            return [self.refuse(frame, Nak.FORMAT)]

    def send(self, frame: Frame) -> Sent:
        """What goes over the wire for a request that came over it, with whatever is to go wrong."""
        self.counters.requests += 1
        second, fault = self._second, self._troubles.next()
        if fault is Fault.DROP or not self.state.has_power(second):
            return Sent(b"")
        if fault is Fault.NAK:
            return Sent(self.refuse(frame, Nak(self.faults.nak_code)).encode())
        return spoil(self._answer_at(second, frame), fault)

    def refuse(self, frame: Frame, nak: Nak) -> Frame:
        """Not acknowledged: the head of the request comes back without any value."""
        return _reply(frame, frame.data[:5])._replace(control=refusing(sequence_of(frame.control), nak))

    def _object(self, message: bytes, second: int) -> list[bytes]:
        asked = ObjectMessage.decode(message)
        if asked.flag == WRITE:
            self._write(asked.object_id, asked.payload, second)
            return [asked._replace(payload=b"").encode()]
        if asked.flag or asked.payload:
            raise _Refused(Nak.FORMAT)
        return [asked._replace(payload=self._read(asked.object_id, second)).encode()]

    def _read(self, object_id: int, second: int) -> bytes:
        known = object_of(object_id)
        if known in self._computed:
            return known.encode(self._computed[known](self.state, second))
        if object_id in self._kept:
            return self._settings.get(object_id, self._kept[object_id])
        if self.state.tariffs.holds(object_id):
            return self.state.tariffs.read(object_id)
        raise _Refused(Nak.SECURITY if known is objects.PREPAY_TOKEN else Nak.OBJECT_UNKNOWN)

    def _write(self, object_id: int, payload: bytes, second: int) -> None:
        known = object_of(object_id)
        if known is not objects.PREPAY_TOKEN:
            self._read(object_id, second)  # refuses what it does not have
        if "w" not in known.access:
            raise _Refused(Nak.SECURITY)
        value = known.decode(payload)
        match known:
            case objects.PREPAY_TOKEN:
                if not self.state.prepay.accept(value, second):
                    raise _Refused(Nak.SECURITY)
            case objects.PREPAY_ENABLED:
                self.state.prepay.settle(second)
                self.state.prepay.enabled = value
            case objects.CLOCK:
                self.state.clock.set(int((value - units.instant(second)).total_seconds()), second)
            case _ if self.state.tariffs.holds(object_id):
                self.state.tariffs.write(object_id, payload)
            case _ if object_id in self._kept:
                self._settings[object_id] = payload
            case _:
                raise _Refused(Nak.SECURITY)

    def _profiles(self) -> dict[int, Callable[[bytes, int], list[bytes]]]:
        return {PROFILE_LOG_1: self._profile_1, PROFILE_LOG_2: self._profile_2}

    def _profile_1(self, message: bytes, second: int) -> list[bytes]:
        start = ProfileRequest.decode(message).timestamp
        return [message + LOG_1.encode(self.logs.profile_1(start, second))]

    def _profile_2(self, message: bytes, second: int) -> list[bytes]:
        start = ProfileRequest.decode(message).timestamp
        if self.config.hardware.is_twin:
            return [message + TWIN_LOG_2.encode(self.logs.twin_profile_2(start, second))]
        return [message + LOG_2.encode(self.logs.profile_2(start, second))]

    def _events(self, message: bytes, second: int) -> list[bytes]:
        asked = ObjectMessage.decode(message)  # where others have a flag, this has the page
        if asked.object_id != objects.EVENT_LOG.id:
            raise _Refused(Nak.OBJECT_UNKNOWN)
        if asked.flag not in event_log.PAGES or asked.payload:
            raise _Refused(Nak.FORMAT)
        events = event_log.encode_page(self.logs.events(asked.flag, second))
        return [ObjectMessage(asked.object_id, payload=events).encode()]

    def _intervals(self, message: bytes, second: int) -> list[bytes]:
        asked = IntervalsRequest.decode(message)
        if asked.profile == intervals.RESET:
            self.state.intervals_since = second
        elif asked.profile not in (intervals.TOTALS, intervals.DEMANDS) or asked.end < asked.start:
            raise _Refused(Nak.FORMAT)
        elif asked.end - asked.start > MOST_SECONDS:
            raise _Refused(Nak.PAYLOAD)
        end = asked.end if self.config.intervals_include_end else asked.end - 1
        blocks = self.logs.intervals(asked.profile, asked.start, end, second)
        frames = intervals.cut(blocks, self.config.interval_frame_bytes)
        return [intervals.encode_frame_part(part) for part in frames]


def _reply(frame: Frame, data: bytes) -> Frame:
    return Frame(frame.source, frame.destination, frame.control & 0x07, data)
