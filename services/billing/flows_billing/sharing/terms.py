"""Who shares with whom, on which terms: groups, their dated terms, members and meters."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.days import Days
from flows_billing.errors import SharingInvalid
from flows_shared.time import Period, local_midnight
from flows_shared.vocabulary.billing import SharingMeterRole, SharingMethod

# Coefficients and ratios have eight decimals: as integers they sum to this.
WHOLE: Final = 10**8


@dataclass(frozen=True, slots=True)
class SharingTerms:
    """How a group shares from `period_start` on. Rates are GBP a kWh."""

    group: UUID
    id: UUID
    period_start: date
    method: SharingMethod
    redistribute: bool
    internal_rate: Decimal
    surplus_rate: Decimal
    includes_vat: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A home's part in a group, both days included; `coefficient` and `surplus_ratio` are of `WHOLE`."""

    home: UUID
    start_date: date
    end_date: date | None
    coefficient: int
    priority: int
    surplus_ratio: int

    def takes_part(self, day: date) -> bool:
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)

    @property
    def changes(self) -> set[date]:
        return {self.start_date} | ({self.end_date + timedelta(days=1)} if self.end_date else set())


@dataclass(frozen=True)
class Shares:
    """What the methods need to know of the members, in their order."""

    coefficients: Sequence[int]
    priorities: Sequence[int]
    redistribute: bool = False

    @cached_property
    def by_priority(self) -> list[list[int]]:
        """The places of the members of each priority, the first served first."""
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, priority in enumerate(self.priorities):
            places[priority].append(place)
        return [places[priority] for priority in sorted(places)]


@dataclass(frozen=True, slots=True)
class Stint:
    """Days on which a group's terms and members stay the same; the members are in the order of their homes' ids."""

    days: Days
    terms: SharingTerms
    members: tuple[Member, ...]

    @property
    def shares(self) -> Shares:
        return Shares(
            [member.coefficient for member in self.members],
            [member.priority for member in self.members],
            self.terms.redistribute,
        )


@dataclass(frozen=True, slots=True)
class SharingMeter:
    """A register's part in a group on the local days `[valid_from, valid_to)`, within its own life `[start, end)`."""

    register: UUID
    role: SharingMeterRole
    valid_from: date
    valid_to: date | None
    start: datetime
    end: datetime | None

    def time_in(self, days: Days, zone: ZoneInfo) -> Period | None:
        """When it counts for the group on some days."""
        first, last = max(days.start, self.valid_from), min(days.end, self.valid_to or days.end)
        start, end = max(local_midnight(first, zone), self.start), local_midnight(last, zone)
        end = end if self.end is None else min(end, self.end)
        return Period(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Group:
    """`terms` are ordered by their start."""

    id: UUID
    name: str
    site: UUID | None
    terms: tuple[SharingTerms, ...]
    members: tuple[Member, ...]
    meters: tuple[SharingMeter, ...]

    def terms_on(self, day: date) -> SharingTerms | None:
        return next((terms for terms in reversed(self.terms) if terms.period_start <= day), None)

    def stints(self, days: Days) -> list[Stint]:
        """These days, cut where terms or members change; days without terms are left out."""
        changes = {terms.period_start for terms in self.terms}.union(*(member.changes for member in self.members))
        cuts = sorted({days.start, *(day for day in changes if days.start < day < days.end)})
        stints = [
            Stint(Days(start, end), terms, self._members_on(start))
            for start, end in zip(cuts, [*cuts[1:], days.end], strict=True)
            if (terms := self.terms_on(start))
        ]
        for stint in stints:
            _require_sound(self, stint)
        return stints

    def _members_on(self, day: date) -> tuple[Member, ...]:
        present = [member for member in self.members if member.takes_part(day)]
        return tuple(sorted(present, key=lambda member: member.home))


@dataclass(frozen=True, slots=True)
class Sharing:
    """A community's groups."""

    groups: tuple[Group, ...] = ()
    _homes: dict[UUID, list[tuple[Group, Member]]] = field(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for group in self.groups:
            for member in group.members:
                self._homes.setdefault(member.home, []).append((group, member))

    def terms_of(self, home: UUID, day: date) -> SharingTerms | None:
        """On which terms the home takes part in sharing on a day."""
        present = [group for group, member in self._homes.get(home, ()) if member.takes_part(day)]
        return present[0].terms_on(day) if present else None

    def changes(self, home: UUID) -> set[date]:
        """Days from which the home may share on other terms."""
        parts = self._homes.get(home, ())
        terms = {terms.period_start for group, _ in parts for terms in group.terms}
        return terms.union(*(member.changes for _, member in parts))


def _require_sound(group: Group, stint: Stint) -> None:
    for what in ("coefficient", "surplus_ratio"):
        if sum(getattr(member, what) for member in stint.members) > WHOLE:
            raise SharingInvalid(group.name, what, stint.days.start)
