"""What holds for sharing whatever register lived when, and whose turn a spare Wh is."""

from array import array
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_billing.apportion import turn_at
from flows_billing.days import Days
from flows_billing.sharing.allocation import UNKNOWN, Allocation, Metered, Readings, Series, allocate_month, within
from flows_billing.sharing.methods import METHODS
from flows_billing.sharing.terms import WHOLE, Group, Member, SharingMeter, SharingTerms
from flows_shared.time import HALF_HOUR, LONDON, Month, Period, local_midnight
from flows_shared.vocabulary.billing import SharingMeterRole, SharingMethod

OCTOBER = Month(2026, 10)
TIME = OCTOBER.period(LONDON)
COUNT = int(TIME.duration / HALF_HOUR)
LENGTH = 12  # half hours in which anything is measured
methods = st.sampled_from(sorted(METHODS))
minutes = st.integers(0, 30 * LENGTH)
loads = st.lists(st.integers(0, 40), min_size=LENGTH, max_size=LENGTH)
measured = st.lists(st.one_of(st.just(UNKNOWN), st.integers(0, 90)), min_size=LENGTH, max_size=LENGTH)


def after(minute: int) -> datetime:
    return TIME.start + timedelta(minutes=minute)


def series(wh: list[int], rest: int = 0) -> Series:
    return array("q", [*wh, *[rest] * (COUNT - len(wh))])


