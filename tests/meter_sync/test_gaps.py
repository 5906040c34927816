"""What is missing between what is held."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.intervals.gaps import merge, without
from flows_shared.time import HALF_HOUR, Period

START = datetime(2026, 1, 5, tzinfo=UTC)


def instant(number: int) -> datetime:
    return START + number * HALF_HOUR


def period(first: int, last: int) -> Period:
    return Period(instant(first), instant(last))


@given(st.integers(0, 50), st.sets(st.integers(0, 60)))
def test_gaps_are_what_is_not_held(length: int, held: set[int]) -> None:
    gaps = without(period(0, length), [instant(number) for number in held])
    missing = [at for gap in gaps for at in gap.half_hours()]
    assert missing == [instant(number) for number in range(length) if number not in held]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=10))
def test_merged_periods_hold_the_same_half_hours_once(pieces: list[tuple[int, int]]) -> None:
    periods = [period(first, first + length) for first, length in pieces]
    merged = [at for each in merge(periods) for at in each.half_hours()]
    assert merged == sorted({at for each in periods for at in each.half_hours()})


def test_days_that_meet_are_one_gap() -> None:
    assert merge([period(48, 96), period(0, 48)]) == [period(0, 96)]
