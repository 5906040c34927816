"""What holds for every way to share: nothing is lost, nobody gets more than they can use, and names do not matter."""

from array import array
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeAlias
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_billing.apportion import apportion
from flows_billing.errors import SharingInvalid
from flows_billing.sharing.allocation import Metered, Readings, allocate_month
from flows_billing.sharing.methods import METHODS
from flows_billing.sharing.terms import WHOLE, Group, Member, Shares, SharingTerms
from flows_shared.time import LONDON, Month, Period
from flows_shared.vocabulary.billing import SharingMeterRole, SharingMethod

FEBRUARY = Month(2026, 2)
# By home; and what is left over.
Got: TypeAlias = tuple[dict[UUID, list[int]], list[int]]
methods = st.sampled_from(sorted(METHODS))
energies = st.one_of(st.integers(0, 20), st.integers(0, 10**7))


@st.composite
def shared(draw: st.DrawFn) -> tuple[int, list[int], Shares, int]:
    demands = draw(st.lists(energies, max_size=12))
    weights = draw(st.lists(st.integers(0, 1000), min_size=len(demands), max_size=len(demands)))
    coefficients = [WHOLE * weight // max(1, sum(weights)) for weight in weights]
    priorities = draw(st.lists(st.integers(1, 3), min_size=len(demands), max_size=len(demands)))
    return draw(energies), demands, Shares(coefficients, priorities, draw(st.booleans())), draw(st.integers(0, 1500))


@given(method=methods, asked=shared())
def test_nobody_gets_more_than_they_consume_nor_all_more_than_was_generated(
    method: SharingMethod, asked: tuple[int, list[int], Shares, int]
) -> None:
    generation, demands, shares, turn = asked
    parts = METHODS[method](generation, demands, shares, turn)
    assert len(parts) == len(demands)
    assert all(0 <= part <= demand for part, demand in zip(parts, demands, strict=True))
    assert sum(parts) <= generation


@given(method=methods, asked=shared())
def test_energy_is_surplus_only_where_nobody_could_use_it(
    method: SharingMethod, asked: tuple[int, list[int], Shares, int]
) -> None:
    generation, demands, shares, turn = asked
    total = sum(METHODS[method](generation, demands, shares, turn))
    if method != "fixed" or shares.redistribute:
        assert total == min(generation, sum(demands))


@given(units=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**8), min_size=1), turn=st.integers(0, 1500))
def test_parts_add_up_to_the_last_unit_and_differ_from_exact_by_less_than_one(
    units: int, weights: list[int], turn: int
) -> None:
    whole = sum(weights)
    if not whole:
        return
    parts = apportion(units, weights, whole, turn)
    assert sum(parts) == units
    assert all(abs(part * whole - units * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_units_that_are_left_over_go_to_equals_in_turn() -> None:
    assert [apportion(1, [1, 1, 1], 3, turn) for turn in range(3)] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def month_of(
    members: list[Member], demands: dict[UUID, list[int]], generation: list[int], method: SharingMethod
) -> Got:
    """What each home gets of the first half hours of February, and what is left of them."""
    period = FEBRUARY.period(LONDON)
    length = int(period.duration / timedelta(minutes=30))
    pad = [0] * (length - len(generation))
    terms = SharingTerms(UUID(int=8), UUID(int=7), date(2026, 1, 1), method, True, Decimal(0), Decimal(0), True)
    group = Group(UUID(int=8), "Sun Club", None, (terms,), tuple(members), ())
    homes = {home: {UUID(int=home.int + 100): array("q", [*wh, *pad])} for home, wh in demands.items()}
    meter = Metered(SharingMeterRole.GENERATION, period, array("q", [*generation, *pad]))
    found = allocate_month(group, Readings(period, homes, [meter]), FEBRUARY, LONDON)
    got = {home: series.tolist()[: len(generation)] for home, series in found.shared_by_home.items()}
    return got, [found.surplus(number) for number in range(len(generation))]


@st.composite
def months(draw: st.DrawFn) -> tuple[list[Member], dict[UUID, list[int]], list[int]]:
    homes = [UUID(int=number + 1) for number in range(draw(st.integers(1, 5)))]
    members = [Member(home, date(2026, 1, 1), None, WHOLE // len(homes), draw(st.integers(1, 2)), 0) for home in homes]
    return (
        members,
        {home: draw(st.lists(st.integers(0, 9), min_size=4, max_size=4)) for home in homes},
        draw(st.lists(st.integers(0, 30), min_size=4, max_size=4)),
    )


@given(method=methods, month=months(), mix=st.randoms(use_true_random=False))
def test_order_of_the_members_changes_nothing(
    method: SharingMethod, month: tuple[list[Member], dict[UUID, list[int]], list[int]], mix: Random
) -> None:
    members, demands, generation = month
    mixed = list(members)
    mix.shuffle(mixed)
    assert month_of(mixed, dict(reversed(demands.items())), generation, method) == month_of(
        members, demands, generation, method
    )


@given(method=methods, month=months())
def test_shared_and_surplus_are_all_that_was_generated(
    method: SharingMethod, month: tuple[list[Member], dict[UUID, list[int]], list[int]]
) -> None:
    got, left = month_of(*month, method)
    assert [sum(each) + rest for each, rest in zip(zip(*got.values(), strict=True), left, strict=True)] == month[2]


def test_terms_and_members_of_each_day_hold_for_that_day() -> None:
    here, gone = UUID(int=1), UUID(int=2)
    members = [
        Member(here, date(2026, 1, 1), None, 0, 1, 0),
        Member(gone, date(2026, 1, 1), date(2026, 1, 31), 0, 1, 0),
    ]
    got, _ = month_of(members, {here: [5], gone: [5]}, [4], SharingMethod.PROPORTIONAL)
    assert got == {here: [4]}


def test_surplus_ratios_of_more_than_all_are_refused() -> None:
    members = [Member(UUID(int=n), date(2026, 1, 1), None, 0, 1, WHOLE) for n in (1, 2)]
    with pytest.raises(SharingInvalid, match="surplus_ratio in Sun Club"):
        month_of(members, {}, [4], SharingMethod.PROPORTIONAL)


def test_places_of_a_part_of_the_month_are_its_half_hours() -> None:
    period = Period(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    readings = Readings(period, {}, [])
    day = Period(datetime(2026, 2, 2, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC))
    assert readings.places(day) == slice(48, 96)
    assert readings.places(Period(datetime(2026, 1, 1, tzinfo=UTC), period.end)) == slice(0, 28 * 48)
