"""Counts that drop, jump and recover: no energy that the fuse does not let through, or that was there before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate, pairwise
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows_meter_sync.counter import ROLL_OVER, Count, believed
from flows_meter_sync.estimation.spans import Span, split_at_counts
from flows_meter_sync.files.assign import edges, half_hours_of
from flows_meter_sync.files.rows import FileLine, Value
from flows_meter_sync.hardware import KINDS
from flows_meter_sync.intervals.advance import DOUBTED, TOO_MUCH, WENT_DOWN, Derived, Logged, RegisterCount, derive
from flows_meter_sync.intervals.registers import MeterRegister
from flows_meter_sync.intervals.series import MISSING
from flows_shared.time import HALF_HOUR, LONDON, Period
from flows_shared.vocabulary.meters import Element

REGISTER = UUID(int=1)
START = datetime(2026, 1, 5, tzinfo=UTC)
# 100 A at 253 V for half an hour: 12.65 kWh.
METER = KINDS["B1.w"].counter(100)
FIRST = 7_000_000


def instant(number: int) -> datetime:
    return START + number * HALF_HOUR


def log(counts: Mapping[int, int]) -> Logged:
    """Wh at these half hours, of a meter without a known fuse."""
    return Logged(10, {instant(number): wh for number, wh in counts.items()}, most=METER.most)


def derived(counts: Sequence[int]) -> Derived:
    return derive(REGISTER, LONDON, log(dict(enumerate(counts))), [Period(START, instant(len(counts) - 1))])


def wh_of(found: Derived, half_hours: int) -> list[int | None]:
    energy = found.runs[0].energy if found.runs else (MISSING,) * half_hours
    return [None if value == MISSING else value // 10 for value in energy]


@pytest.mark.parametrize(
    ("counts", "wh"),
    [
        # As the drop recovers, the two half hours around it have 200 Wh together: open, and known.
        ([FIRST, 7_000_100, 0, 7_000_300, 7_000_400], [100, None, None, 100]),
        ([FIRST, 7_000_100, 6_900_000, 7_000_300, 7_000_400], [100, None, None, 100]),
        ([FIRST, 7_000_100, 7_000_050, 7_000_300, 7_000_400], [100, None, None, 100]),
        ([FIRST, 7_000_100, 0, 7_000_300], [100, None, None]),
        ([FIRST, 7_000_100, 0, 0, 0, 7_000_400, 7_000_500], [100, None, None, None, None, 100]),
        # Peaks, beyond what the fuse lets through and within it.
        ([FIRST, 7_000_100, 9_000_000, 7_000_300, 7_000_400], [100, None, None, 100]),
        ([FIRST, 7_000_100, 7_009_000, 7_000_300, 7_000_400], [100, None, None, 100]),
        ([FIRST, 7_000_100, 7_009_000, 7_000_300], [100, None, None]),
        # Two meters' rows in turn: the first one's count.
        ([FIRST, 500_000, 7_000_100, 500_100, 7_000_200, 500_200], [None, None, None, None, None]),
        # A register that was reset and goes on.
        ([FIRST, 7_000_100, 0, 150, 300], [100, None, 150, 150]),
        ([FIRST, 7_000_100, 0, 0, 300, 400], [100, None, None, 300, 100]),
        # A first count that is wrong.
        ([0, 7_000_100, 7_000_200], [None, 100]),
        # 12.65 kWh and one Wh more.
        ([FIRST, 7_012_650, 7_012_700], [12_650, 50]),
        ([FIRST, 7_012_651, 7_012_700], [None, 49]),
        # Over the greatest value.
        ([ROLL_OVER - 100, 150, 250], [250, 100]),
        ([ROLL_OVER - 100, 150, 0, 400, 500], [250, None, None, 100]),
        ([ROLL_OVER - 200, ROLL_OVER - 100, 4_000_000_000, 150, 250], [100, None, None, 100]),
    ],
)
def test_counts_that_drop_or_jump_leave_the_stretch_open(counts: list[int], wh: list[int | None]) -> None:
    assert wh_of(derived(counts), len(counts) - 1) == wh


def test_open_stretch_says_why_and_what_it_holds() -> None:
    found = derived([FIRST, 7_000_100, 0, 7_000_300, 7_000_400])
    assert [(each.timestamp, each.reason) for each in found.missing] == [
        (instant(1), WENT_DOWN),
        (instant(2), TOO_MUCH),
    ]
    assert found.counts == [
        RegisterCount(REGISTER, instant(1), Decimal("7000.1")),
        RegisterCount(REGISTER, instant(3), Decimal("7000.3")),
    ]
    small = derived([FIRST, 7_000_100, 7_000_050, 7_000_300])
    assert [each.reason for each in small.missing] == [WENT_DOWN, DOUBTED]


def test_three_phases_let_three_times_as_much_through() -> None:
    assert KINDS["P1.ax"].counter(100).most == 379_500  # 37.95 kWh
    assert KINDS["B1.w"].counter(60).most == 75_900  # 7.59 kWh


# A register that goes on, and now and then a count in between that is not its own.
advances = st.lists(st.integers(1, 4_000), min_size=8, max_size=60)
wrong = st.one_of(
    st.just(0),
    st.integers(0, ROLL_OVER - 1),
    st.integers(FIRST - 5_000, FIRST + 250_000),
    st.just(ROLL_OVER - 1),
)


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """What a register counted, in Wh, and what is said of it; between two wrong counts there are three right ones."""
    true = list(accumulate(draw(advances), initial=FIRST))
    said = list(true)
    place = draw(st.integers(1, 6))
    while place < len(true) - 2:
        said[place] = draw(wrong)
        place += draw(st.integers(4, 20))
    return true, said


@given(disturbed())
def test_energy_is_at_most_what_the_register_advanced_and_the_fuse_lets_through(
    counts: tuple[list[int], list[int]],
) -> None:
    true, said = counts
    taken = [wh for wh in wh_of(derived(said), len(said) - 1) if wh is not None]
    assert all(0 <= wh <= 12_650 for wh in taken)
    assert sum(taken) <= true[-1] - true[0]


@given(disturbed())
def test_half_hours_away_from_wrong_counts_are_taken_and_the_rest_is_known(
    counts: tuple[list[int], list[int]],
) -> None:
    true, said = counts
    found = derived(said)
    wh = wh_of(found, len(said) - 1)
    missing = {instant(number) for number, value in enumerate(wh) if value is None}
    around = [Count(each.timestamp, int(each.kwh * 10_000)) for each in found.counts]
    held = {instant(number): value * 10 for number, value in enumerate(wh) if value is not None}
    spans = split_at_counts(missing, around, held, METER.roll_over, METER.most)
    assert sum(span.energy or 0 for span in spans) + sum(held.values()) <= (true[-1] - true[0]) * 10
    if all(abs(each - own) > 12_650 * len(said) for each, own in zip(said, true, strict=True) if each != own):
        assert sum(value is None for value in wh) == 2 * sum(a != b for a, b in zip(said, true, strict=True))
        assert sum(span.energy or 0 for span in spans) + sum(held.values()) == (true[-1] - true[0]) * 10


HOME = MeterRegister(
    REGISTER, UUID(int=2), "EML1", Element.SINGLE, False, KINDS["B1.w"], LONDON, 100, START, None
)  # fmt: skip


def taken(parts: Iterable[Sequence[tuple[int, int]]]) -> dict[datetime, int]:
    """The half hours of a file that arrives in these parts, one after the other, in 1/10,000 kWh."""
    held: dict[datetime, int] = {}
    stored: dict[datetime, int] = {}
    for part in filter(None, parts):
        counts = {
            instant(number): Value(FileLine("f", number), "EML1", None, "import", instant(number), wh * 10, True)
            for number, wh in part
        }
        half_hours, _ = half_hours_of(HOME, counts, stored)
        held = {each.at: each.energy for each in half_hours} | held
        stored = {each.at: each.energy for each in edges(HOME, counts, stored)} | stored
    return held


@given(disturbed(), st.integers(0, 60))
def test_file_cut_between_good_counts_gives_what_it_gives_whole_in_either_order(
    counts: tuple[list[int], list[int]], cut: int
) -> None:
    true, said = counts
    assume(said[max(cut - 2, 0) : cut + 2] == true[max(cut - 2, 0) : cut + 2])
    rows = list(enumerate(said))
    whole = taken([rows])
    assert taken([rows[:cut], rows[cut:]]) == whole
    assert taken([rows[cut:], rows[:cut]]) == whole
    assert taken([rows[::-1]]) == taken([rows, rows]) == whole


@given(disturbed(), st.integers(0, 60))
def test_file_cut_anywhere_invents_nothing_where_counts_are_wrong_beyond_the_fuse(
    counts: tuple[list[int], list[int]], cut: int
) -> None:
    true, said = counts
    far = [own if abs(each - own) <= 12_650 * len(said) else each for each, own in zip(said, true, strict=True)]
    rows = list(enumerate(far))
    whole = taken([rows])
    for parts in ([rows[:cut], rows[cut:]], [rows[cut:], rows[:cut]]):
        assert taken(parts) == whole
    own = {instant(number): (after - before) * 10 for number, (before, after) in enumerate(pairwise(true))}
    assert whole.items() <= own.items()


@given(st.lists(st.integers(0, ROLL_OVER - 1) | st.integers(0, 40_000), min_size=2, max_size=60))
def test_whatever_counts_come_no_half_hour_is_more_than_the_fuse_lets_through(counts: list[int]) -> None:
    assert all(wh is None or 0 <= wh <= 12_650 for wh in wh_of(derived(counts), len(counts) - 1))


def test_read_that_is_wrong_makes_no_estimate_of_all_that_was_ever_counted() -> None:
    counts = believed([Count(instant(at), wh * 10) for at, wh in ((0, FIRST), (3, 0), (6, 7_000_600))], METER)
    missing = {instant(number) for number in range(6)}
    assert split_at_counts(missing, counts, {}, METER.roll_over, METER.most) == [Span(tuple(sorted(missing)), 6_000)]


def test_gap_holds_no_more_than_the_fuse_lets_through_in_it() -> None:
    counts = [Count(instant(0), 0), Count(instant(10), 130_000)]
    held = {instant(number): 0 for number in range(1, 10)}
    assert split_at_counts({instant(0)}, counts, held, METER.roll_over, METER.most) == [Span((instant(0),), None)]
