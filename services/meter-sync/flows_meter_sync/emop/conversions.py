"""What a record's raw values mean to us: pounds, instants, text without its padding; and how a person writes them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

from flows_meter_sync.emop import records, units
from flows_meter_sync.emop.errors import RecordValueWrong, ValueOutOfRange
from flows_meter_sync.emop.layout import NamedInt, build
from flows_shared.numbers import decimal, whole
from flows_shared.time import as_utc

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conversion(Generic[T]):
    """A value of ours made from a record, and a record from it."""

    value: Callable[[Any], T]
    record: Callable[[T], NamedTuple]
    parse: Callable[[str], T]
    """From what a person writes; a `ValueError` or `ArithmeticError` where that is no such value."""
    unit: str = ""
    is_record: bool = False


def _same(record: T) -> T:
    return record


def _first(record: tuple[T, ...]) -> T:
    return record[0]


def of(kind: type[T], unit: str = "") -> Conversion[T]:
    """The record itself; written as JSON with the names of its fields."""
    return Conversion(_same, _same, lambda text: _of_json(kind, text), unit, is_record=True)


def only(kind: Callable[[T], NamedTuple], unit: str = "") -> Conversion[T]:
    """The one field of a record."""
    (field,) = get_type_hints(kind).values()
    return Conversion(_first, kind, lambda text: _of_text(field, text), unit)


def _of_json(kind: type[T], text: str) -> T:
    try:
        value: T = build(kind, json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError(f"misses {error}") from error
    return value


def _of_text(kind: Any, text: str) -> Any:
    if kind is bytes:
        return bytes.fromhex(text)
    if issubclass(kind, NamedInt) and not text[:1].isdigit():
        return kind.named(text)
    return kind(whole(text)) if issubclass(kind, int) else kind(text)


def _instant(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text))


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError(text)
    return text == "on"


def _flag(record: records.Flag) -> bool:
    if record.enabled_flag > 1:
        raise RecordValueWrong("flag", record.enabled_flag)
    return record.enabled_flag == 1


def _clock(record: records.Time) -> datetime:
    try:
        return datetime(2000 + record.year, *record[1:6], tzinfo=UTC)
    except ValueError:
        raise RecordValueWrong("time", f"{2000 + record.year}-{record[1:6]}") from None


def _time(at: datetime) -> records.Time:
    at = at.astimezone(UTC)
    if not 2000 <= at.year <= 2255:
        raise ValueOutOfRange("time", at)
    return records.Time(*at.timetuple()[:6], records.Weekday(at.isoweekday() % 7))._replace(year=at.year - 2000)


def _unpadded(record: tuple[str]) -> str:
    return record[0].strip(" \0")


def _firmware(record: records.Firmware) -> str:
    """`6_35_9` of the four characters 6359 on single phase meters; hex on three-phase ones."""
    version = bytes(record.version_bytes)
    if len(version) == 4 and version.isalnum():
        text = version.decode()
        return f"{text[0]}_{text[1:3]}_{text[3]}"
    return version.hex()


def _firmware_record(version: str) -> records.Firmware:
    return records.Firmware(tuple(version.replace("_", "").encode() if "_" in version else bytes.fromhex(version)))


NUMBER = only(records.U4)
SMALL_NUMBER = only(records.U1)
PRICE: Conversion[Decimal] = Conversion(
    lambda record: units.pounds(record.value), lambda pounds: records.U4(units.price(pounds)), decimal, "GBP"
)
BALANCE: Conversion[Decimal] = Conversion(
    lambda record: units.pounds(record.balance), lambda pounds: records.Balance(units.price(pounds)), decimal, "GBP"
)
TIMESTAMP: Conversion[datetime] = Conversion(
    lambda record: units.instant(record.value), lambda at: records.U4(units.seconds(at)), _instant
)
FLAG: Conversion[bool] = Conversion(_flag, lambda on: records.Flag(int(on)), _switch)
CLOCK: Conversion[datetime] = Conversion(_clock, _time, _instant)
SERIAL: Conversion[str] = Conversion(_unpadded, lambda serial: records.Serial(serial.ljust(records.TEXT_SIZE)), str)
HARDWARE: Conversion[str] = Conversion(_unpadded, records.Hardware, str)
FIRMWARE: Conversion[str] = Conversion(_firmware, _firmware_record, str)
VOLTS: Conversion[Decimal] = Conversion(
    lambda record: Decimal(record.voltage), lambda volts: records.Voltage(int(volts)), decimal, "V"
)
TENTHS_OF_VOLTS: Conversion[Decimal] = Conversion(
    lambda record: Decimal(record.voltage).scaleb(-1), lambda volts: records.Voltage(int(volts.scaleb(1))), decimal, "V"
)
