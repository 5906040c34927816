from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.emop import EmopError, units
from flows_meter_sync.emop.errors import IntervalFramesWrong, RecordLengthWrong, RecordValueWrong
from flows_meter_sync.emop.intervals import (
    Interval,
    IntervalBlock,
    IntervalStatus,
    cut,
    decode_block,
    decode_frame_part,
    encode_block,
    encode_frame_part,
    join,
    within,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
U32 = st.integers(0, 0xFFFFFFFF)


@st.composite
def block_lists(draw: st.DrawFn) -> list[IntervalBlock]:
    blocks = []
    for _ in range(draw(st.integers(1, 4))):
        channels = draw(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=8))
        data = st.tuples(*[U32] * len(channels))
        intervals = draw(st.lists(st.builds(Interval, st.builds(IntervalStatus, valid_data=st.booleans()), data)))
        blocks.append(IntervalBlock(draw(U32), draw(st.integers(1, 255)), tuple(channels), intervals))
    return blocks


def half_hours(count: int, start: datetime = START) -> IntervalBlock:
    intervals = [Interval(IntervalStatus(valid_data=True), (number, 0)) for number in range(count)]
    return IntervalBlock(units.seconds(start), 30, (0x010800, 0x020800), intervals)


@given(blocks=block_lists(), most=st.integers(1, 240))
def test_blocks_cut_into_frames_of_any_size_are_joined_whole(blocks: list[IntervalBlock], most: int) -> None:
    most = max(most, -(-max(len(encode_block(block)) for block in blocks) // 128))  # 128 frames a block
    sent = [encode_frame_part(frame) for frame in cut(blocks, most)]
    frames = [decode_frame_part(message) for message in sent]
    assert [frame.is_last for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert join(frames) == blocks


def test_frame_that_is_missing_or_out_of_order_is_not_joined() -> None:
    frames = cut([half_hours(8), half_hours(8)], 40)
    for order in list(permutations(frames))[1:400]:
        with pytest.raises(EmopError):
            join(order)
    for missing in range(len(frames)):
        with pytest.raises(IntervalFramesWrong):
            join(frames[:missing] + frames[missing + 1 :])
    with pytest.raises(IntervalFramesWrong, match="ends after nothing"):
        join([])


@given(payload=st.binary(max_size=200))
def test_random_block_raises_nothing_but_the_protocols_errors(payload: bytes) -> None:
    try:
        for _ in decode_block(payload).timed():
            pass
    except EmopError:
        return


def test_block_whose_records_are_not_whole_is_refused() -> None:
    raw = encode_block(half_hours(3))
    for length in range(len(raw)):
        if length < 12 or (length - 12) % 10:
            with pytest.raises(RecordLengthWrong):
                decode_block(raw[:length])


def test_interval_of_no_minutes_is_refused() -> None:
    with pytest.raises(RecordValueWrong):
        decode_block(encode_block(half_hours(1)._replace(interval_duration=0)))


def test_end_that_the_meter_includes_is_asked_for_once_only() -> None:
    end = START + timedelta(hours=4)
    found = within([half_hours(9)], START, end) + within([half_hours(9, end)], end, end + (end - START))
    assert [at for at, _, _ in found] == [START + number * timedelta(minutes=30) for number in range(16)]
