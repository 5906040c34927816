"""From what a register counted to half hours, days and the bytes that are stored."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.counter import IMPOSSIBLE
from flows_meter_sync.intervals.advance import Derived, Logged, derive
from flows_meter_sync.intervals.series import MISSING, DaySum, IntervalSeries, split_by_month, sum_days
from flows_shared.time import HALF_HOUR, LONDON, Month, Period

REGISTER = UUID(int=1)
START = datetime(2026, 1, 5, tzinfo=UTC)

counts = st.integers(0, 0xFFFFFFFF)
energies = st.integers(0, IMPOSSIBLE - 1) | st.just(MISSING)
starts = st.integers(0, 48 * 800).map(lambda number: datetime(2024, 1, 1, tzinfo=UTC) + number * HALF_HOUR)
runs = st.builds(
    IntervalSeries, st.just(REGISTER), st.just(LONDON), starts, st.lists(energies, max_size=200).map(tuple)
)


def derived(counted: dict[datetime, int], end: datetime, steps: int = 10) -> list[int]:
    """Energy of the half hours from START to `end`."""
    found = derive_all(counted, end, steps).runs
    return list(found[0].energy) if found else [MISSING] * ((end - START) // HALF_HOUR)


def derive_all(counted: dict[datetime, int], end: datetime, steps: int = 10) -> Derived:
    return derive(REGISTER, LONDON, Logged(steps, counted), [Period(START, end)])


@given(st.lists(st.none() | counts, min_size=2, max_size=100))
def test_no_half_hour_is_negative_or_impossible_whatever_a_register_does(column: list[int | None]) -> None:
    counted = {START + number * HALF_HOUR: count for number, count in enumerate(column) if count is not None}
    energy = derived(counted, START + (len(column) - 1) * HALF_HOUR)
    assert len(energy) == len(column) - 1
    assert all(value == MISSING or 0 <= value < IMPOSSIBLE for value in energy)


@given(counts.filter(lambda count: count < 2**31), st.lists(st.integers(0, 500_000), min_size=1, max_size=300))
def test_half_hours_sum_to_the_advance_of_the_register(first: int, advances: list[int]) -> None:
    counted, count = {START: first}, first
    for number, advance in enumerate(advances, 1):
        count += advance
        counted[START + number * HALF_HOUR] = count
    energy = derived(counted, START + len(advances) * HALF_HOUR)
    assert energy == [advance * 10 for advance in advances]
    assert sum(energy) == (count - first) * 10


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_half_hour_needs_the_count_at_both_its_ends(valid: list[bool]) -> None:
    counted = {START + number * HALF_HOUR: 100 * number for number, known in enumerate(valid) if known}
    energy = derived(counted, START + (len(valid) - 1) * HALF_HOUR)
    assert [value != MISSING for value in energy] == [a and b for a, b in pairwise(valid)]


def test_register_that_was_reset_leaves_one_half_hour_missing() -> None:
    counted = {START + number * HALF_HOUR: count for number, count in enumerate([900, 1000, 0, 150, 300])}
    assert derived(counted, START + 4 * HALF_HOUR) == [1000, MISSING, 1500, 1500]


def test_count_of_a_ct_meter_is_a_ten_thousandth_of_a_kwh() -> None:
    assert derived({START: 5, START + HALF_HOUR: 12_350}, START + HALF_HOUR, steps=1) == [12_345]


def test_count_between_half_hours_is_no_end_of_one() -> None:
    counted = {START: 0, START + timedelta(minutes=29): 5, START + HALF_HOUR: 7}
    assert derived(counted, START + HALF_HOUR) == [70]


def test_period_without_a_known_half_hour_is_no_run() -> None:
    assert derive_all({START: 1}, START + 2 * HALF_HOUR) == Derived()


@given(runs, starts)
def test_run_split_anywhere_loses_and_doubles_nothing(run: IntervalSeries, at: datetime) -> None:
    before, after = run.split(at)
    assert before.energy + after.energy == run.energy
    assert (before.start, before.end, after.end) == (run.start, after.start, run.end)
    assert not before.energy or before.end <= max(at, run.start)


@given(runs)
def test_split_by_month_loses_nothing_and_keeps_to_the_month(run: IntervalSeries) -> None:
    parts = list(split_by_month([run]))
    assert sum((part.energy for _, part in parts), ()) == run.energy
    for month, part in parts:
        assert Month.of(part.start.date()) == month == Month.of((part.end - HALF_HOUR).date())


@given(runs)
def test_days_sum_to_the_run(run: IntervalSeries) -> None:
    days = sum_days([run])
    known = [value for value in run.energy if value != MISSING]
    assert sum(day.kwh for day in days) == Decimal(sum(known)) / 10_000
    assert sum(day.intervals for day in days) == len(known)
    assert all(0 < day.intervals <= 50 for day in days)


def test_day_is_the_communitys_own() -> None:
    summer = IntervalSeries(REGISTER, LONDON, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), (10_000, 20_000, 30_000))
    assert sum_days([summer]) == [
        DaySum(REGISTER, date(2026, 7, 1), Decimal(1), 1),
        DaySum(REGISTER, date(2026, 7, 2), Decimal(5), 2),
    ]
    elsewhere = IntervalSeries(REGISTER, ZoneInfo("UTC"), summer.start, summer.energy)
    assert [day.intervals for day in sum_days([elsewhere])] == [3]


def test_days_of_a_clock_change_have_46_and_50_half_hours() -> None:
    spring = IntervalSeries(REGISTER, LONDON, datetime(2026, 3, 28, tzinfo=UTC), (1,) * 48 * 3)
    autumn = IntervalSeries(REGISTER, LONDON, datetime(2026, 10, 23, 23, tzinfo=UTC), (1,) * 48 * 3)
    assert [day.intervals for day in sum_days([spring])] == [48, 46, 48, 2]
    assert [day.intervals for day in sum_days([autumn])] == [48, 50, 46]


def test_runs_of_one_day_make_one_sum() -> None:
    morning = IntervalSeries(REGISTER, LONDON, START, (10, MISSING))
    evening = IntervalSeries(REGISTER, LONDON, START + 40 * HALF_HOUR, (5,))
    assert sum_days([morning, evening]) == [DaySum(REGISTER, date(2026, 1, 5), Decimal("0.0015"), 2)]
