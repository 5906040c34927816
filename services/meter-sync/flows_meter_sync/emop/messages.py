"""What is asked of a meter, and whether what came answers it."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from flows_meter_sync.emop import event_log, intervals, objects, profile_log, units
from flows_meter_sync.emop.control import FIXED_SEQUENCE, REFUSED, SEQUENCE_MASK, refusal, sequence_of
from flows_meter_sync.emop.errors import (
    AnsweredWrongly,
    ObjectNotReadable,
    ObjectNotWritable,
    PeriodNotAllowed,
    RecordLengthWrong,
    ReplyFromAnotherMeter,
    ReplyNotForUs,
    ReplyOutOfSequence,
    ReplyToAnotherRequest,
    SerialOfAnotherMeter,
    ValueOutOfRange,
)
from flows_meter_sync.emop.event_log import Event
from flows_meter_sync.emop.frame import ANY_METER, CLIENT, Frame
from flows_meter_sync.emop.intervals import IntervalFrame
from flows_meter_sync.emop.objects import Object
from flows_meter_sync.emop.profile_log import ProfileRecord1, ProfileRecord2, TwinProfileRecord2

T = TypeVar("T")

OBJECT, PROFILE_LOG_1, PROFILE_LOG_2, EVENT_LOG, INTERVALS = 0x01, 0x03, 0x04, 0x05, 0x14
READ, WRITE = 0, 1
OBJECT_ID_SIZE = 3
_TIMESTAMP = struct.Struct(">I")
_INTERVALS = struct.Struct(">BIIi")


class ObjectMessage(NamedTuple):
    """A message of format 01, of either direction: what it is shows in the flag and whether there is a payload."""

    object_id: int
    flag: int = READ
    payload: bytes = b""

    @classmethod
    def decode(cls, message: bytes) -> "ObjectMessage":
        if len(message) <= OBJECT_ID_SIZE:
            raise RecordLengthWrong("object id and flag", OBJECT_ID_SIZE + 1, len(message))
        return cls(int.from_bytes(message[:OBJECT_ID_SIZE], "big"), message[OBJECT_ID_SIZE], message[4:])

    def encode(self) -> bytes:
        return self.object_id.to_bytes(OBJECT_ID_SIZE, "big") + bytes((self.flag,)) + self.payload


class ProfileRequest(NamedTuple):
    """Asks for a profile log's records from a time on."""

    timestamp: int

    @classmethod
    def decode(cls, message: bytes) -> "ProfileRequest":
        return cls(*_unpack(_TIMESTAMP, "profile log request", message))

    def encode(self) -> bytes:
        return _pack(_TIMESTAMP, "profile log request", self)


class IntervalsRequest(NamedTuple):
    """Asks for three-phase intervals; the last four bytes were ff wherever they were seen."""

    profile: int
    start: int
    end: int
    rest: int = -1

    @classmethod
    def decode(cls, message: bytes) -> "IntervalsRequest":
        return cls(*_unpack(_INTERVALS, "intervals request", message))

    def encode(self) -> bytes:
        return _pack(_INTERVALS, "intervals request", self)


def _last(_: object) -> bool:
    return True


@dataclass(frozen=True, slots=True, eq=False)
class Request(Generic[T]):
    """One question to a meter, or one value for it."""

    name: str
    data: bytes
    echo: bytes
    """How the reply's data must start."""
    value: Callable[[bytes], T]
    """The reply's value from the data that follows the echo."""
    ends: Callable[[T], bool] = _last
    """Whether a reply is the answer's last frame; only intervals come in several."""


AnyRequest: TypeAlias = Request[Any]  # one whose answer has a type that only who asks knows


@dataclass(frozen=True, slots=True, eq=False)
class Exchange(Generic[T]):
    """A request on its way: whom it is for, and which number it has."""

    request: Request[T]
    sequence: int = FIXED_SEQUENCE
    destination: int = ANY_METER
    source: int = CLIENT

    def encode(self) -> bytes:
        """The frame to send."""
        return Frame(self.destination, self.source, sequence_of(self.sequence), self.request.data).encode()

    def decode(self, frame: Frame) -> T:
        """The value of a frame that answers this request; `AnsweredWrongly` says why another one does not.

        Where any meter was asked, any meter's address is right: read its serial, and see `check_serial`.
        """
        request = self.request
        if (
            frame.destination == self.source
            and frame.control & _CHECKED == self.sequence
            and frame.data.startswith(request.echo)
            and (self.destination == ANY_METER or frame.source == self.destination)
        ):
            return request.value(frame.data[len(request.echo) :])
        raise self._broken_rule(frame)

    def _broken_rule(self, frame: Frame) -> AnsweredWrongly:
        if frame.destination != self.source:
            return ReplyNotForUs(self.source, frame.destination)
        if self.destination not in (ANY_METER, frame.source):
            return ReplyFromAnotherMeter(self.destination, frame.source)
        if sequence_of(frame.control) != self.sequence:
            return ReplyOutOfSequence(self.sequence, sequence_of(frame.control))
        expected = self.request.echo
        return refusal(frame.control) or ReplyToAnotherRequest(expected, frame.data[: len(expected)])


