"""Times of use: which band a half hour is in, by a community's local time, its seasons and public holidays."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays

from flows_shared.time import Month
from flows_shared.vocabulary.billing import DayKind

STANDARD = "standard"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Band:
    """A rule. `ends_at` at or before `starts_at` is past midnight; so is `season_end` past the new year (`MM-DD`)."""

    name: str
    days: frozenset[str]
    starts_at: time
    ends_at: time
    season_start: str | None = None
    season_end: str | None = None

    def holds(self, day: date, kind: DayKind, at: time) -> bool:
        return kind in self.days and self._holds_on(f"{day:%m-%d}") and self._holds_at(at)

    def _holds_at(self, at: time) -> bool:
        if self.starts_at < self.ends_at:
            return self.starts_at <= at < self.ends_at
        return at >= self.starts_at or at < self.ends_at

    def _holds_on(self, day: str) -> bool:
        if self.season_start is None or self.season_end is None:
            return True
        if self.season_start <= self.season_end:
            return self.season_start <= day <= self.season_end
        return day >= self.season_start or day <= self.season_end


@dataclass(frozen=True, slots=True)
class Profile:
    """Bands in their order; `holidays` is a country and part of it, such as `GB-ENG`."""

    id: UUID
    holidays: str
    bands: tuple[Band, ...]


# Tells local days apart, and nothing else.
DAYS_ONLY: Final = Profile(UUID(int=0), "GB", ())


@dataclass(frozen=True, slots=True)
class BandedHalfHour:
    timestamp: datetime
    day: date
    band: str


def band_calendar(profile: Profile, month: Month, zone: ZoneInfo) -> Iterator[BandedHalfHour]:
    """Every half hour of a local month with its local day and band: the first rule that holds, else `standard`."""
    free = public_holidays(profile.holidays, month.year)
    for timestamp in month.period(zone).half_hours():
        local = timestamp.astimezone(zone)
        day, at = local.date(), local.time()
        kind = day_kind(day, free)
        band = next((band.name for band in profile.bands if band.holds(day, kind, at)), STANDARD)
        yield BandedHalfHour(timestamp, day, band)


def day_kind(day: date, free: Container[date]) -> DayKind:
    """A public holiday is one on whichever day of the week it falls."""
    if day in free:
        return DayKind.HOLIDAY
    return DayKind.WEEKEND if day.weekday() >= SATURDAY else DayKind.WEEKDAY


def public_holidays(region: str, year: int) -> frozenset[date]:
    """From a country and part of it, as the package `holidays` names them."""
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
