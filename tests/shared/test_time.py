from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_shared.time import (
    HALF_HOUR,
    LONDON,
    Month,
    Period,
    ceil_half_hour,
    floor_half_hour,
    local_date,
    local_day,
)

months = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))
ZONES = ("Europe/London", "UTC", "America/New_York", "Asia/Kolkata", "Atlantic/Azores", "America/Havana", "Asia/Beirut")
zones = st.sampled_from([ZoneInfo(name) for name in ZONES])


@pytest.mark.parametrize(
    ("day", "half_hours"), [(date(2025, 3, 30), 46), (date(2025, 10, 26), 50), (date(2025, 6, 1), 48)]
)
def test_day_of_a_clock_change_has_46_or_50_half_hours(day: date, half_hours: int) -> None:
    period = local_day(day, LONDON)
    assert len(list(period.half_hours())) == half_hours
    assert all(local_date(at, LONDON) == day for at in period.half_hours())


def test_summer_day_starts_at_23_utc() -> None:
    assert local_day(date(2025, 7, 1), LONDON).start == datetime(2025, 6, 30, 23, tzinfo=UTC)


@given(months, zones)
def test_days_of_a_month_join_up_to_the_month(month: Month, zone: ZoneInfo) -> None:
    days = [local_day(day, zone) for day in month.days()]
    assert [day.start for day in days[1:]] == [day.end for day in days[:-1]]
    assert Period(days[0].start, days[-1].end) == month.period(zone)


@given(months, st.integers(-500, 500))
def test_months_are_counted_forth_and_back(month: Month, count: int) -> None:
    assert month.plus(count).plus(-count) == month
    assert month.next().previous() == month
    assert (month.plus(count) > month) == (count > 0)


def test_month_is_written_as_year_and_month() -> None:
    assert str(Month.parse("2025-03")) == "2025-03"
    assert Month.of(date(2024, 12, 31)).next() == Month(2025, 1)


@pytest.mark.parametrize("text", ["2025-13", "March", "2025", "2025-03-01", ""])
def test_month_in_another_form_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="a month is written like 2025-03, not"):
        Month.parse(text)


def test_period_holds_its_start_but_not_its_end() -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    period = Period(start, start + HALF_HOUR)
    assert start in period
    assert start + HALF_HOUR not in period
    assert period.duration == HALF_HOUR


def test_period_that_ends_before_it_starts_is_refused() -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot end"):
        Period(start, start - HALF_HOUR)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        local_date(datetime(2025, 1, 1), LONDON)  # noqa: DTZ001


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instant_lies_between_its_half_hours(at: datetime) -> None:
    floor, ceiling = floor_half_hour(at), ceil_half_hour(at)
    assert floor <= at <= ceiling
    assert ceiling - floor in (timedelta(0), HALF_HOUR)
    assert floor.minute in (0, 30)
