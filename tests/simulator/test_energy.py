"""What a meter measures: like a home, the same every time, and the same in every place it is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.emop import units
from flows_meter_sync.simulator import Hardware, MeterConfig, PowerCut, SimulatedMeter
from flows_meter_sync.simulator.elements import elements_of
from flows_meter_sync.simulator.energy import Element, Register
from flows_meter_sync.simulator.noise import noise

NOW = datetime(2026, 10, 14, 12, 10, tzinfo=UTC)
JULY, JANUARY = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
KINDS = [
    MeterConfig("EML2100000001"),
    MeterConfig("EML2100000002", Hardware.C1W),
    MeterConfig("EML2100000003", nature="solar"),
    MeterConfig("EML2100000004", Hardware.P1CX),
]
SECONDS = st.integers(
    units.seconds(datetime(2023, 12, 31, tzinfo=UTC)), units.seconds(datetime(2028, 1, 2, tzinfo=UTC))
)


def meter(config: MeterConfig) -> SimulatedMeter:
    return SimulatedMeter(config, lambda: NOW)


def registers(config: MeterConfig) -> list[Register]:
    return [register for element in elements_of(config) for register in (element.imported, element.exported)]


def kwh(config: MeterConfig, start: datetime, days: int, element: str = "SINGLE", exported: bool = False) -> float:
    halves = meter(config).half_hours(start, start + timedelta(days=days))
    return sum(half.export_wh if exported else half.import_wh for half in halves if half.element == element) / 1000


@given(config=st.sampled_from(KINDS), second=SECONDS, later=st.integers(0, 7200))
def test_register_never_runs_backwards(config: MeterConfig, second: int, later: int) -> None:
    for register in registers(config):
        assert 0 <= register.wh(second) <= register.wh(second + later)


@given(config=st.sampled_from(KINDS), second=SECONDS)
def test_register_between_half_hours_lies_between_what_the_log_says(config: MeterConfig, second: int) -> None:
    start = second // 1800 * 1800
    for register in registers(config):
        assert register.wh(start) <= register.wh(second) <= register.wh(start + 1800)


@pytest.mark.parametrize("config", KINDS, ids=lambda config: f"{config.hardware} {config.nature}")
def test_half_hours_add_up_to_the_advance_of_the_register(config: MeterConfig) -> None:
    start, end = JANUARY - timedelta(days=3), JANUARY + timedelta(days=30)  # over the end of a year
    halves = meter(config).half_hours(start, end)
    assert len(halves) == 33 * 48 * len(elements_of(config))
    for element in elements_of(config):
        mine = [half for half in halves if half.element == element.name]
        assert sum(half.import_wh for half in mine) == advance(element, start, end, "imported")
        assert sum(half.export_wh for half in mine) == advance(element, start, end, "exported")


def advance(element: Element, start: datetime, end: datetime, direction: str) -> int:
    register: Register = getattr(element, direction)
    return register.wh(units.seconds(end)) - register.wh(units.seconds(start))


def test_year_of_a_home_is_what_it_is_told_to_be() -> None:
    config = MeterConfig("EML2100000001", kwh_a_year=3_000)
    year = kwh(config, datetime(2025, 1, 1, tzinfo=UTC), 365)
    assert year == pytest.approx(3_000, rel=0.01)


def test_home_uses_more_in_the_evening_than_at_night_and_more_in_winter() -> None:
    config = KINDS[0]
    days = [JULY + timedelta(days=day) for day in range(14)]
    halves = [half for day in days for half in meter(config).half_hours(day, day + timedelta(days=1))]
    hours: dict[int, int] = {}
    for half in halves:
        hour = units.instant(half.start).hour
        hours[hour] = hours.get(hour, 0) + half.import_wh
    assert hours[18] + hours[19] > 1.4 * (hours[2] + hours[3])
    assert kwh(config, JANUARY, 14) > 1.1 * kwh(config, JULY, 14)


def test_half_hours_differ_as_they_do_in_a_home() -> None:
    day = meter(KINDS[0]).half_hours(JULY, JULY + timedelta(days=1))
    assert len({half.import_wh for half in day}) > 30


def test_heat_is_element_b_and_needs_far_more_in_winter() -> None:
    assert kwh(KINDS[1], JANUARY, 14, element="B") > 3 * kwh(KINDS[1], JULY, 14, element="B")


def test_sun_shines_by_day_more_in_summer_and_not_the_same_every_day() -> None:
    config = KINDS[2]
    halves = meter(config).half_hours(JULY, JULY + timedelta(days=1))
    night = [half for half in halves if units.instant(half.start).hour in (23, 0, 1, 2)]
    assert sum(half.export_wh for half in night) == 0
    assert kwh(config, JULY, 14, exported=True) > 4 * kwh(config, JANUARY, 14, exported=True)
    days = [kwh(config, JULY + timedelta(days=day), 1, exported=True) for day in range(14)]
    assert max(days) > 2 * min(days)
    assert kwh(config, datetime(2025, 1, 1, tzinfo=UTC), 365) < 20  # the inverter's own use


def test_homes_differ_and_each_is_always_the_same() -> None:
    week = timedelta(days=7)
    days = {serial: tuple(meter(MeterConfig(serial)).half_hours(JULY, JULY + week)) for serial in ("EML1", "EML2")}
    assert days["EML1"] != days["EML2"]
    assert days["EML1"] == tuple(meter(MeterConfig("EML1")).half_hours(JULY, JULY + week))
    assert days["EML1"] != tuple(meter(MeterConfig("EML1", seed=1)).half_hours(JULY, JULY + week))


def test_register_starts_at_nothing_when_the_meter_is_installed() -> None:
    config = MeterConfig("EML1", installed_on=JULY.date())
    assert kwh(config, JULY - timedelta(days=3), 3) == 0
    assert kwh(config, JULY, 1) > 1


def test_power_cut_counts_nothing_and_leaves_the_rest_as_it_was() -> None:
    cut = PowerCut(JULY + timedelta(hours=5, minutes=10), JULY + timedelta(hours=9))
    whole = meter(KINDS[0]).half_hours(JULY, JULY + timedelta(days=1))
    dark = meter(MeterConfig("EML2100000001", power_cuts=(cut,))).half_hours(JULY, JULY + timedelta(days=1))
    assert dark[:10] == whole[:10]
    assert dark[18:] == whole[18:]
    assert 0 < dark[10].import_wh < whole[10].import_wh
    assert {half.import_wh for half in dark[11:18]} == {0}


@given(seed=st.integers(0, 2**40), number=st.integers(0, 2**32))
def test_noise_is_a_share_and_the_same_for_the_same_seed(seed: int, number: int) -> None:
    assert 0 <= noise(seed, number) < 1
    assert noise(seed, number) == noise(seed, number)


def test_noise_is_spread_evenly() -> None:
    drawn = [noise(7, number) for number in range(10_000)]
    assert sum(drawn) / 10_000 == pytest.approx(0.5, abs=0.02)
    assert sum(share < 0.1 for share in drawn) == pytest.approx(1_000, abs=120)
