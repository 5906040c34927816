"""Where a meter keeps what its registers had counted at each half hour."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Generic, NamedTuple, TypeVar

from flows_meter_sync.emop import (
    Request,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    read_twin_profile_log_2,
)
from flows_meter_sync.emop.intervals import MOST_HOURS, Interval, IntervalBlock, join
from flows_meter_sync.emop.objects import TOTAL_ACTIVE_EXPORT, TOTAL_ACTIVE_IMPORT
from flows_meter_sync.emop.profile_log import ProfileRecord1, ProfileRecord2, TwinProfileRecord2
from flows_meter_sync.hardware import Hardware
from flows_meter_sync.registry import Register
from flows_meter_sync.syncers.base import Talk

R = TypeVar("R", bound=ProfileRecord1 | ProfileRecord2 | TwinProfileRecord2)


class Counted(NamedTuple):
    """What registers had counted at an instant, by the log's names for them; nothing where that is not valid."""

    at: datetime
    counts: Mapping[str, int]


class Log(ABC):
    """One of a meter's logs; a page of it holds so many half hours."""

    half_hours: int

    @abstractmethod
    def channel(self, register: Register) -> str:
        """The log's name for what a register counts."""

    @abstractmethod
    async def page(self, talk: Talk, start: datetime) -> list[Counted]:
        """The entries from an instant on, in order."""


class ProfileLog(Log, Generic[R]):
    """Profile log 1 or 2 of a single phase meter."""

    def __init__(self, half_hours: int, request: Callable[[datetime], Request[list[R]]], direction: str) -> None:
        self.half_hours, self.request, self.direction = half_hours, request, direction

    def channel(self, register: Register) -> str:
        return f"{self.direction}_{'b' if register.element == 'B' else 'a'}"

    async def page(self, talk: Talk, start: datetime) -> list[Counted]:
        records = await talk.ask(self.request(start))
        return [Counted(record.at, record._asdict() if record.status.valid_data else {}) for record in records]


class IntervalLog(Log):
    """The intervals of a three-phase meter's totals. Where it has none for the time asked, it gives its nearest."""

    half_hours = MOST_HOURS * 2
    names: Final = {total.id: total.name for total in (TOTAL_ACTIVE_IMPORT, TOTAL_ACTIVE_EXPORT)}

    def channel(self, register: Register) -> str:
        return (TOTAL_ACTIVE_EXPORT if register.nature == "solar" else TOTAL_ACTIVE_IMPORT).name

    async def page(self, talk: Talk, start: datetime) -> list[Counted]:
        blocks = join(await talk.meter.ask_all(read_intervals(start, start + timedelta(hours=MOST_HOURS))))
        return [Counted(at, self._counts(block, values)) for block in blocks for at, values in block.timed()]

    def _counts(self, block: IntervalBlock, values: Interval) -> dict[str, int]:
        if not values.status.valid_data:
            return {}
        channels = zip(block.channel_ids, values.channel_data, strict=True)
        return {self.names[channel]: count for channel, count in channels if channel in self.names}


IMPORTS: Final = ProfileLog(4, read_profile_log_1, "import")
EXPORTS: Final = ProfileLog(3, read_profile_log_2, "active_export")
TWIN_EXPORTS: Final = ProfileLog(2, read_twin_profile_log_2, "active_export")
INTERVALS: Final = IntervalLog()


def log_of(register: Register, hardware: Hardware) -> Log:
    """Where a register's half hours stand; those of a solar one are what it sends out."""
    if hardware.three_phase:
        return INTERVALS
    if register.nature != "solar":
        return IMPORTS
    return TWIN_EXPORTS if hardware.twin_element else EXPORTS
