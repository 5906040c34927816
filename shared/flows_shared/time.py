"""Instants are UTC; days and months are a community's local ones, so a day has 46, 48 or 50 half hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)
# What the business knows of: a day before or after is a mistake.
FIRST_DAY = date(2000, 1, 1)
END_OF_TIME = date(2200, 1, 1)


def utc_now() -> datetime:
    """The moment, in UTC. Edges read it and hand it on; the domain takes it as an argument."""
    return datetime.now(UTC)


@dataclass(frozen=True, order=True)
class Period:
    """Half-open time `[start, end)`; both are kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, as_utc(getattr(self, name)))
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def half_hours(self) -> Iterator[datetime]:
        """The starts of the half hours that begin within, on the clock's half hours."""
        at = ceil_half_hour(self.start)
        while at < self.end:
            yield at
            at += HALF_HOUR


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, as `2025-03`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `2025-03`; a `ValueError` says what is wrong."""
        try:
            day = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            raise ValueError(f"a month is written like 2025-03, not '{text}'") from None
        if not FIRST_DAY <= day.date() < END_OF_TIME:
            raise ValueError(f"a month lies in {FIRST_DAY.year} to {END_OF_TIME.year - 1}, not '{text}'")
        return cls(day.year, day.month)

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that holds a day."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def next(self) -> Self:
        return self.plus(1)

    def previous(self) -> Self:
        return self.plus(-1)

    def plus(self, months: int) -> Self:
        years, month = divmod(self.month - 1 + months, 12)
        return type(self)(self.year + years, month + 1)

    def days(self) -> list[date]:
        first, after = self.first_day, self.next().first_day
        return [first + DAY * number for number in range((after - first).days)]

    def period(self, zone: ZoneInfo) -> Period:
        """From local midnight to local midnight."""
        return Period(local_midnight(self.first_day, zone), local_midnight(self.next().first_day, zone))


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC: the earlier midnight where there are two, the jump where there is none.

    `flows.local_midnight` of the database is the same.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_day(day: date, zone: ZoneInfo) -> Period:
    """A local day: 23, 24 or 25 hours."""
    return Period(local_midnight(day, zone), local_midnight(day + DAY, zone))


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The local day that holds an instant."""
    return as_utc(at).astimezone(zone).date()


def floor_half_hour(at: datetime) -> datetime:
    """The start of the half hour that holds an instant, in UTC."""
    at = as_utc(at)
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)


def ceil_half_hour(at: datetime) -> datetime:
    """The first start of a half hour at or after an instant, in UTC."""
    floor = floor_half_hour(at)
    return floor if floor == at else floor + HALF_HOUR


def is_half_hour(at: datetime) -> bool:
    """Whether an instant in UTC is the start of a half hour."""
    return not (at.minute % 30 or at.second or at.microsecond)


def as_utc(at: datetime) -> datetime:
    """The same instant in UTC; a time without an offset is refused, as it could be anyone's."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)
