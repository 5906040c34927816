"""Local days: what a bill counts, where the half hours beneath are instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from flows_shared.time import Month


@dataclass(frozen=True, order=True, slots=True)
class Days:
    """Half-open local days `[start, end)`."""

    start: date
    end: date

    @classmethod
    def of(cls, month: Month) -> Self:
        return cls(month.first_day, month.next().first_day)

    def each(self) -> Iterator[date]:
        return (self.start + timedelta(days=number) for number in range(self.count))

    @property
    def count(self) -> int:
        return (self.end - self.start).days
