from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emop.frames import frames
from emop.fuzz import survive
from flows_meter_sync.emop import (
    AnsweredWrongly,
    AskedWrongly,
    EmopError,
    Exchange,
    Frame,
    FrameReader,
    Request,
    check_serial,
    decode_frame,
    errors,
    objects,
    read,
    read_event_log,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    read_twin_profile_log_2,
    units,
    write,
)
from flows_meter_sync.emop.control import ERRORS, Nak, refusing
from flows_meter_sync.emop.event_log import Event, EventId, encode_page
from flows_meter_sync.emop.profile_log import LOG_1, ProfileRecord1, ProfileStatus
from flows_meter_sync.emop.tariff import FlatTariff

METER, CLIENT = 0x0A1B2C, 0x21AE42
START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
START_2024 = datetime(2024, 1, 1, 21, 30, tzinfo=UTC)
REQUESTS: list[Request[Any]] = [
    read(objects.READING_A),
    write(objects.FUTURE_STANDING_CHARGE, Decimal("0.5")),
    read_profile_log_1(START),
    read_profile_log_2(START),
    read_twin_profile_log_2(START),
    read_event_log(3),
    read_intervals(START, START + timedelta(hours=4)),
]


def reading(destination: int = METER) -> Exchange[Any]:
    return Exchange(read(objects.READING_A), sequence=3, destination=destination, source=CLIENT)


def reply(**changes: Any) -> Frame:
    frame = Frame(CLIENT, METER, 3, bytes.fromhex("01fffffc00") + bytes(16))
    return frame._replace(**changes)


def test_request_is_sent_as_published_tools_send_it() -> None:
    sent = Exchange(read(objects.SERIAL)).encode()
    assert sent.hex() == "7e11000000000021ae42050160010000c02f"
    asked = Exchange(read_intervals(START_2024, START_2024 + timedelta(hours=4))).encode()
    assert asked.hex() == "7e1a000000000021ae420514002d25eb582d262398ffffffff0afe"


def test_reply_from_the_meter_asked_is_a_reading() -> None:
    assert reading().decode(reply(data=bytes.fromhex("01fffffc00") + b"\1\0\0\0" + bytes(12))).import_active == 1


def test_any_meter_may_answer_where_any_was_asked_and_the_serial_decides() -> None:
    assert reading(destination=0).decode(reply(source=0x999999)).import_active == 0
    check_serial("EML1234567890", "EML1234567890")
    with pytest.raises(errors.SerialOfAnotherMeter, match="expected meter EML1, but EML2 answered"):
        check_serial("EML1", "EML2")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"destination": 0x123456}, errors.ReplyNotForUs),
        ({"source": 0x123456}, errors.ReplyFromAnotherMeter),
        ({"control": 4}, errors.ReplyOutOfSequence),
        ({"data": bytes.fromhex("01fffff800") + bytes(16)}, errors.ReplyToAnotherRequest),  # element B
        ({"data": bytes.fromhex("01fffffc01") + bytes(16)}, errors.ReplyToAnotherRequest),  # a write's
        ({"data": bytes.fromhex("03fffffc00") + bytes(16)}, errors.ReplyToAnotherRequest),  # another format
        ({"data": b""}, errors.ReplyToAnotherRequest),
        ({"data": bytes.fromhex("01fffffc00") + bytes(15)}, errors.RecordLengthWrong),
        ({"control": 0x80 | 5 << 4 | 4}, errors.ReplyOutOfSequence),  # a late refusal of an earlier request
    ],
)
def test_reply_that_breaks_a_rule_is_never_a_reading(changes: dict[str, Any], rule: type[EmopError]) -> None:
    with pytest.raises(rule) as caught:
        reading().decode(reply(**changes))
    assert isinstance(caught.value, AnsweredWrongly)
    assert caught.value.code.startswith("emop.")


@pytest.mark.parametrize("nak", list(Nak))
def test_each_refusal_is_an_error_of_its_own(nak: Nak) -> None:
    with pytest.raises(errors.NotAcknowledged) as caught:
        reading().decode(reply(control=refusing(3, nak), data=b""))
    assert type(caught.value) is ERRORS[nak]
    assert caught.value.nak == nak
    assert len({error.code for error in ERRORS.values()}) == len(Nak)


@given(request=st.sampled_from(REQUESTS), frame=frames)
def test_random_frame_is_a_value_or_an_answer_that_breaks_a_rule(request: Request[Any], frame: Frame) -> None:
    try:
        Exchange(request).decode(frame)
    except AnsweredWrongly:
        return


@given(request=st.sampled_from(REQUESTS), payload=st.binary(max_size=200))
def test_random_payload_of_the_right_reply_raises_nothing_but_the_protocols_errors(
    request: Request[Any], payload: bytes
) -> None:
    try:
        Exchange(request).decode(Frame(CLIENT, 0, 5, request.echo + payload))
    except AnsweredWrongly:
        return


def test_write_is_confirmed_by_an_answer_without_a_payload() -> None:
    request = write(objects.FUTURE_STANDING_CHARGE, Decimal("0.40123"))
    assert decode_frame(Exchange(request).encode()).data.hex() == "01ffff2301" + (40123).to_bytes(4, "little").hex()
    Exchange(request).decode(Frame(CLIENT, METER, 5, bytes.fromhex("01ffff2301")))
    with pytest.raises(errors.RecordLengthWrong):
        Exchange(request).decode(Frame(CLIENT, METER, 5, bytes.fromhex("01ffff230100")))


