"""Format 14: a three-phase meter's intervals, in blocks that can span several frames of one answer.

It is not known whether the end of what is asked is included. So ask for `[start, end]` with `end` being the next
request's start, and keep what `within` keeps: either way nothing is lost and nothing comes twice.
"""

import struct
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from flows_meter_sync.emop import units
from flows_meter_sync.emop.errors import IntervalFramesWrong, RecordLengthWrong, RecordValueWrong, ValueOutOfRange
from flows_meter_sync.emop.layout import U8, U32, Bits, Struct

MOST_HOURS = 4
TOTALS, DEMANDS, RESET = 0, 1, 255  # profile numbers
CHANNEL_SIZE = 3


class IntervalStatus(NamedTuple):
    """What is known of an interval; only with `valid_data` it is a reading."""

    phase_1_voltage_failure: bool = False
    phase_2_voltage_failure: bool = False
    phase_3_voltage_failure: bool = False
    security_access: bool = False
    md_reset: bool = False
    time_update: bool = False
    unused_7: bool = False
    log_reset: bool = False
    valid_data: bool = False
    power_fail: bool = False
    unused_1: bool = False
    unused_2: bool = False
    unused_3: bool = False
    unused_4: bool = False
    unused_5: bool = False
    unused_6: bool = False


class IntervalHeader(NamedTuple):
    """Which part of which block a frame holds."""

    block_is_last_flag: bool
    block_number: int
    frame_is_last_flag: bool
    frame_number: int


class IntervalFrame(NamedTuple):
    """One frame of an answer: its header, and its part of a block."""

    header: IntervalHeader
    part: bytes

    @property
    def is_last(self) -> bool:
        """No frame of this answer follows."""
        return self.header.block_is_last_flag and self.header.frame_is_last_flag


class Interval(NamedTuple):
    """One value for each channel of the block, in its order."""

    status: IntervalStatus
    channel_data: tuple[int, ...]


class IntervalBlock(NamedTuple):
    """Intervals one after the other: number k is at the block's start + k x its minutes."""

    block_start_time: int
    interval_duration: int
    channel_ids: tuple[int, ...]
    intervals: list[Interval]

    def timed(self) -> Iterator[tuple[datetime, Interval]]:
        """Each interval with the instant that it is of."""
        start, step = units.instant(self.block_start_time), timedelta(minutes=self.interval_duration)
        return ((start + number * step, interval) for number, interval in enumerate(self.intervals))


class _BlockHead(NamedTuple):
    start: int
    minutes: int
    channels: int


HEADER = Bits("IntervalFrameHeader", IntervalHeader, {"block_number": 7, "frame_number": 7})
STATUS = Bits("IntervalStatus", IntervalStatus)
_BLOCK_HEAD = Struct("interval block", _BlockHead, U32, U8, U8)


def decode_frame_part(payload: bytes) -> IntervalFrame:
    """A frame's message: header and part of a block."""
    return IntervalFrame(HEADER.decode(payload[: HEADER.size]), payload[HEADER.size :])


def encode_frame_part(frame: IntervalFrame) -> bytes:
    return HEADER.encode(frame.header) + frame.part


def decode_block(payload: bytes) -> IntervalBlock:
    """A whole block, joined from its frames."""
    head = _BLOCK_HEAD.decode(payload[: _BLOCK_HEAD.size])
    if not head.minutes:
        raise RecordValueWrong("interval of minutes", 0)
    start = _BLOCK_HEAD.size + head.channels * CHANNEL_SIZE
    ids, rest = payload[_BLOCK_HEAD.size : start], payload[start:]
    record = _record(head.channels)
    if len(ids) % CHANNEL_SIZE or len(payload) < start or len(rest) % record.size:
        whole = start + -(-len(rest) // record.size) * record.size
        raise RecordLengthWrong(f"block of {head.channels} channels", whole, len(payload))
    channels = tuple(int.from_bytes(ids[at : at + CHANNEL_SIZE], "big") for at in range(0, len(ids), CHANNEL_SIZE))
    intervals = [Interval(STATUS.decode(status), tuple(data)) for status, *data in record.iter_unpack(rest)]
    return IntervalBlock(head.start, head.minutes, channels, intervals)


def encode_block(block: IntervalBlock) -> bytes:
    """A whole block, as it is before it is cut into frames."""
    record = _record(len(block.channel_ids))
    try:
        return b"".join(
            (
                _BLOCK_HEAD.encode(_BlockHead(block.block_start_time, block.interval_duration, len(block.channel_ids))),
                *(channel.to_bytes(CHANNEL_SIZE, "big") for channel in block.channel_ids),
                *(record.pack(STATUS.encode(status), *data) for status, data in block.intervals),
            )
        )
    except (struct.error, OverflowError):
        raise ValueOutOfRange(_BLOCK_HEAD.name, block) from None


def cut(blocks: list[IntervalBlock], most: int) -> list[IntervalFrame]:
    """The frames of an answer, none with more than so many bytes of a block."""
    frames = []
    for number, block in enumerate(blocks):
        whole = encode_block(block)
        parts = [whole[at : at + most] for at in range(0, len(whole), most)]
        for place, part in enumerate(parts):
            header = IntervalHeader(number == len(blocks) - 1, number, place == len(parts) - 1, place)
            frames.append(IntervalFrame(header, part))
    return frames


def join(frames: Iterable[IntervalFrame]) -> list[IntervalBlock]:
    """The blocks of an answer's frames, which have to be all there and in order."""
    blocks: list[IntervalBlock] = []
    parts: list[bytes] = []
    before: IntervalHeader | None = None
    for header, part in frames:
        if not _follows(before, header):
            raise IntervalFramesWrong(f"{_place(header)} cannot follow {_place(before)}")
        parts.append(part)
        if header.frame_is_last_flag:
            blocks.append(decode_block(b"".join(parts)))
            parts = []
        before = header
    if before is None or not (before.frame_is_last_flag and before.block_is_last_flag):
        raise IntervalFramesWrong(f"the answer ends after {_place(before)}, which is not its last")
    return blocks


def within(
    blocks: list[IntervalBlock], start: datetime, end: datetime
) -> list[tuple[datetime, IntervalBlock, Interval]]:
    """The intervals of `[start, end)`: a meter may also give the one at the end, or its nearest where it has none."""
    return [(at, block, interval) for block in blocks for at, interval in block.timed() if start <= at < end]


def _record(channels: int) -> struct.Struct:
    return struct.Struct(f"<{STATUS.size}s{channels}I")


def _follows(before: IntervalHeader | None, header: IntervalHeader) -> bool:
    if before is None:
        return header.frame_number == 0
    next_frame = before.frame_number + 1
    if not before.frame_is_last_flag:
        return header.block_number == before.block_number and header.frame_number == next_frame
    next_block = not before.block_is_last_flag and header.block_number == before.block_number + 1
    return next_block and header.frame_number in (0, next_frame)  # which of both is not known


def _place(header: IntervalHeader | None) -> str:
    return f"frame {header.frame_number} of block {header.block_number}" if header else "nothing"
