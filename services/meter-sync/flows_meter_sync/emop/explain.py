"""Frames explained to a person, byte by byte, whole or broken."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from flows_meter_sync.emop import control, event_log, intervals, units
from flows_meter_sync.emop.errors import EmopError
from flows_meter_sync.emop.frame import ANY_METER, DELIMITER, OVERHEAD, FrameReader, crc
from flows_meter_sync.emop.intervals import IntervalBlock, IntervalStatus
from flows_meter_sync.emop.layout import NamedInt
from flows_meter_sync.emop.messages import (
    EVENT_LOG,
    INTERVALS,
    OBJECT,
    OBJECT_ID_SIZE,
    PROFILE_LOG_1,
    PROFILE_LOG_2,
    READ,
    WRITE,
    IntervalsRequest,
    ProfileRequest,
)
from flows_meter_sync.emop.objects import OBJECTS, AnyObject, object_of
from flows_meter_sync.emop.profile_log import LOG_1, LOG_2, TWIN_LOG_2, Entry, Log, ProfileStatus

HEAD_SIZE = 11
TIME_SIZE = 4
ANY = ANY_METER.to_bytes(3, "big")
HALF_HOURS = units.HALF_HOUR_SECONDS
REPLY_SIZE = OBJECT_ID_SIZE + 1
ACCESS = {"r": "read only", "w": "write only", "rw": "read and write"}


class Part(NamedTuple):
    """Some bytes of a frame, and the lines that say what they mean."""

    raw: bytes
    meaning: str


Parts = Iterator[Part]


def split(capture: bytes) -> list[bytes]:
    """The frames of a capture, and what is between them; where there is no whole frame, everything as one."""
    reader, pieces, start = FrameReader(), [], 0
    try:
        frames = reader.feed(capture)
    except EmopError:
        frames = []
    for frame in frames:
        raw = frame.encode()
        at = capture.index(raw, start)
        pieces += [capture[start:at], raw]
        start = at + len(raw)
    return [piece for piece in (*pieces, capture[start:]) if piece]


def explain(raw: bytes, twin: bool | None = None) -> Parts:
    """The parts of one frame; what a broken one lacks is left out.

    Whether a profile log 2 is a twin element meter's is not in the frame: None takes what its times fit.
    """
    if raw[:1] != bytes((DELIMITER,)):
        yield Part(raw, f"no frame: one starts with {DELIMITER:02x}")
        return
    yield Part(raw[:1], "delimiter")
    if len(raw) <= OVERHEAD or raw[1] < OVERHEAD:
        yield Part(raw[1:2], _length(raw))
        yield Part(raw[2:], "no frame: at least its head and its CRC are missing")
        return
    end = raw[1] + 1
    yield Part(raw[1:2], _length(raw))
    yield Part(raw[2:6], f"to {_device(raw[2:6])}" + (" (any meter)" if raw[3:6] == ANY else ""))
    yield Part(raw[6:10], f"from {_device(raw[6:10])}")
    yield Part(raw[10:11], _control(raw[10]))
    yield from _data(raw[HEAD_SIZE : end - 2], twin, bool(control.refusal(raw[10])))
    if len(raw) >= end:
        yield Part(raw[end - 2 : end], _crc(raw[1 : end - 2], raw[end - 2 : end]))
        yield Part(raw[end:], "beyond the frame's end")


def _length(raw: bytes) -> str:
    if len(raw) < 2:
        return "there is no length byte"
    follow = len(raw) - 1
    return f"length: {raw[1]} bytes follow" + (f", but {follow} do" if follow != raw[1] else "")


def _device(raw: bytes) -> str:
    return f"device type {raw[0]:02x}, address {raw[1:].hex()}"


def _control(byte: int) -> str:
    refusal = control.refusal(byte)
    return f"control: sequence number {control.sequence_of(byte)}" + (f"; {refusal}" if refusal else "")


def _crc(body: bytes, found: bytes) -> str:
    computed = crc(body)
    return "CRC: right" if computed == int.from_bytes(found, "big") else f"CRC: wrong, it should be {computed:04x}"


def _data(data: bytes, twin: bool | None, refused: bool) -> Parts:
    if not data:
        return
    name, message = MESSAGES.get(data[0], ("not known", _bytes))
    yield Part(data[:1], f"format {data[0]:02x}: {name}")
    if refused:
        yield Part(data[1:], "how the refused request began")
    elif data[0] == PROFILE_LOG_2:
        yield from _profile_2(data[1:], twin)
    else:
        yield from message(data[1:])


def _bytes(message: bytes) -> Parts:
    yield Part(message, "message")


def _object(message: bytes) -> Parts:
    known = object_of(int.from_bytes(message[:OBJECT_ID_SIZE], "big"))
    yield Part(message[:OBJECT_ID_SIZE], _object_name(message[:OBJECT_ID_SIZE]))
    flag, payload = message[OBJECT_ID_SIZE:REPLY_SIZE], message[REPLY_SIZE:]
    yield Part(flag, {bytes((READ,)): "read", bytes((WRITE,)): "write"}.get(flag, "neither read nor write"))
    if payload:
        yield Part(payload, f"{known.record.name}: {_value(known, payload)}")


def _object_name(raw: bytes) -> str:
    if len(raw) < OBJECT_ID_SIZE:
        return "the beginning of an object id"
    known = OBJECTS.get(int.from_bytes(raw, "big"))
    return f"object {known.name} ({ACCESS[known.access]})" if known else "object that is not known"


def _value(known: AnyObject, payload: bytes) -> str:
    try:
        value = known.decode(payload)
    except EmopError as error:
        return str(error)
    if not hasattr(value, "_fields"):
        return f"{_text(value)} {known.conversion.unit}".rstrip()
    return "\n".join((known.conversion.unit, *(f"  {name} {_text(part)}" for name, part in value._asdict().items())))


def _text(value: object) -> str:
    match value:
        case NamedInt():
            return f"{value.name} ({int(value)})"
        case bool():
            return "on" if value else "off"
        case bytes():
            return value.hex() if any(value) else f"{len(value)} bytes of zero"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}Z"
        case Decimal():
            return f"{value:f}"
    return str(value)


def _time(seconds: int) -> str:
    return _text(units.instant(seconds))


def _profile_1(message: bytes) -> Parts:
    return _profile(LOG_1, message)


def _profile_2(message: bytes, twin: bool | None) -> Parts:
    if twin is None:
        twin = _fits(TWIN_LOG_2, message) and not _fits(LOG_2, message)
    if len(message) > TIME_SIZE:
        yield Part(b"", "as of a twin element meter" if twin else "as of a single element meter")
    yield from _profile(TWIN_LOG_2 if twin else LOG_2, message)


def _fits(log: Log, message: bytes) -> bool:
    """Whether the records' times follow one another by half hours."""
    try:
        times = [entry.timestamp for entry in log.entries(message[TIME_SIZE:])]
    except EmopError:
        return False
    return all(time - times[0] == number * HALF_HOURS for number, time in enumerate(times))


