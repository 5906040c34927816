"""Estimates sum to what the register advanced, look like the same weekdays before, and make room for readings."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from flows_meter_sync.counter import Count
from flows_meter_sync.estimation.methods import Estimate, Method, Profile, estimate, estimate_all, share_out
from flows_meter_sync.estimation.spans import Span, split_at_counts
from flows_shared.time import HALF_HOUR, LONDON

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TURN = 2**32 * 10
NO_HISTORY = Profile({}, LONDON)


def instant(number: int) -> datetime:
    return MONDAY + number * HALF_HOUR


energies = st.integers(0, 50_000).map(lambda wh: wh * 10)


@given(st.lists(energies, min_size=1, max_size=200), st.data())
def test_estimates_and_readings_between_two_counts_sum_to_the_advance(true: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, TURN - 1))
    missing = data.draw(st.sets(st.integers(0, len(true) - 1), min_size=1))
    marks = data.draw(st.sets(st.integers(0, len(true)))) | {0, len(true)}
    counts = [Count(instant(mark), (first + sum(true[:mark])) % TURN) for mark in marks]
    held = {instant(number): energy for number, energy in enumerate(true) if number not in missing}
    # One span can hold more than a roll-over may: then nothing says that the register was not reset.
    assume(all(before.energy <= after.energy for before, after in pairwise(sorted(counts))))
    spans = split_at_counts({instant(number) for number in missing}, counts, held, TURN)
    estimates = estimate_all(spans, Profile(held, LONDON))
    assert [each.timestamp for each in estimates] == [instant(number) for number in sorted(missing)]
    assert all(each.energy >= 0 for each in estimates)
    assert sum(each.energy for each in estimates) + sum(held.values()) == sum(true)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=100))
def test_shares_sum_exactly_and_are_whole_wh_where_the_energy_is(energy: int, weights: list[int]) -> None:
    shares = share_out(energy, weights)
    assert sum(shares) == energy
    assert all(share >= 0 for share in shares)
    assert all(share % 10 == 0 for share in shares[:-1])


def test_profile_is_that_of_the_same_weekday_at_the_same_local_time() -> None:
    saturday = MONDAY + timedelta(days=5)
    held = {MONDAY + 36 * HALF_HOUR: 8_000, MONDAY + 37 * HALF_HOUR: 2_000, saturday + 36 * HALF_HOUR: 40}
    next_monday = MONDAY + timedelta(days=7)
    span = Span((next_monday + 36 * HALF_HOUR, next_monday + 37 * HALF_HOUR), 5_000)
    assert estimate(span, Profile(held, LONDON)) == [
        Estimate(span.missing[0], 4_000, Method.WEEKDAY_PROFILE),
        Estimate(span.missing[1], 1_000, Method.WEEKDAY_PROFILE),
    ]


def test_profile_follows_local_time_over_a_clock_change() -> None:
    winter_six_pm = datetime(2026, 3, 23, 18, tzinfo=UTC)
    summer_six_pm = datetime(2026, 3, 30, 17, tzinfo=UTC)
    profile = Profile({winter_six_pm: 5_000, winter_six_pm - HALF_HOUR * 2: 1_000}, LONDON)
    assert profile.at(summer_six_pm) == 5_000


def test_weekday_that_is_not_known_is_shaped_as_the_other_days() -> None:
    tuesday = MONDAY + timedelta(days=1)
    profile = Profile({MONDAY: 100, MONDAY + HALF_HOUR: 300}, LONDON)
    assert [profile.at(tuesday), profile.at(tuesday + HALF_HOUR), profile.at(tuesday + 2 * HALF_HOUR)] == [
        100,
        300,
        200,
    ]


def test_without_history_the_advance_is_spread_evenly_to_the_wh() -> None:
    span = Span((instant(0), instant(1), instant(2)), 1_000)
    assert [each.energy for each in estimate(span, NO_HISTORY)] == [330, 330, 340]
    assert {each.method for each in estimate(span, NO_HISTORY)} == {Method.LINEAR}


def test_without_counts_the_same_weekdays_say_what_it_was() -> None:
    span = Span((MONDAY + timedelta(days=7),), None)
    assert estimate(span, Profile({MONDAY: 7_777}, LONDON)) == [
        Estimate(span.missing[0], 7_770, Method.WEEKDAY_AVERAGE)
    ]


def test_without_counts_and_history_nothing_is_made_up() -> None:
    assert estimate(Span((MONDAY,), None), NO_HISTORY) == []


def test_method_that_was_asked_for_is_not_replaced_by_another() -> None:
    assert estimate(Span((MONDAY,), None), Profile({MONDAY: 1}, LONDON), Method.LINEAR) == []
    assert estimate(Span((MONDAY,), 10), NO_HISTORY, Method.WEEKDAY_PROFILE) == []
    span = Span((instant(0), instant(1)), 100)
    assert [each.energy for each in estimate(span, Profile({MONDAY: 9}, LONDON), Method.LINEAR)] == [50, 50]


def test_count_in_the_middle_of_a_held_half_hour_takes_its_part_of_it() -> None:
    quarter_past = instant(0) + HALF_HOUR / 2
    counts = [Count(quarter_past, 1_000), Count(instant(2), 1_750)]
    assert split_at_counts({instant(1)}, counts, {instant(0): 500}, TURN) == [Span((instant(1),), 500)]


def test_count_in_the_middle_of_a_missing_half_hour_is_passed_over() -> None:
    counts = [Count(instant(0), 0), Count(instant(1) + HALF_HOUR / 2, 700), Count(instant(3), 900)]
    missing = {instant(0), instant(1), instant(2)}
    assert split_at_counts(missing, counts, {}, TURN) == [Span((instant(0), instant(1), instant(2)), 900)]


def test_register_that_was_reset_or_advanced_less_than_is_held_has_no_known_energy() -> None:
    reset = [Count(instant(0), 90_000_000_000), Count(instant(1), 5)]
    assert split_at_counts({instant(0)}, reset, {}, TURN * 10) == [Span((instant(0),), None)]
    too_little = [Count(instant(0), 0), Count(instant(2), 100)]
    assert split_at_counts({instant(1)}, too_little, {instant(0): 200}, TURN) == [Span((instant(1),), None)]


def test_half_hours_after_the_last_count_have_no_known_energy() -> None:
    counts = [Count(instant(0), 0), Count(instant(1), 30)]
    assert split_at_counts({instant(0), instant(1)}, counts, {}, TURN) == [
        Span((instant(0),), 30),
        Span((instant(1),), None),
    ]
