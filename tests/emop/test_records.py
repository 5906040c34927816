from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.emop import objects, records, units
from flows_meter_sync.emop.errors import EmopError, RecordLengthWrong, RecordValueWrong, ValueOutOfRange
from flows_meter_sync.emop.layout import Record, build, render
from flows_meter_sync.emop.objects import ACTIVE_RATES_A, FUTURE_RATES_A, FUTURE_RATES_B, OBJECTS, Object, object_of
from flows_meter_sync.emop.profile_log import RECORD_1, RECORD_2, TWIN_RECORD_2
from flows_meter_sync.emop.records import RECORDS

FIXED = [record for record in (*RECORDS.values(), RECORD_1, RECORD_2, TWIN_RECORD_2) if getattr(record, "size", None)]
WHOLE_SECONDS = st.integers(0, 100 * 365 * 86400).map(
    lambda count: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(0, count)
)


@given(record=st.sampled_from(FIXED), data=st.data())
def test_record_of_any_bytes_encodes_to_the_same_bytes(record: Record[Any], data: st.DataObject) -> None:
    size = record.size  # type: ignore[attr-defined]  # those of fixed size have one
    digits = st.text("0123456789", min_size=size, max_size=size).map(str.encode)
    payload = data.draw(digits if record is records.TOKEN else st.binary(min_size=size, max_size=size))
    value = record.decode(payload)
    assert record.encode(value) == payload
    assert build(record.build, render(value)) == value


@given(wanted=st.sampled_from(list(OBJECTS.values())), payload=st.binary(max_size=100))
def test_object_of_random_bytes_is_a_value_or_a_protocol_error(wanted: Object[Any], payload: bytes) -> None:
    try:
        wanted.decode(payload)
    except EmopError:
        return


@pytest.mark.parametrize("record", FIXED, ids=lambda record: record.name)
def test_record_of_another_length_is_no_reading(record: Record[Any]) -> None:
    size = record.size  # type: ignore[attr-defined]  # those of fixed size have one
    for payload in (bytes(size - 1), bytes(size + 1)):
        with pytest.raises(RecordLengthWrong, match=f"has {size} bytes, not {len(payload)}"):
            record.decode(payload)


@given(price=st.integers(0, 0xFFFFFFFF))
def test_price_has_five_decimals(price: int) -> None:
    pounds = units.pounds(price)
    assert pounds == Decimal(price) / 100_000
    assert units.price(pounds) == price


@pytest.mark.parametrize(
    ("pounds", "price"),
    [("0.17572", 17572), ("0.175729", 17572), ("0.1757299999999999999999999999999999999", 17572), ("1", 100_000)],
)
def test_decimals_beyond_the_fifth_are_cut_not_rounded(pounds: str, price: int) -> None:
    assert units.price(Decimal(pounds)) == price


@pytest.mark.parametrize("pounds", ["-0.00001", "42949.67296", "1e30", "NaN", "Infinity"])
def test_price_that_does_not_fit_is_refused(pounds: str) -> None:
    with pytest.raises(ValueOutOfRange):
        objects.FUTURE_STANDING_CHARGE.encode(Decimal(pounds))


@given(at=WHOLE_SECONDS)
def test_clock_and_timestamps_hold_whole_seconds(at: datetime) -> None:
    assert objects.CLOCK.decode(objects.CLOCK.encode(at)) == at
    assert units.instant(units.seconds(at)) == at


def test_clock_is_sent_in_utc_with_its_weekday() -> None:
    summer = datetime(2026, 7, 5, 0, 30, tzinfo=timezone(timedelta(hours=1)))  # still Saturday in UTC
    assert objects.CLOCK.encode(summer) == bytes((26, 7, 4, 23, 30, 0, 6))


@pytest.mark.parametrize("payload", ["3b0d1409010a04", "3b020000000000", "1a07140901ff00"])
def test_clock_with_an_impossible_time_is_no_time(payload: str) -> None:
    with pytest.raises(RecordValueWrong):
        objects.CLOCK.decode(bytes.fromhex(payload))


def test_clock_whose_weekday_is_off_still_tells_the_time() -> None:
    assert objects.CLOCK.decode(bytes.fromhex("1a071409011863")) == datetime(2026, 7, 20, 9, 1, 24, tzinfo=UTC)


@pytest.mark.parametrize("payload", [b"EML1234567890   ", b"EML1234567890\0\0\0", b"EML1234567890"])
def test_serial_is_read_with_any_padding_and_sent_with_spaces(payload: bytes) -> None:
    assert objects.SERIAL.decode(payload) == "EML1234567890"
    assert objects.SERIAL.encode("EML1234567890") == b"EML1234567890   "


def test_serial_that_is_no_text_is_refused() -> None:
    with pytest.raises(RecordValueWrong):
        objects.SERIAL.decode(b"EML\xff")


@pytest.mark.parametrize(("payload", "version"), [("36333539", "6_35_9"), ("0117", "0117"), ("ff333539", "ff333539")])
def test_firmware_is_shown_as_text_or_hex(payload: str, version: str) -> None:
    assert objects.FIRMWARE.decode(bytes.fromhex(payload)) == version
    assert objects.FIRMWARE.encode(version).hex() == payload


def test_voltage_counts_tenths_on_three_phase_meters() -> None:
    payload = (2413).to_bytes(2, "little")
    assert objects.VOLTAGE.decode(payload) == 2413
    assert objects.VOLTAGE_L2.decode(payload) == Decimal("241.3")
    assert objects.VOLTAGE_L2.encode(Decimal("241.3")) == payload


def test_flag_is_on_or_off_and_nothing_else() -> None:
    assert objects.PREPAY_ENABLED.decode(b"\1")
    assert not objects.PREPAY_ENABLED.decode(b"\0")
    with pytest.raises(RecordValueWrong):
        objects.PREPAY_ENABLED.decode(b"\2")


def test_balance_may_be_below_zero() -> None:
    assert objects.PREPAY_BALANCE.decode(objects.PREPAY_BALANCE.encode(Decimal("-3.21"))) == Decimal("-3.21")


@pytest.mark.parametrize("token", ["1234", "1752904571315274193x", "１７５２９０４５７１３１５２７４１９３５", ""])
def test_token_is_twenty_digits(token: str) -> None:
    with pytest.raises(ValueOutOfRange):
        objects.PREPAY_TOKEN.encode(token)


def test_unknown_settings_stay_the_number_that_they_are() -> None:
    assert objects.BACKLIGHT.decode(b"\x2a").name == "unknown_42"
    assert objects.BACKLIGHT.encode(objects.BACKLIGHT.decode(b"\x2a")) == b"\x2a"
    assert records.BacklightSetting.named("always_on_sp") == 119


def test_price_table_lies_where_the_protocol_says() -> None:
    assert FUTURE_RATES_A[1, 1].id == 0xFFF801
    assert FUTURE_RATES_A[8, 8].id == 0xFFF840
    assert ACTIVE_RATES_A[8, 1].id == 0xFFF939
    assert FUTURE_RATES_B[3].id == 0xFFF604
    assert len(ACTIVE_RATES_A) == 64


def test_object_that_is_not_in_the_table_is_bytes() -> None:
    unknown = object_of(0xABCDEF)
    assert unknown.name == "object_abcdef"
    assert unknown.decode(b"\1\2") == b"\1\2"