def allocated(method: SharingMethod, homes: dict[UUID, dict[UUID, Series]], meters: list[Metered]) -> Allocation:
    terms = SharingTerms(UUID(int=8), UUID(int=7), date(2026, 1, 1), method, True, Decimal(0), Decimal(0), True)
    members = tuple(Member(home, date(2026, 1, 1), None, WHOLE // len(homes), 1 + home.int % 2, 0) for home in homes)
    group = Group(UUID(int=8), "Sun Club", None, (terms,), members, ())
    return allocate_month(group, Readings(TIME, homes, meters), OCTOBER, LONDON)


@st.composite
def lives(draw: st.DrawFn) -> Period:
    first, last = sorted((draw(minutes), draw(minutes)))
    return Period(after(first), after(last))


@st.composite
def groups(draw: st.DrawFn) -> tuple[dict[UUID, dict[UUID, Series]], list[Metered]]:
    """Homes of one or two registers and up to three that generate, each with a life; what is outside is noise."""
    homes = {
        UUID(int=number): {
            UUID(int=100 * number + each): within(series(draw(loads)), TIME, draw(lives()))
            for each in range(draw(st.integers(1, 2)))
        }
        for number in range(1, draw(st.integers(1, 4)) + 1)
    }
    return homes, [
        Metered(SharingMeterRole.GENERATION, draw(lives()), series(draw(measured), UNKNOWN))
        for _ in range(draw(st.integers(0, 3)))
    ]


@given(method=methods, group=groups())
def test_no_half_hour_shares_more_than_was_generated_or_than_a_home_used(
    method: SharingMethod, group: tuple[dict[UUID, dict[UUID, Series]], list[Metered]]
) -> None:
    homes, meters = group
    found = allocated(method, homes, meters)
    for number in range(LENGTH):
        start = TIME.start + number * HALF_HOUR
        counting = [meter for meter in meters if meter.time.start < start + HALF_HOUR and meter.time.end > start]
        generated = sum(max(0, meter.series[number]) for meter in counting)
        assert sum(each[number] for each in found.shared_by_home.values()) == found.shared[number] <= generated
        for home, registers in homes.items():
            used = [each[number] for each in registers.values()]
            split = [found.shared_by_register[register][number] for register in registers]
            assert all(0 <= part <= wh for part, wh in zip(split, used, strict=True))
            assert sum(split) == found.shared_by_home[home][number]


@given(method=methods, group=groups())
def test_generation_is_missing_only_where_a_meter_counted_for_the_whole_half_hour_and_measured_nothing(
    method: SharingMethod, group: tuple[dict[UUID, dict[UUID, Series]], list[Metered]]
) -> None:
    homes, meters = group
    found = allocated(method, homes, meters)
    for number in range(COUNT):
        half = Period(TIME.start + number * HALF_HOUR, TIME.start + (number + 1) * HALF_HOUR)
        lacking = [
            meter
            for meter in meters
            if meter.time.start <= half.start and half.end <= meter.time.end and meter.series[number] == UNKNOWN
        ]
        assert (found.generation[number] == UNKNOWN) == bool(lacking)


@given(method=methods, used=st.lists(loads, min_size=1, max_size=4), sun=loads, cut=minutes, at=st.integers(0, 40))
def test_exchange_of_any_meter_changes_no_home(
    method: SharingMethod, used: list[list[int]], sun: list[int], cut: int, at: int
) -> None:
    """The half hour that it cuts is measured by both meters, each a part."""
    homes = {UUID(int=number + 1): {UUID(int=100 + number): series(wh)} for number, wh in enumerate(used)}
    whole = allocated(method, homes, [Metered(SharingMeterRole.GENERATION, TIME, series(sun))])

    def halves(wh: list[int]) -> tuple[Series, Series]:
        before, since = (number for number in (cut // 30, -(-cut // 30)))
        first = [*wh[:before], *(min(each, at) for each in wh[before:since])]
        second = [*[0] * before, *(max(0, each - at) for each in wh[before:since]), *wh[since:]]
        return series(first), series(second)

    exchanged = UUID(int=1 + at % len(used))
    earlier, later = Period(TIME.start, after(cut)), Period(after(cut), TIME.end)
    old, new = halves(used[exchanged.int - 1])
    homes[exchanged] = {UUID(int=201): within(old, TIME, earlier), UUID(int=200): within(new, TIME, later)}
    parts = zip((earlier, later), halves(sun), strict=True)
    found = allocated(method, homes, [Metered(SharingMeterRole.GENERATION, time, wh) for time, wh in parts])
    assert found.shared_by_home == whole.shared_by_home
    assert found.generation == whole.generation
    assert found.consumed_by_home == whole.consumed_by_home


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "start", "end", "counts"),
    [
        (date.min, None, 1, None, (1, 32)),
        (date(2026, 10, 12), None, 1, None, (12, 32)),
        (date.min, date(2026, 10, 23), 1, None, (1, 23)),
        (date(2026, 10, 12), date(2026, 10, 23), 1, None, (12, 23)),
        (date(2026, 10, 12), date.max, 15, 20, (15, 20)),
        (date(2026, 10, 12), date(2026, 10, 15), 15, None, None),
        (date(2026, 9, 1), date(2026, 10, 1), 1, None, None),
        (date(2026, 11, 1), None, 1, None, None),
    ],
)
def test_meter_counts_on_its_days_in_the_group_within_its_life(
    valid_from: date, valid_to: date | None, start: int, end: int | None, counts: tuple[int, int] | None
) -> None:
    def midnight(day: int) -> datetime:
        return local_midnight(date(2026, 10, 1) + timedelta(days=day - 1), LONDON)

    life = midnight(start), midnight(end) if end else None
    meter = SharingMeter(UUID(int=1), SharingMeterRole.GENERATION, valid_from, valid_to, *life)
    expected = Period(midnight(counts[0]), midnight(counts[1])) if counts else None
    assert meter.time_in(Days.of(OCTOBER), LONDON) == expected


@given(
    month=st.builds(Month, st.integers(2020, 2030), st.integers(1, 12)),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    homes=st.sampled_from([2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 47, 48, 49]),
)
def test_each_home_is_first_equally_often_at_each_time_of_day(month: Month, zone: str, homes: int) -> None:
    """But for one day more or less, and one where the clocks change."""
    turns: Counter[tuple[str, int]] = Counter()
    for at in month.period(ZoneInfo(zone)).half_hours():
        turns[f"{at.astimezone(ZoneInfo(zone)):%H:%M}", turn_at(at) % homes] += 1
    for time in {time for time, _ in turns if not time.startswith(("01", "02"))}:
        counts = [turns[time, home] for home in range(homes)]
        assert max(counts) - min(counts) <= 2


def test_spare_wh_at_noon_goes_round_the_homes() -> None:
    """4 homes divide the 48 half hours of a day: before, the same one was first at noon every day."""
    noons = range(24, COUNT, 48)
    homes = {UUID(int=number): {UUID(int=100 + number): series([1] * COUNT)} for number in range(1, 5)}
    found = allocated(
        SharingMethod.PROPORTIONAL, homes, [Metered(SharingMeterRole.GENERATION, TIME, series([1] * COUNT))]
    )
    assert sorted(sum(each[number] for number in noons) for each in found.shared_by_home.values()) == [7, 8, 8, 8]
