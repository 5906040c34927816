"""Slots: numbers for the half hours of a time that no bill has to tell apart, so that one sum serves every profile.

Where two profiles are in use, a slot is a pair of bands; where a threshold is judged day by day, a day with it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from flows_billing.tariffs.bands import BandedHalfHour
from flows_billing.usage.metered import Need, Usage
from flows_shared.time import Period


@dataclass(frozen=True, slots=True)
class Slot:
    """The bands, by profile, and the day of its half hours; none where they are of several days."""

    bands: Mapping[UUID, str]
    day: date | None


@dataclass(frozen=True, slots=True)
class Slots:
    """Half hours and the number of the slot of each, in step; `by_number` are the slots."""

    timestamps: Sequence[datetime]
    numbers: Sequence[int]
    by_number: Sequence[Slot]


def slots_of(
    span: Period, calendars: Mapping[UUID, Sequence[BandedHalfHour]], profiles: Collection[UUID], by_day: bool
) -> Slots:
    """The slots that tell the bands of these profiles, and where asked the days, apart. At least one profile."""
    used = sorted(profiles)
    numbers: dict[tuple[object, ...], int] = {}
    slots: list[Slot] = []
    timestamps: list[datetime] = []
    chosen: list[int] = []
    for half_hours in zip(*(calendars[profile] for profile in used), strict=True):
        if half_hours[0].timestamp not in span:
            continue
        bands = tuple(half_hour.band for half_hour in half_hours)
        day = half_hours[0].day if by_day else None
        number = numbers.setdefault((day, *bands), len(slots))
        if number == len(slots):
            slots.append(Slot(dict(zip(used, bands, strict=True)), day))
        timestamps.append(half_hours[0].timestamp)
        chosen.append(number)
    return Slots(timestamps, chosen, slots)


def usages_of(need: Need, sums: Sequence[tuple[Slot, Usage]]) -> tuple[Usage, ...]:
    """What a need asked for, from the sums of a register's slots: by band and day, or whole."""
    groups: defaultdict[tuple[date | None, str | None], list[Usage]] = defaultdict(list)
    for slot, usage in sums:
        band = slot.bands[need.profile] if need.profile else None
        groups[slot.day if need.by_day else None, band].append(usage)
    return tuple(_total(usages, band, day) for (day, band), usages in sorted(groups.items(), key=_by_day_and_band))


def _by_day_and_band(group: tuple[tuple[date | None, str | None], list[Usage]]) -> tuple[date, str]:
    (day, band), _ = group
    return day or date.min, band or ""


def _total(usages: Sequence[Usage], band: str | None, day: date | None) -> Usage:
    return Usage(
        kwh=sum((usage.kwh for usage in usages), Decimal(0)),
        intervals=sum(usage.intervals for usage in usages),
        first=min(usage.first for usage in usages if usage.first),
        last=max(usage.last for usage in usages if usage.last),
        estimated=sum(usage.estimated for usage in usages),
        band=band,
        day=day,
    )