def _profile(log: Log, message: bytes) -> Parts:
    try:
        start = ProfileRequest.decode(message[:TIME_SIZE]).timestamp
        entries: Sequence[Entry] = log.decode(message[TIME_SIZE:]) if len(message) > TIME_SIZE else []
    except EmopError as error:
        yield Part(message, str(error))
        return
    yield Part(message[:TIME_SIZE], f"from {_time(start)} on")
    for number, entry in enumerate(entries):
        at = TIME_SIZE + number * log.record.size
        yield Part(message[at : at + log.record.size], _entry(entry) if entry.timestamp else "no record: the log ends")
    yield Part(message[TIME_SIZE + log.size :], "padding")


def _entry(entry: Entry) -> str:
    values = (f"{name} {part}" for name, part in zip(entry._fields[2:], entry[2:], strict=True))
    return "\n  ".join((f"{_time(entry.timestamp)} {_marks(entry.status)}", *values))


def _marks(status: ProfileStatus | IntervalStatus) -> str:
    marks = [name.replace("_", " ") for name, is_set in status._asdict().items() if is_set]
    return ", ".join(marks if status.valid_data else ["NOT valid", *marks])


def _events(message: bytes) -> Parts:
    yield Part(message[:OBJECT_ID_SIZE], _object_name(message[:OBJECT_ID_SIZE]))
    flag, payload = message[OBJECT_ID_SIZE:REPLY_SIZE], message[REPLY_SIZE:]
    yield Part(flag, f"page {flag[0]}" if flag and not payload else "read")
    if not payload:
        return
    try:
        events = event_log.decode_page(payload)
    except EmopError as error:
        yield Part(payload, str(error))
        return
    for event in events:
        named = f"{_time(event.timestamp)} {_text(event.event_id)}, set {event.event_set}"
        yield Part(event_log.EVENT.encode(event), named if event.event_id else "no event")


def _intervals(message: bytes) -> Parts:
    try:
        asked = IntervalsRequest.decode(message)
    except EmopError:
        yield from _interval_part(message)
        return
    yield Part(message[:1], f"profile {asked.profile}")
    yield Part(message[1:5], f"from {_time(asked.start)}")
    yield Part(message[5:9], f"to {_time(asked.end)}")
    yield Part(message[9:], "always ff")


def _interval_part(message: bytes) -> Parts:
    try:
        header, part = intervals.decode_frame_part(message)
    except EmopError as error:
        yield Part(message, str(error))
        return
    yield Part(message[:1], f"block {header.block_number}" + (", the last" if header.block_is_last_flag else ""))
    yield Part(
        message[1:2], f"frame {header.frame_number}" + (", the block's last" if header.frame_is_last_flag else "")
    )
    if header.frame_number or not header.frame_is_last_flag:
        yield Part(part, "a part of the block")
        return
    try:
        block = intervals.decode_block(part)
    except EmopError as error:
        yield Part(part, str(error))
        return
    yield from _block(block, part)


def _block(block: IntervalBlock, part: bytes) -> Parts:
    names = [object_of(channel).name for channel in block.channel_ids]
    head = len(part) - len(block.intervals) * (size := intervals.STATUS.size + 4 * len(names))
    yield Part(part[:head], "\n  ".join((f"every {block.interval_duration} minutes from there on:", *names)))
    for number, (at, interval) in enumerate(block.timed()):
        data = " ".join(map(str, interval.channel_data))
        raw = part[head + number * size : head + (number + 1) * size]
        yield Part(raw, f"{_text(at)} {_marks(interval.status)}\n  {data}")


MESSAGES: dict[int, tuple[str, Callable[[bytes], Parts]]] = {
    OBJECT: ("one object", _object),
    PROFILE_LOG_1: ("profile log 1", _profile_1),
    PROFILE_LOG_2: ("profile log 2", _bytes),
    EVENT_LOG: ("event log", _events),
    INTERVALS: ("three-phase intervals", _intervals),
}
