"""Formats 03 and 04: the half-hourly profile logs.

A record's registers are the cumulative ones at the instant of its timestamp: the energy of the half hour that starts
there is the next record's less this one's. Where the log ends, records are all zero.
"""

from datetime import datetime
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from flows_meter_sync.emop import units
from flows_meter_sync.emop.errors import RecordLengthWrong
from flows_meter_sync.emop.layout import U32, Bits, Struct

PAYLOAD_SIZE = 80  # after the timestamp; the rest is padding


class ProfileStatus(NamedTuple):
    """What is known of a half hour; only with `valid_data` it is a reading."""

    unused_4: bool = False
    unused_5: bool = False
    unused_6: bool = False
    unused_7: bool = False
    unused_8: bool = False
    unused_9: bool = False
    unused_10: bool = False
    reset: bool = False
    valid_data: bool = False
    power_fail: bool = False
    minor_time_error: bool = False
    major_time_error: bool = False
    comms_error: bool = False
    unused_1: bool = False
    unused_2: bool = False
    unused_3: bool = False


class ProfileRecord1(NamedTuple):
    """Wh imported, of element A (or the only one) and B."""

    timestamp: int
    status: ProfileStatus
    import_a: int
    import_b: int

    @property
    def at(self) -> datetime:
        return units.instant(self.timestamp)


class ProfileRecord2(NamedTuple):
    """Wh exported, varh, and the voltage, of a single element meter."""

    timestamp: int
    status: ProfileStatus
    active_export_a: int
    reactive_import_a: int
    reactive_export_a: int
    voltage: int

    @property
    def at(self) -> datetime:
        return units.instant(self.timestamp)


class TwinProfileRecord2(NamedTuple):
    """The same of a twin element meter."""

    timestamp: int
    status: ProfileStatus
    active_export_a: int
    reactive_import_a: int
    reactive_export_a: int
    voltage: int
    active_export_b: int
    reactive_import_b: int
    reactive_export_b: int

    @property
    def at(self) -> datetime:
        return units.instant(self.timestamp)


Entry: TypeAlias = ProfileRecord1 | ProfileRecord2 | TwinProfileRecord2
T = TypeVar("T", bound=NamedTuple)

STATUS = Bits("ProfileStatus", ProfileStatus)
RECORD_1 = Struct("ProfileLog1Rec", ProfileRecord1, U32, STATUS.field, U32, U32)
RECORD_2 = Struct("ProfileLog2Rec", ProfileRecord2, U32, STATUS.field, *[U32] * 4)
TWIN_RECORD_2 = Struct("TwinProfileLog2Rec", TwinProfileRecord2, U32, STATUS.field, *[U32] * 7)


class ProfileLog(Generic[T]):
    """A log's layout: how many records a reply holds."""

    def __init__(self, format_: int, record: Struct[T], count: int) -> None:
        self.format, self.record, self.count = format_, record, count
        self.size = count * record.size

    def entries(self, payload: bytes) -> list[T]:
        """The records of a reply: fewer where the log ends."""
        return [entry for entry in self.decode(payload) if entry[0]]

    def decode(self, payload: bytes) -> list[T]:
        """All records that follow the timestamp in a reply, the empty ones too."""
        if len(payload) < self.size:
            raise RecordLengthWrong(f"{self.count} x {self.record.name}", self.size, len(payload))
        return self.record.decode_many(payload[: self.size])

    def encode(self, entries: list[T]) -> bytes:
        """As a meter sends them: padded with zeros."""
        return b"".join(map(self.record.encode, entries[: self.count])).ljust(PAYLOAD_SIZE, b"\0")


Log: TypeAlias = ProfileLog[ProfileRecord1] | ProfileLog[ProfileRecord2] | ProfileLog[TwinProfileRecord2]

LOG_1 = ProfileLog(0x03, RECORD_1, 4)
LOG_2 = ProfileLog(0x04, RECORD_2, 3)
TWIN_LOG_2 = ProfileLog(0x04, TWIN_RECORD_2, 2)