def test_profile_log_holds_the_half_hours_that_the_meter_has() -> None:
    request = read_profile_log_1(START)
    first = ProfileRecord1(units.seconds(START), ProfileStatus(valid_data=True), 1000, 0)
    frame = Frame(CLIENT, METER, 5, request.echo + LOG_1.encode([first]))
    assert Exchange(request).decode(frame) == [first]
    assert first.at == START
    with pytest.raises(errors.ReplyToAnotherRequest):
        Exchange(read_profile_log_1(START + timedelta(minutes=30))).decode(frame)


def test_event_log_ends_where_the_ids_do() -> None:
    request = read_event_log(0)
    event = Event(units.seconds(START), EventId(33), 7)
    frame = Frame(CLIENT, METER, 5, request.echo + encode_page([event, event._replace(event_id=EventId(250))]))
    found = Exchange(request).decode(frame)
    assert [(event.event_id.name, event.at) for event in found] == [("event_power_up", START), ("unknown_250", START)]


@pytest.mark.parametrize(
    ("ask", "rule"),
    [
        (lambda: read(objects.PREPAY_TOKEN), errors.ObjectNotReadable),
        (lambda: write(objects.PREPAY_BALANCE, Decimal(100)), errors.ObjectNotWritable),
        (lambda: write(objects.PREPAY_TOKEN, "12"), errors.ValueOutOfRange),
        (lambda: read_event_log(10), errors.ValueOutOfRange),
        (lambda: read_intervals(START, START), errors.PeriodNotAllowed),
        (lambda: read_intervals(START, START + timedelta(hours=4, seconds=1)), errors.PeriodNotAllowed),
        (lambda: read_profile_log_1(datetime(1999, 12, 31, tzinfo=UTC)), errors.ValueOutOfRange),
    ],
)
def test_what_the_protocol_does_not_allow_is_not_asked(ask: Any, rule: type[EmopError]) -> None:
    with pytest.raises(rule) as caught:
        ask()
    assert isinstance(caught.value, AskedWrongly)


def tariff(**changes: Any) -> FlatTariff:
    rates = {"unit_rate_a": Decimal("0.21"), "unit_rate_b": Decimal("0.18"), "standing_charge": Decimal("0.4")}
    credit = dict.fromkeys(("emergency_credit", "ecredit_availability", "debt_recovery_rate"), Decimal(10))
    return FlatTariff(**{**rates, **credit, "activation_at": START, **changes})


def test_tariff_is_written_in_the_safe_order() -> None:
    writes = tariff().writes()
    sent = [f"{written.id:06x}" for written, _ in writes]
    assert " ".join(sent) == "ffff21 ffff1f ffff4f fff839 fff601 ffc808 ffc809 ffc80a ffc965 ffff23 ffff24"
    assert all(write(written, value).data for written, value in writes)


@pytest.mark.parametrize("rate", ["1.00001", "-0.1", "0.123456"])
def test_rate_that_cannot_be_right_is_not_written(rate: str) -> None:
    with pytest.raises(errors.RateTooHigh, match="unit_rate_b"):
        tariff(unit_rate_b=Decimal(rate)).writes()


def test_hostile_answers_raise_nothing_but_the_protocols_errors() -> None:
    """A million of them are part of the benchmark of EMOP."""
    ends = survive(20_000)
    assert {"a value", "crc", "truncated", "format", "length", "record_length", "interval_frames"} <= set(ends)
    assert {error.rule for error in ERRORS.values()} <= set(ends)


LATE: list[Exchange[Any]] = [
    Exchange(read(objects.READING_A), sequence=2),  # an earlier request
    Exchange(read(objects.READING_B), sequence=3),
    Exchange(read_event_log(0), sequence=3),
]


@given(
    noise=st.lists(
        st.one_of(
            st.sampled_from(LATE).map(lambda late: Frame(CLIENT, METER, late.sequence, late.request.echo + bytes(16))),
            st.sampled_from(list(Nak)).map(lambda nak: Frame(CLIENT, METER, refusing(2, nak), b"\1")),
            frames,
            st.binary(max_size=20),
        ),
        max_size=6,
    ),
    value=st.integers(0, 0xFFFFFFFF),
    cuts=st.lists(st.integers(1, 900), max_size=8, unique=True),
)
def test_answer_is_found_behind_late_and_foreign_ones_however_the_stream_is_cut(
    noise: list[Frame | bytes], value: int, cuts: list[int]
) -> None:
    right = reply(data=bytes.fromhex("01fffffc00") + value.to_bytes(4, "little") + bytes(12))
    stream = b"".join(each if isinstance(each, bytes) else each.encode() for each in (*noise, right))
    reader, places = FrameReader(), sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    found = []
    for start, end in pairwise(places):
        try:
            came = reader.feed(stream[start:end])
        except AnsweredWrongly:
            continue
        for frame in came:
            with suppress(AnsweredWrongly):
                found.append(reading().decode(frame).import_active)
    assert found[-1:] == [value]
