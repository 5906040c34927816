"""Half hours of a register that follow each other, and their sums by local day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final, NamedTuple, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_meter_sync.energy import KWH_STEPS
from flows_shared.time import HALF_HOUR, Month, local_date, local_day

# No half hour is negative, so this stands for one that is not known or not to be stored.
MISSING: Final = -1


@dataclass(frozen=True, slots=True)
class IntervalSeries:
    """Energy of the half hours from `start` (UTC) on, each in 1/10,000 kWh or `MISSING`.

    `zone` is that of the register's community: it says which local day a half hour belongs to.
    """

    register_id: UUID
    zone: ZoneInfo
    start: datetime
    energy: tuple[int, ...]

    @property
    def end(self) -> datetime:
        return self.start + HALF_HOUR * len(self.energy)

    def split(self, at: datetime) -> tuple[Self, Self]:
        """The half hours before an instant, and those from it on."""
        index = min(max((at - self.start) // HALF_HOUR, 0), len(self.energy))
        after = replace(self, start=self.start + HALF_HOUR * index, energy=self.energy[index:])
        return replace(self, energy=self.energy[:index]), after

    def without(self, held: Iterable[datetime]) -> Self:
        """The run with these half hours missing."""
        energy = list(self.energy)
        for timestamp in held:
            energy[(timestamp - self.start) // HALF_HOUR] = MISSING
        return replace(self, energy=tuple(energy))


class DaySum(NamedTuple):
    """The half hours of a local day, summed; a row of `flows.register_interval_daily`."""

    register_id: UUID
    day: date
    kwh: Decimal
    intervals: int


def sum_days(runs: Iterable[IntervalSeries]) -> list[DaySum]:
    """Sum and count of the half hours of each register and local day; days without any are left out."""
    sums: defaultdict[tuple[UUID, date], list[int]] = defaultdict(lambda: [0, 0])
    for run in runs:
        while run.energy:
            day = local_date(run.start, run.zone)
            within, run = run.split(local_day(day, run.zone).end)
            missing = within.energy.count(MISSING)
            total = sums[run.register_id, day]
            total[0] += sum(within.energy) - missing * MISSING
            total[1] += len(within.energy) - missing
    return [DaySum(*key, Decimal(energy) / KWH_STEPS, count) for key, (energy, count) in sums.items() if count]


def split_by_month(runs: Iterable[IntervalSeries]) -> Iterator[tuple[Month, IntervalSeries]]:
    """The runs cut at the ends of UTC months, as the table's partitions are."""
    for run in runs:
        while run.energy:
            month = Month.of(run.start.date())
            within, run = run.split(datetime.combine(month.next().first_day, time(), UTC))
            yield month, within
