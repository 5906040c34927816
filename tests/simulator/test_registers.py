"""Registers that are reset, roll over, are exchanged with their meter, or count the wrong way round."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.emop import (
    intervals,
    objects,
    read,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    units,
    write,
)
from flows_meter_sync.simulator import Hardware, MeterConfig, SimulatedMeter, Simulator, exchanged
from simulator.client import ask, connected
from simulator.conftest import Clock, Simulate

SERIAL = "EML2100000001"
HOME = MeterConfig(SERIAL, Hardware.C1W)
HALF_HOUR = timedelta(minutes=30)
START = datetime(2026, 10, 13, 22, tzinfo=UTC)
ROLLS_OVER = 2**32


def energy(simulator: Simulator, serial: str, start: datetime, count: int, element: str = "A") -> list[int]:
    halves = simulator.meters[serial].half_hours(start, start + count * HALF_HOUR)
    return [half.import_wh for half in halves if half.element == element]


async def logged(simulator: Simulator, request: Any, serial: str = SERIAL) -> list[Any]:
    async with connected(simulator.place(serial)) as client:
        return [entry for number in (0, 4) for entry in await client.ask(request(START + number * HALF_HOUR))]


async def shown_at(simulator: Simulator, clock: Clock, at: datetime) -> int:
    clock.now = at
    return (await ask(simulator.place(SERIAL), read(objects.READING_A))).import_active


async def test_register_that_is_reset_counts_from_0_and_the_log_says_so(simulate: Simulate, clock: Clock) -> None:
    reset = START + timedelta(minutes=40)
    simulator = await simulate(replace(HOME, register_resets=(reset,)))
    entries = await logged(simulator, read_profile_log_1)
    assert [entry.status.reset for entry in entries[:4]] == [False, False, True, False]
    counts = [entry.import_a for entry in entries]
    assert 0 < counts[2] < energy(simulator, SERIAL, START + HALF_HOUR, 1)[0] < counts[1]
    advances = [after - before for before, after in pairwise(counts[2:])]
    assert advances == energy(simulator, SERIAL, START + 2 * HALF_HOUR, len(advances))  # the home goes on as ever
    assert await shown_at(simulator, clock, reset) == 0


async def test_register_near_its_end_rolls_over(simulate: Simulate, clock: Clock) -> None:
    fresh = await simulate(replace(HOME, serial="EML1", home=SERIAL))
    used = (await ask(fresh.place("EML1"), read(objects.READING_A))).import_active
    first = ROLLS_OVER - used + 100  # 100 Wh ago
    simulator = await simulate(replace(HOME, first_wh=first))
    assert await shown_at(simulator, clock, clock.now) == 100
    assert await shown_at(simulator, clock, clock.now - timedelta(days=1)) > ROLLS_OVER - 20_000
    counts = [entry.import_a for entry in await logged(simulator, read_profile_log_1)]
    advances = [(after - before) % ROLLS_OVER for before, after in pairwise(counts)]
    assert advances == energy(simulator, SERIAL, START, len(advances))


async def test_three_phase_register_of_tenths_rolls_over_ten_times_as_soon(simulate: Simulate) -> None:
    config = MeterConfig(SERIAL, Hardware.P1CX, first_wh=ROLLS_OVER // 10)
    simulator = await simulate(config)
    total = await ask(simulator.place(SERIAL), read(objects.TOTAL_ACTIVE_IMPORT))
    counted = simulator.meters[SERIAL].state.elements[0].imported.wh(units.seconds(Clock().now))
    assert total == (counted + ROLLS_OVER // 10) * 10 % ROLLS_OVER
    (block,) = intervals.join([await ask(simulator.place(SERIAL), read_intervals(START, START + timedelta(hours=4)))])
    counts = [interval.channel_data[0] for _, interval in block.timed()]
    assert [(after - before) // 10 for before, after in pairwise(counts)] == energy(
        simulator, SERIAL, START, len(counts) - 1, "SINGLE"
    )


async def test_new_meter_measures_what_the_old_one_would_have(simulate: Simulate, clock: Clock) -> None:
    on = date(2026, 10, 12)
    old, new = exchanged(HOME, "EML2200000001", on)
    simulator = await simulate(old, new)
    alone = SimulatedMeter(HOME, clock)
    midnight = datetime(2026, 10, 12, tzinfo=UTC)
    before, after = midnight - timedelta(days=2), midnight + timedelta(days=2)

    def halves(meter: SimulatedMeter, start: datetime, end: datetime) -> list[int]:
        return [half.import_wh for half in meter.half_hours(start, end) if half.element == "A"]

    assert halves(simulator.meters[SERIAL], before, midnight) == halves(alone, before, midnight)
    assert sum(halves(simulator.meters[SERIAL], midnight, after)) == 0
    measured = halves(simulator.meters["EML2200000001"], midnight, after)
    assert sum(halves(simulator.meters["EML2200000001"], before, midnight)) == 0
    assert measured == pytest.approx(halves(alone, midnight, after), abs=1)  # registers count whole Wh
    assert await ask(simulator.place("EML2200000001"), read(objects.SERIAL)) == "EML2200000001"
    with pytest.raises((EOFError, ConnectionError)):
        await ask(simulator.place(SERIAL), read(objects.SERIAL))
    clock.now = midnight
    assert (await ask(simulator.place("EML2200000001"), read(objects.READING_A))).import_active == 0


async def test_meter_the_wrong_way_round_exports_what_it_should_import(simulate: Simulate) -> None:
    config = replace(HOME, hardware=Hardware.EMA1W)
    simulator = await simulate(config, replace(config, serial="EML1", home=SERIAL, reversed=True))
    right = [entry.import_a for entry in await logged(simulator, read_profile_log_1)]
    assert {entry.import_a for entry in await logged(simulator, read_profile_log_1, "EML1")} == {0}
    wrong = await ask(simulator.place("EML1"), read_profile_log_2(START))
    assert [entry.active_export_a for entry in wrong] == right[:3]


@given(
    first=st.integers(0, ROLLS_OVER - 1), resets=st.lists(st.integers(0, 50_000), max_size=3), at=st.integers(0, 50_000)
)
def test_shown_value_is_the_energy_since_the_last_reset(first: int, resets: list[int], at: int) -> None:
    start = units.seconds(START)
    config = replace(HOME, first_wh=first, register_resets=tuple(units.instant(start + reset) for reset in resets))
    register = SimulatedMeter(config, Clock()).state.elements[0].imported
    past = [reset for reset in resets if reset <= at]
    since = register.wh(start + max(past)) if past else -first
    assert register.shown(start + at) == (register.wh(start + at) - since) % ROLLS_OVER


def test_meter_cannot_be_removed_before_it_was_installed() -> None:
    with pytest.raises(ValueError, match="removed after it was installed"):
        MeterConfig(SERIAL, removed_on=date(2024, 1, 1))
    with pytest.raises(ValueError, match="no time zone"):
        MeterConfig(SERIAL, register_resets=(datetime(2026, 1, 1),))  # noqa: DTZ001


async def test_log_that_follows_a_clock_skips_what_the_clock_was_put_past(simulate: Simulate, clock: Clock) -> None:
    clock.now = START.replace(hour=12, minute=20)
    slow = replace(HOME, clock_drift_seconds=-40 * 60, logs_follow_clock=True)
    simulator = await simulate(slow)
    place, noon = simulator.place(SERIAL), START.replace(hour=12)
    shown = await ask(place, read_profile_log_1(noon - HALF_HOUR))
    assert [(entry.at, entry.status.valid_data) for entry in shown] == [(noon - HALF_HOUR, True)]
    true = SimulatedMeter(HOME, clock).state.elements[0].imported
    assert shown[0].import_a == true.shown(units.seconds(noon + timedelta(minutes=10)))  # then it showed 11:30
    await ask(place, write(objects.CLOCK, clock.now))
    clock.forward(minutes=20)
    entries = await ask(place, read_profile_log_1(noon - HALF_HOUR))
    assert [entry.status.valid_data for entry in entries] == [True, False, True]
    assert [entry.status.major_time_error for entry in entries] == [False, True, False]
    assert entries[2].import_a == true.shown(units.seconds(noon + HALF_HOUR))


@pytest.mark.parametrize("hardware", [Hardware.C1W, Hardware.P1AX])
@given(sets=st.lists(st.tuples(st.integers(1, 5 * 3600), st.integers(-9000, 9000)), max_size=5))
def test_valid_record_was_taken_when_the_clock_showed_its_time(hardware: Hardware, sets: list[tuple[int, int]]) -> None:
    clock = Clock()
    clock.now = START
    meter = SimulatedMeter(replace(HOME, hardware=hardware, logs_follow_clock=True), clock)
    start = units.seconds(START)
    drifts = [(0, 0)]  # from which second on it is so far off
    for wait, drift in sets:
        clock.forward(seconds=wait)
        meter.clock_drift_seconds = drift
        drifts.append((units.seconds(clock.now), drift))
    clock.forward(hours=3)
    now = units.seconds(clock.now)
    if hardware is Hardware.P1AX:
        (block,) = meter.logs.intervals(intervals.TOTALS, start, now + 9999, now)
        taken = {units.seconds(at): row.channel_data[0] for at, row in block.timed() if row.status.valid_data}
    else:
        entries = [entry for stamp in range(start, now, 4 * 1800) for entry in meter.logs.profile_1(stamp, now)]
        taken = {entry.timestamp: entry.import_a for entry in entries if entry.status.valid_data}
    assert taken
    shows = meter.state.elements[0].imported.shown
    ends = [*(since for since, _ in drifts[1:]), now + 1]
    for stamp, count in taken.items():
        times = [
            stamp - drift for (since, drift), end in zip(drifts, ends, strict=True) if since <= stamp - drift < end
        ]
        assert count in map(shows, times)
