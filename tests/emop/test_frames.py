from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emop.frames import frames, without_delimiter
from flows_meter_sync.emop import EmopError, Frame, FrameReader, decode_frame
from flows_meter_sync.emop.errors import (
    DataTooLong,
    FrameCrcWrong,
    FrameDelimiterWrong,
    FrameError,
    FrameLengthWrong,
    FrameTruncated,
    ValueOutOfRange,
)

READ_SERIAL = bytes.fromhex("7e11000000000021ae42050160010000c02f")


def feed_all(reader: FrameReader, segments: list[bytes]) -> list[Frame]:
    """What comes out of a stream whose reader is not put off by what it refuses."""
    found = []
    for segment in segments:
        try:
            found += reader.feed(segment)
        except FrameCrcWrong:
            continue
    return found


def read_to_the_end(reader: FrameReader, came: bytes) -> None:
    reader.feed(came)
    reader.end()


def cut(raw: bytes, places: list[int]) -> list[bytes]:
    return [raw[start:end] for start, end in pairwise([0, *sorted(places), len(raw)])]


def test_the_protocols_own_example_reads_the_serial() -> None:
    frame = decode_frame(READ_SERIAL)
    assert frame == Frame(0, 0x21AE42, 5, bytes.fromhex("0160010000"))
    assert frame.encode() == READ_SERIAL


@given(frame=frames)
def test_frame_comes_back_as_it_was_sent(frame: Frame) -> None:
    assert decode_frame(frame.encode()) == frame


@given(frame=frames, cut_at=st.integers(0, 255))
def test_frame_cut_anywhere_is_read_whole(frame: Frame, cut_at: int) -> None:
    raw, reader = frame.encode(), FrameReader()
    assert reader.feed(raw[:cut_at]) + reader.feed(raw[cut_at:]) == [frame]
    reader.end()


@given(
    stream=st.lists(st.tuples(without_delimiter, frames), min_size=1, max_size=4), places=st.lists(st.integers(0, 900))
)
def test_frames_among_stray_bytes_are_all_found_in_order_however_they_are_cut(
    stream: list[tuple[bytes, Frame]], places: list[int]
) -> None:
    raw = b"".join(stray + frame.encode() for stray, frame in stream)
    places = [place for place in places if place < len(raw)]
    assert feed_all(FrameReader(), cut(raw, places)) == [frame for _, frame in stream]


@given(stray=st.binary(max_size=40), frame=frames)
def test_stray_bytes_that_look_like_a_start_do_not_hide_the_frame_behind_them(stray: bytes, frame: Frame) -> None:
    assert FrameReader().feed(stray + frame.encode())[-1:] == [frame]


@given(frame=frames, flip=st.integers(16, 2000))
def test_frame_with_a_flipped_bit_is_refused_by_its_crc(frame: Frame, flip: int) -> None:
    raw = bytearray(frame.encode())
    place = flip % (len(raw) * 8 - 16) + 16  # not in the delimiter or the length
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises(FrameCrcWrong):
        decode_frame(bytes(raw))
    with pytest.raises(FrameError):
        read_to_the_end(FrameReader(), bytes(raw))


@given(raw=st.binary(max_size=600), places=st.lists(st.integers(0, 600)))
def test_random_bytes_raise_nothing_but_the_protocols_errors(raw: bytes, places: list[int]) -> None:
    reader = FrameReader()
    for segment in cut(raw, [place for place in places if place < len(raw)]):
        try:
            reader.feed(segment)
        except EmopError:
            continue
    try:
        reader.end()
        decode_frame(raw)
    except EmopError:
        return


def test_reader_holds_no_more_than_one_frame_of_an_endless_stream() -> None:
    reader = FrameReader()
    for _ in range(1000):
        reader.feed(b"\x7e\xff" * 50)
        assert len(reader._held) <= 256


def test_frame_with_a_wrong_crc_is_refused_at_once_and_the_next_one_is_read() -> None:
    reader = FrameReader()
    with pytest.raises(FrameCrcWrong, match="the CRC is c02f, but the frame says 0000"):
        reader.feed(READ_SERIAL[:-2] + b"\0\0")
    assert reader.feed(READ_SERIAL) == [decode_frame(READ_SERIAL)]
    reader.end()


@pytest.mark.parametrize(
    ("came", "rule"),
    [
        (READ_SERIAL[:9], FrameTruncated),
        (b"\x7e", FrameTruncated),
        (b"hello", FrameDelimiterWrong),
        (b"\x7e\x05\0\0\0\0\0", FrameLengthWrong),
        (b"hello" + READ_SERIAL[:-1] + b"\0", FrameCrcWrong),
    ],
)
def test_end_of_the_stream_says_what_is_wrong_with_what_came(came: bytes, rule: type[FrameError]) -> None:
    reader = FrameReader()
    with pytest.raises(rule):
        read_to_the_end(reader, came)
    reader.end()  # said once


def test_end_of_a_stream_of_whole_frames_says_nothing() -> None:
    reader = FrameReader()
    reader.feed(READ_SERIAL)
    reader.end()


def test_bytes_after_the_frame_break_the_length() -> None:
    with pytest.raises(FrameLengthWrong, match="says that 17 bytes follow the delimiter, but 18 do"):
        decode_frame(READ_SERIAL + b"\0")


def test_frame_is_never_longer_than_its_length_byte_can_say() -> None:
    assert len(Frame(data=bytes(243)).encode()) == 256
    with pytest.raises(DataTooLong, match="at most 243 bytes of data, not 244"):
        Frame(data=bytes(244)).encode()


def test_address_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueOutOfRange):
        Frame(destination=1 << 32).encode()
