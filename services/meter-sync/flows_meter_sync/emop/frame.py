"""Frames: what goes over the wire, and how they are found in what comes off it.

`7e`, length, destination, source, control, data, CRC. A device's type and address are one number here (type << 24 |
address): the types are 00 wherever they were seen.
"""

import struct
from binascii import crc_hqx
from typing import NamedTuple

from flows_meter_sync.emop.control import FIXED_SEQUENCE
from flows_meter_sync.emop.errors import (
    DataTooLong,
    FrameCrcWrong,
    FrameDelimiterWrong,
    FrameError,
    FrameLengthWrong,
    FrameTruncated,
    ValueOutOfRange,
)

DELIMITER = 0x7E
ANY_METER = 0x000000
CLIENT = 0x21AE42
OVERHEAD = 12  # what the length byte counts beside the data
MOST_DATA = 0xFF - OVERHEAD
MOST_BYTES = 0xFF + 1

_HEAD = struct.Struct(">BBIIB")
_CRC = struct.Struct(">H")
_unpack_fields = struct.Struct(">IIB").unpack_from
_new = tuple.__new__  # without a named tuple's own function around it: a fifth of the time of a frame
# The CRC register that a delimiter turns into the one to start with: so it need not be cut off before the check.
_BEFORE_DELIMITER = 0x600C


class Frame(NamedTuple):
    """A frame's fields; `data` is the format byte and the message."""

    destination: int = ANY_METER
    source: int = CLIENT
    control: int = FIXED_SEQUENCE
    data: bytes = b""

    def encode(self) -> bytes:
        """The bytes that are sent, CRC included."""
        if len(self.data) > MOST_DATA:
            raise DataTooLong(len(self.data), MOST_DATA)
        try:
            head = _HEAD.pack(DELIMITER, OVERHEAD + len(self.data), self.destination, self.source, self.control)
        except struct.error:
            raise ValueOutOfRange("frame head", self[:3]) from None
        body = head + self.data
        return body + _CRC.pack(crc(body[1:]))


def crc(body: bytes) -> int:
    """CRC-16/CCITT-FALSE; of bytes that end with their own CRC, it is 0."""
    return crc_hqx(body, 0xFFFF)


def decode_frame(raw: bytes) -> Frame:
    """The frame that these bytes are, all of them; a `FrameError` says which rule they break."""
    frame = _whole(raw)
    if frame is None:
        raise broken_rule(raw)
    return frame


def _whole(raw: bytes) -> Frame | None:
    if len(raw) <= OVERHEAD or raw[0] != DELIMITER or raw[1] + 1 != len(raw) or crc_hqx(raw, _BEFORE_DELIMITER):
        return None
    destination, source, control = _unpack_fields(raw, 2)
    return _new(Frame, (destination, source, control, raw[11:-2]))


def broken_rule(raw: bytes) -> FrameError:
    """The first rule that bytes break which are no frame."""
    if not raw:
        return FrameTruncated("there are no bytes")
    if raw[0] != DELIMITER:
        return FrameDelimiterWrong(raw[0])
    if len(raw) == 1:
        return FrameTruncated("there is no length byte")
    follow = len(raw) - 1
    if raw[1] < OVERHEAD:
        return FrameLengthWrong(f"the length byte is at least {OVERHEAD}, not {raw[1]}")
    if follow < raw[1]:
        return FrameTruncated(f"the length byte says that {raw[1]} bytes follow the delimiter, but {follow} do")
    if follow > raw[1]:
        return FrameLengthWrong(f"the length byte says that {raw[1]} bytes follow the delimiter, but {follow} do")
    return FrameCrcWrong(crc(raw[1:-2]), int.from_bytes(raw[-2:], "big"), (*_unpack_fields(raw, 2), raw[11:-2]))


class FrameReader:
    """Finds frames in a stream that comes in segments, with stray bytes before, between and after.

    `feed` returns the frames that are whole now: an empty list says "not all here yet". It raises `FrameCrcWrong` where
    a whole frame's CRC is wrong and nothing else can be under way; the reader goes on after it. Other bytes that are no
    frame are passed over, and `end` says what was wrong with them. Never holds more than the longest frame.
    """

    def __init__(self) -> None:
        self._held = b""
        self._broken: FrameError | None = None

    def feed(self, segment: bytes) -> list[Frame]:
        """Take what came and return the frames that it completes."""
        if not self._held and (frame := _whole(segment)):
            self._broken = None
            return [frame]
        frames, self._held, broken = _scan(self._held + segment)
        self._broken = broken if frames else _graver(self._broken, broken)
        if isinstance(self._broken, FrameCrcWrong) and not self._held and not frames:
            self._raise_broken()
        return frames

    def end(self) -> None:
        """No more will come: raise the rule that was broken since the last frame, if anything came at all."""
        held, self._held = self._held, b""
        if held:
            self._broken = _graver(self._broken, broken_rule(held))
        self._raise_broken()

    def _raise_broken(self) -> None:
        broken, self._broken = self._broken, None
        if broken is not None:
            raise broken


def _scan(held: bytes) -> tuple[list[Frame], bytes, FrameError | None]:
    """Whole frames, what may be the start of the next one, and the rule broken after the last whole frame.

    A delimiter's byte can be a stray one or lie within a frame, so every one is tried until a CRC fits; a whole frame
    within what looks like the start of a longer one wins over waiting for the rest.
    """
    frames: list[Frame] = []
    start, unfinished = 0, -1
    broken: FrameError | None = None
    while (at := held.find(DELIMITER, start)) >= 0:
        end = at + held[at + 1] + 1 if at + 1 < len(held) else len(held) + 1
        if end > len(held):
            unfinished = at if unfinished < 0 else unfinished
        elif frame := _whole(held[at:end]):
            frames.append(frame)
            start, unfinished, broken = end, -1, None
            continue
        else:
            broken = _graver(broken, broken_rule(held[at:end]))
        start = at + 1
    if unfinished >= 0:
        return frames, held[unfinished:], broken
    if start < len(held):
        broken = broken or FrameDelimiterWrong(held[start])
    return frames, b"", broken


def _graver(first: FrameError | None, second: FrameError | None) -> FrameError | None:
    """A wrong CRC says most: so much of a frame was there. Otherwise the first."""
    if first is None or (isinstance(second, FrameCrcWrong) and not isinstance(first, FrameCrcWrong)):
        return second
    return first