_CHECKED = REFUSED | SEQUENCE_MASK


def read(wanted: Object[T]) -> Request[T]:
    """Read one object."""
    if "r" not in wanted.access:
        raise ObjectNotReadable(wanted.name)
    data = bytes((OBJECT,)) + ObjectMessage(wanted.id).encode()
    decode = wanted.record.decode if wanted.conversion.is_record else wanted.decode
    return Request(wanted.name, data, data, decode)


def write(wanted: Object[T], value: T) -> Request[None]:
    """Write one object."""
    if "w" not in wanted.access:
        raise ObjectNotWritable(wanted.name)
    echo = bytes((OBJECT,)) + ObjectMessage(wanted.id, WRITE).encode()
    return Request(f"write {wanted.name}", echo + wanted.encode(value), echo, _nothing)


def read_profile_log_1(start: datetime) -> Request[list[ProfileRecord1]]:
    """Four half hours of imports."""
    return _profile("profile_log_1", PROFILE_LOG_1, start, profile_log.LOG_1.entries)


def read_profile_log_2(start: datetime) -> Request[list[ProfileRecord2]]:
    """Three half hours of exports of a single element meter."""
    return _profile("profile_log_2", PROFILE_LOG_2, start, profile_log.LOG_2.entries)


def read_twin_profile_log_2(start: datetime) -> Request[list[TwinProfileRecord2]]:
    """Two half hours of exports of a twin element meter."""
    return _profile("profile_log_2", PROFILE_LOG_2, start, profile_log.TWIN_LOG_2.entries)


def read_event_log(page: int) -> Request[list[Event]]:
    """Ten events, newest first; page 0 holds the newest, page 9 the oldest."""
    if page not in event_log.PAGES:
        raise ValueOutOfRange("event log page", page)
    head = bytes((EVENT_LOG,)) + objects.EVENT_LOG.id.to_bytes(OBJECT_ID_SIZE, "big")
    return Request("event_log", head + bytes((page,)), head + bytes((READ,)), event_log.decode_events)


def read_intervals(start: datetime, end: datetime, profile: int = intervals.TOTALS) -> Request[IntervalFrame]:
    """At most four hours of a three-phase meter, in frames for `intervals.join` and `intervals.within`."""
    if not timedelta() < end - start <= timedelta(hours=intervals.MOST_HOURS):
        raise PeriodNotAllowed(start, end, intervals.MOST_HOURS)
    message = IntervalsRequest(profile, units.seconds(start), units.seconds(end)).encode()
    echo = bytes((INTERVALS,))
    return Request(
        "three_phase_intervals", echo + message, echo, intervals.decode_frame_part, lambda frame: frame.is_last
    )


def check_serial(expected: str, found: str) -> None:
    """Raise unless the meter at an address is the one that we look for."""
    if expected != found:
        raise SerialOfAnotherMeter(expected, found)


@lru_cache(4096)  # all meters log the same half hours
def _profile(name: str, format_: int, start: datetime, decode: Callable[[bytes], T]) -> Request[T]:
    data = bytes((format_,)) + ProfileRequest(units.seconds(start)).encode()
    return Request(name, data, data, decode)


def _nothing(payload: bytes) -> None:
    if payload:
        raise RecordLengthWrong("write's answer", 0, len(payload))


def _pack(layout: struct.Struct, name: str, values: tuple[int, ...]) -> bytes:
    try:
        return layout.pack(*values)
    except struct.error:
        raise ValueOutOfRange(name, values) from None


def _unpack(layout: struct.Struct, name: str, message: bytes) -> tuple[int, ...]:
    if len(message) != layout.size:
        raise RecordLengthWrong(name, layout.size, len(message))
    return layout.unpack(message)
