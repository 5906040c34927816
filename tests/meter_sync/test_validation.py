"""What looks wrong is flagged, by rule, and is well again when it is mended."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from flows_meter_sync.counter import Count
from flows_meter_sync.readings.validate import validate_readings
from flows_meter_sync.settings import ReadingsSettings
from flows_meter_sync.validation.rules import Limits, RegisterReadings, check
from flows_shared.time import HALF_HOUR, Period
from meter_sync.readings import MONDAY, Home, instant

LIMITS = Limits(amperes=60, phases=1, spike_factor=5, spike_least=20_000, tolerance=100)
TUESDAY = datetime(2026, 1, 6, tzinfo=UTC)
DAY = Period(TUESDAY, TUESDAY + timedelta(days=1))


def rules(held: dict[datetime, int], *counts: Count, limits: Limits = LIMITS) -> list[tuple[datetime, str]]:
    return [(flag.timestamp, flag.rule) for flag in check(RegisterReadings(DAY, held, counts, limits))]


def test_60_amperes_let_through_at_most_6_9_kwh_in_half_an_hour() -> None:
    assert rules({TUESDAY: 69_000}) == []
    assert rules({TUESDAY: 69_001}) == [(TUESDAY, "above_fuse")]
    assert rules({TUESDAY: 69_001}, limits=Limits(60, 3, 5, 20_000, 100)) == []


def test_negative_value_is_flagged() -> None:
    assert rules({TUESDAY: -1}) == [(TUESDAY, "negative")]


def test_spike_is_many_times_the_most_of_the_weeks_before() -> None:
    quiet = {TUESDAY - number * HALF_HOUR: 5_000 for number in range(1, 48 * 5)}
    assert rules(quiet | {TUESDAY: 25_000}) == []
    assert rules(quiet | {TUESDAY: 25_001}) == [(TUESDAY, "spike")]
    assert rules({TUESDAY - HALF_HOUR: 5_000, TUESDAY: 25_001}) == []  # nobody knows yet what is usual


def test_half_hours_that_do_not_sum_to_the_registers_advance_are_flagged() -> None:
    held = {TUESDAY + number * HALF_HOUR: 1_000 for number in range(10)}
    first, last = Count(TUESDAY, 50_000), Count(TUESDAY + 10 * HALF_HOUR, 60_000)
    assert rules(held, first, last) == []
    assert rules(held | {TUESDAY: 1_101}, first, last) == [(TUESDAY, "sum_differs")]
    assert rules({at: energy for at, energy in held.items() if at != TUESDAY}, first, last) == []  # not all there


def test_count_within_a_half_hour_leaves_that_half_hour_in_doubt() -> None:
    held = {TUESDAY + number * HALF_HOUR: 1_000 for number in range(4)}
    first, last = Count(TUESDAY + HALF_HOUR / 2, 0), Count(TUESDAY + 4 * HALF_HOUR, 4_000)
    assert rules(held, first, last) == []
    assert rules(held, first, last._replace(energy=4_601)) == [(TUESDAY, "sum_differs")]


@pytest.fixture
def settings() -> ReadingsSettings:
    return ReadingsSettings(database_url=SecretStr("postgresql://unused"))


async def test_flags_are_kept_and_go_when_the_value_is_mended(home: Home, settings: ReadingsSettings) -> None:
    await home.add(instant(0), 5_000, 300_000)
    day = Period(MONDAY, MONDAY + timedelta(days=1))
    [flagged] = await validate_readings(home.own, await home.registers(), day, settings)
    assert (flagged.flag.timestamp, flagged.flag.rule) == (instant(1), "above_fuse")
    assert await home.fetch("SELECT timestamp, rule, kwh FROM flows.register_interval_flags") == [
        (instant(1), "above_fuse", Decimal(30))
    ]
    await home.execute("UPDATE flows.register_interval_hh SET kwh = 0.3 WHERE timestamp = $1", instant(1))
    assert await validate_readings(home.own, await home.registers(), day, settings) == []
    assert await home.fetch("SELECT * FROM flows.register_interval_flags") == []


async def test_limit_is_the_fuse_of_the_service_head_where_it_is_known(home: Home, settings: ReadingsSettings) -> None:
    await home.execute(
        """WITH feeder AS (INSERT INTO flows.feeder_registry (name, esco) SELECT 'F1', esco FROM flows.meter_registry
                           RETURNING id),
                head AS (INSERT INTO flows.service_head_registry (name, feeder, fuse_rating)
                         SELECT 'H1', id, 60 FROM feeder RETURNING id)
           INSERT INTO flows.service_head_meter (service_head, meter)
           SELECT head.id, meter.id FROM head, flows.meter_registry AS meter"""
    )
    await home.add(instant(0), 69_001)
    day = Period(MONDAY, MONDAY + timedelta(days=1))
    [flagged] = await validate_readings(home.own, await home.registers(), day, settings)
    assert flagged.flag.rule == "above_fuse"
