"""Where a meter keeps what its registers had counted at each half hour."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

from flows_meter_sync.emop import (
    Request,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    read_twin_profile_log_2,
)
from flows_meter_sync.emop.intervals import MOST_HOURS, Interval, IntervalBlock, IntervalStatus, join
from flows_meter_sync.emop.objects import TOTAL_ACTIVE_EXPORT, TOTAL_ACTIVE_IMPORT
from flows_meter_sync.emop.profile_log import ProfileRecord1, ProfileRecord2, ProfileStatus, TwinProfileRecord2
from flows_meter_sync.hardware import Hardware
from flows_meter_sync.registry import Register
from flows_meter_sync.syncers.base import MeterSession
from flows_shared.vocabulary.meters import Nature

R = TypeVar("R", bound=ProfileRecord1 | ProfileRecord2 | TwinProfileRecord2)


class LogEntry(NamedTuple):
    """What registers had counted at an instant, by the log's channels; where that is not valid, the reason."""

    at: datetime
    counts: Sequence[Any]
    reason: str | None = None
    reset: bool = False


class Log(ABC):
    """One of a meter's logs; a page of it holds so many half hours."""

    half_hours: int

    @abstractmethod
    def channel(self, register: Register) -> int:
        """The place in the log's entries at which a register's count stands."""

    @abstractmethod
    async def page(self, session: MeterSession, start: datetime) -> list[LogEntry]:
        """The entries from an instant on, in order."""


class ProfileLog(Log, Generic[R]):
    """Profile log 1 or 2 of a single phase meter."""

    def __init__(
        self, half_hours: int, request: Callable[[datetime], Request[list[R]]], record: type[R], direction: str
    ) -> None:
        self.half_hours, self.request, self.fields, self.direction = half_hours, request, record._fields, direction

    def channel(self, register: Register) -> int:
        return self.fields.index(f"{self.direction}_{'b' if register.element == 'B' else 'a'}")

    async def page(self, session: MeterSession, start: datetime) -> list[LogEntry]:
        records = await session.meter.ask(self.request(start))
        return [
            LogEntry(record.at, record, None, record.status.reset)
            if record.status.valid_data
            else LogEntry(record.at, (), why_not_valid(record.status))
            for record in records
        ]


class IntervalLog(Log):
    """The intervals of a three-phase meter's totals. Where it has none for the time asked, it gives its nearest."""

    half_hours = MOST_HOURS * 2
    totals: Final = (TOTAL_ACTIVE_IMPORT.id, TOTAL_ACTIVE_EXPORT.id)

    def channel(self, register: Register) -> int:
        return self.totals.index((TOTAL_ACTIVE_EXPORT if register.nature == Nature.SOLAR else TOTAL_ACTIVE_IMPORT).id)

    async def page(self, session: MeterSession, start: datetime) -> list[LogEntry]:
        blocks = join(await session.meter.ask_all(read_intervals(start, start + timedelta(hours=MOST_HOURS))))
        return [self._counted(at, block, values) for block in blocks for at, values in block.timed()]

    def _counted(self, at: datetime, block: IntervalBlock, values: Interval) -> LogEntry:
        if not values.status.valid_data:
            return LogEntry(at, (), why_not_valid(values.status))
        counts = dict(zip(block.channel_ids, values.channel_data, strict=True))
        return LogEntry(at, [counts.get(total) for total in self.totals])


def why_not_valid(status: ProfileStatus | IntervalStatus) -> str:
    """What a record without a reading says of itself."""
    causes = [name for name in status._fields if getattr(status, name) and name != "valid_data"]
    return f"no valid data: {', '.join(causes).replace('_', ' ')}" if causes else "no valid data"


IMPORTS: Final = ProfileLog(4, read_profile_log_1, ProfileRecord1, "import")
EXPORTS: Final = ProfileLog(3, read_profile_log_2, ProfileRecord2, "active_export")
TWIN_EXPORTS: Final = ProfileLog(2, read_twin_profile_log_2, TwinProfileRecord2, "active_export")
INTERVALS: Final = IntervalLog()


def log_of(register: Register, hardware: Hardware) -> Log:
    """Where a register's half hours stand; those of a solar one are what it sends out."""
    if hardware.three_phase:
        return INTERVALS
    if register.nature != Nature.SOLAR:
        return IMPORTS
    return TWIN_EXPORTS if hardware.twin_element else EXPORTS
