"""What a record's raw values mean to us: pounds, instants, text without its padding."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from flows_meter_sync.emop import records, units
from flows_meter_sync.emop.errors import RecordValueWrong, ValueOutOfRange

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """A value of ours made from a record, and a record from it."""

    value: Callable[[Any], T]
    record: Callable[[T], Any]
    is_record: bool = False


def _same(record: Any) -> Any:
    return record


def _first(record: tuple[Any, ...]) -> Any:
    return record[0]


def of(kind: type[T]) -> View[T]:
    """The record itself."""
    return View(_same, _same, is_record=True)


def only(build: Callable[[T], Any]) -> View[T]:
    """The one field of a record."""
    return View(_first, build)


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
PRICE: View[Decimal] = View(lambda record: units.pounds(record.value), lambda pounds: records.U4(units.price(pounds)))
BALANCE: View[Decimal] = View(
    lambda record: units.pounds(record.balance), lambda pounds: records.Balance(units.price(pounds))
)
TIMESTAMP: View[datetime] = View(lambda record: units.instant(record.value), lambda at: records.U4(units.seconds(at)))
FLAG: View[bool] = View(_flag, lambda on: records.Flag(int(on)))
CLOCK: View[datetime] = View(_clock, _time)
SERIAL: View[str] = View(_unpadded, lambda serial: records.Serial(serial.ljust(records.TEXT_SIZE)))
HARDWARE: View[str] = View(_unpadded, records.Hardware)
FIRMWARE: View[str] = View(_firmware, _firmware_record)
VOLTS: View[Decimal] = View(lambda record: Decimal(record.voltage), lambda volts: records.Voltage(int(volts)))
TENTHS_OF_VOLTS: View[Decimal] = View(
    lambda record: Decimal(record.voltage).scaleb(-1), lambda volts: records.Voltage(int(volts.scaleb(1)))
)
