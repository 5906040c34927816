"""Whatever a register and its clock do, no half hour is negative or counted twice."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.counter import IMPOSSIBLE, ROLL_OVER
from flows_meter_sync.intervals.advance import (
    TOO_MUCH,
    WAS_RESET,
    WENT_DOWN,
    Derived,
    Logged,
    MissingHalfHour,
    RegisterCount,
    derive,
)
from flows_meter_sync.intervals.series import MISSING
from flows_shared.time import HALF_HOUR, LONDON, Period

REGISTER = UUID(int=1)
TURN = Decimal(ROLL_OVER) / 1000  # kWh
START = datetime(2026, 1, 5, tzinfo=UTC)

# What a meter does between two records: it counts on (Wh), is reset, has no valid record, or has its clock moved by so
# many half hours.
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("count"), st.integers(0, 5_000)),
        st.tuples(st.just("reset"), st.just(0)),
        st.tuples(st.just("invalid"), st.integers(0, 5_000)),
        st.tuples(st.just("clock"), st.integers(-4, 4)),
    ),
    min_size=1,
    max_size=120,
)
firsts = st.integers(0, ROLL_OVER - 1) | st.integers(ROLL_OVER - 20_000, ROLL_OVER - 1)


def instant(number: int) -> datetime:
    return START + number * HALF_HOUR


def log(first: int, events: list[tuple[str, int]]) -> tuple[Logged, int, int]:
    """The log of a meter that all this happens to, the energy that it measured, and the last instant's number."""
    logged, count, number, energy, last = Logged(10), first, 0, 0, 0
    logged.note(instant(0), count)
    for kind, value in events:
        if kind == "clock":
            number += value
            continue
        number += 1
        if kind == "reset":
            count = 0
        else:
            energy, count = energy + value, (count + value) % ROLL_OVER
        logged.note(instant(number), None if kind == "invalid" else count, "no valid data", reset=kind == "reset")
        last = max(last, number)
    return logged, energy, last


def derive_all(logged: Logged, last: int) -> Derived:
    return derive(REGISTER, LONDON, logged, [Period(instant(-10), instant(last + 1))])


def energy_of(derived: Derived) -> list[int]:
    return [value for run in derived.runs for value in run.energy if value != MISSING]


@given(firsts, happenings)
def test_no_half_hour_is_negative_nor_is_any_energy_there_twice(first: int, events: list[tuple[str, int]]) -> None:
    logged, measured, last = log(first, events)
    energy = energy_of(derive_all(logged, last))
    assert all(0 <= value < IMPOSSIBLE for value in energy)
    assert sum(energy) <= measured * 10


@given(firsts, st.lists(st.integers(0, 5_000), min_size=1, max_size=100))
def test_half_hours_sum_to_the_advance_over_a_roll_over_too(first: int, advances: list[int]) -> None:
    logged, measured, last = log(first, [("count", value) for value in advances])
    assert energy_of(derive_all(logged, last)) == [value * 10 for value in advances]
    assert sum(energy_of(derive_all(logged, last))) == measured * 10


@given(firsts, st.lists(st.tuples(st.sampled_from(["count", "invalid"]), st.integers(0, 5_000)), max_size=60))
def test_half_hours_and_the_gaps_between_counts_sum_to_the_advance(first: int, events: list[tuple[str, int]]) -> None:
    logged, measured, last = log(first, [*events, ("count", 7)])
    derived = derive_all(logged, last)
    between = [
        (after.kwh - before.kwh + TURN) % TURN
        for before, after in pairwise(derived.counts)
        if before.timestamp in {each.timestamp for each in derived.missing}
    ]
    assert sum(between) + Decimal(sum(energy_of(derived))) / 10_000 == Decimal(measured) / 1000


@given(firsts, happenings, st.integers(0, 120))
def test_log_read_in_two_visits_gives_what_it_gives_in_one(first: int, events: list[tuple[str, int]], cut: int) -> None:
    events = [event for event in events if event[0] != "clock"]
    logged, _, last = log(first, events)
    middle = min(cut, last)
    parts = derive(REGISTER, LONDON, logged, [Period(START, instant(middle)), Period(instant(middle), instant(last))])
    whole = derive(REGISTER, LONDON, logged, [Period(START, instant(last))])
    assert sum(energy_of(parts)) == sum(energy_of(whole))
    assert parts.missing == whole.missing


def test_register_that_rolls_over_loses_nothing() -> None:
    logged = Logged(10, {START: ROLL_OVER - 100, instant(1): 150})
    assert energy_of(derive_all(logged, 1)) == [2_500]


def test_register_that_was_reset_says_so() -> None:
    logged = Logged(10, {START: 900_000, instant(1): 20})
    derived = derive(REGISTER, LONDON, logged, [Period(START, instant(1))])
    assert derived.runs == []
    assert derived.missing == [MissingHalfHour(REGISTER, START, WENT_DOWN)]


def test_reset_that_the_log_tells_of_is_no_roll_over() -> None:
    logged = Logged(10, {START: ROLL_OVER - 100, instant(1): 150}, breaks={instant(1)})
    derived = derive(REGISTER, LONDON, logged, [Period(START, instant(1))])
    assert (derived.runs, derived.missing) == ([], [MissingHalfHour(REGISTER, START, WAS_RESET)])


def test_register_of_a_meter_wired_the_other_way_round_leaves_its_half_hours_missing() -> None:
    logged = Logged(10, {instant(number): 5_000 - 100 * number for number in range(4)})
    derived = derive(REGISTER, LONDON, logged, [Period(START, instant(3))])
    assert (derived.runs, [each.reason for each in derived.missing]) == ([], [WENT_DOWN] * 3)


def test_jump_that_no_meter_can_measure_is_missing() -> None:
    logged = Logged(10, {START: 0, instant(1): 10**7, instant(2): 10**7 + 5})
    derived = derive(REGISTER, LONDON, logged, [Period(START, instant(2))])
    assert energy_of(derived) == [50]
    assert derived.missing == [MissingHalfHour(REGISTER, START, TOO_MUCH)]


def test_clock_put_back_an_hour_counts_that_hour_once() -> None:
    logged = Logged(10)
    for number, count in [(0, 0), (1, 100), (2, 200), (1, 300), (2, 400), (3, 500)]:
        logged.note(instant(number), count)
    assert energy_of(derive_all(logged, 3)) == [1_000, 1_000, 3_000]


def test_clock_put_forward_leaves_what_it_jumped_over_missing_with_its_energy_known() -> None:
    logged = Logged(10)
    for number, count in [(0, 0), (1, 100), (4, 200), (5, 300)]:
        logged.note(instant(number), count)
    derived = derive(REGISTER, LONDON, logged, [Period(START, instant(5))])
    assert energy_of(derived) == [1_000, 1_000]
    assert derived.counts == [
        RegisterCount(REGISTER, instant(1), Decimal("0.1")),
        RegisterCount(REGISTER, instant(4), Decimal("0.2")),
    ]
