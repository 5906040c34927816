"""Which days are too old to be charged for: counted in whole months from the day on which a bill is issued."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from flows_billing.days import Days
from flows_shared.time import Month


@dataclass(frozen=True, slots=True)
class Guard:
    """Days before `since` are too old to be charged for; none: no day is. `excepted` are days of an account.

    `changed` are days of a register whose readings are others than those that were billed.
    """

    since: date | None
    excepted: Mapping[UUID, Sequence[Days]] = field(default_factory=dict)
    changed: Mapping[UUID, Collection[date]] = field(default_factory=dict)

    def is_too_old(self, account: UUID, day: date) -> bool:
        if self.since is None or day >= self.since:
            return False
        return not any(each.start <= day < each.end for each in self.excepted.get(account, ()))

    def too_old(self, account: UUID, days: Days) -> int:
        """How many of the days are."""
        if self.since is None or days.start >= self.since:
            return 0
        old = Days(days.start, min(days.end, self.since))
        return sum(self.is_too_old(account, day) for day in old.each())

    def cuts(self, account: UUID, days: Days) -> bool:
        """Whether some of the days are too old and some are not, so that each has to be judged by itself."""
        return 0 < self.too_old(account, days) < days.count


UNGUARDED: Final = Guard(None)


def oldest_day(issued: date, months: int | None) -> date | None:
    """The first day that a bill of this day may charge for: so many months before, or that month's last day."""
    if months is None:
        return None
    month = Month.of(issued).plus(-months)
    return month.first_day.replace(day=min(issued.day, Days.of(month).count))
