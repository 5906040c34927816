"""Half hours from meters' logs to the table: whole, once, and without a gap that the meter could fill."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from flows_meter_sync.errors import MeterTimedOut
from flows_meter_sync.simulator.config import Faults, Hardware, MeterConfig, PowerCut, WrongCount
from flows_shared.time import HALF_HOUR, LONDON, Period, local_day
from meter_sync.community import Community
from meter_sync.conftest import MakeCommunity, at
from waiting import until

NOW = at("2026-11-03T10:40")
SINCE = at("2026-11-01T00:00")
END = at("2026-11-03T10:30")


def measured(
    lab: Community, serial: str, start: datetime, end: datetime, element: str = "SINGLE", exported: bool = False
) -> dict[datetime, Decimal]:
    """What the simulated meter itself says that it measured, in kWh."""
    found = lab.meter(serial).half_hours(start, end)
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    return {
        epoch + timedelta(seconds=each.start): Decimal(each.export_wh if exported else each.import_wh) / 1000
        for each in found
        if each.element == element
    }


async def days(lab: Community) -> list[tuple[Any, ...]]:
    query = "SELECT register_id, day, kwh, intervals FROM flows.register_interval_daily ORDER BY register_id, day"
    return [tuple(row) for row in await lab.fetch(query)]


async def summed(lab: Community) -> list[tuple[Any, ...]]:
    query = """SELECT register_id, (timestamp AT TIME ZONE 'Europe/London')::date AS day, sum(kwh), count(*)
                 FROM flows.register_interval_hh GROUP BY 1, 2 ORDER BY 1, 2"""
    return [tuple(row) for row in await lab.fetch(query)]


def latest(month: int) -> date:
    """The last Sunday of a month, of the last one that is over: when the clocks change."""
    today = datetime.now(UTC).date()
    year = today.year if today > date(today.year, month, 31) else today.year - 1
    return max(day for day in (date(year, month, number) for number in range(25, 32)) if day.weekday() == 6)


@pytest.mark.parametrize("hardware", [Hardware.EMA1W, Hardware.B1W, Hardware.P1AX, Hardware.P1CX])
async def test_imports_are_stored_as_the_meter_measured_them(community: MakeCommunity, hardware: Hardware) -> None:
    lab = await community(MeterConfig("EML1", hardware=hardware), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    assert await lab.half_hours("EML1") == measured(lab, "EML1", SINCE, END)
    assert await days(lab) == await summed(lab)


async def test_both_elements_of_a_twin_element_meter(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", hardware=Hardware.C1W), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    for element in ("A", "B"):
        assert await lab.half_hours("EML1", element) == measured(lab, "EML1", SINCE, END, element)


async def test_solar_meters_half_hours_are_what_they_send_out(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", nature="solar"), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    stored = await lab.half_hours("EML1")
    assert stored == measured(lab, "EML1", SINCE, END, exported=True)
    assert sum(stored.values()) > 0


async def test_second_pass_stores_nothing_and_asks_for_nothing_but_the_serial(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    before, asked = await lab.half_hours("EML1"), lab.meter("EML1").counters.requests
    outcomes = await lab.sync("ProfileLog")
    assert outcomes["EML1"].readings == 0
    assert await lab.half_hours("EML1") == before
    assert lab.meter("EML1").counters.requests == asked + 1


async def test_next_pass_goes_on_from_the_last_half_hour_held(community: MakeCommunity) -> None:
    moment = NOW

    lab = await community(MeterConfig("EML1"), now=lambda: moment, since=SINCE)
    await lab.sync("ProfileLog")
    moment, asked = NOW + timedelta(hours=2), lab.meter("EML1").counters.requests
    outcomes = await lab.sync("ProfileLog")
    assert outcomes["EML1"].readings == 4
    assert lab.meter("EML1").counters.requests == asked + 1 + 2  # five counts are two pages of the log
    assert await lab.half_hours("EML1") == measured(lab, "EML1", SINCE, END + timedelta(hours=2))


async def test_gaps_are_filled_and_nothing_else_is_asked_for(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    whole, asked = await lab.half_hours("EML1"), lab.meter("EML1").counters.requests
    holes = [SINCE + number * HALF_HOUR for number in (3, 50, 51, 52)]
    await lab.execute("DELETE FROM flows.register_interval_hh WHERE timestamp = ANY($1)", holes)
    outcomes = await lab.sync("ProfileLog")
    assert outcomes["EML1"].readings == 4
    assert await lab.half_hours("EML1") == whole
    assert await days(lab) == await summed(lab)
    assert lab.meter("EML1").counters.requests == asked + 1 + 2


async def test_gaps_that_are_on_one_page_are_asked_for_at_once(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    whole, asked = await lab.half_hours("EML1"), lab.meter("EML1").counters.requests
    holes = [SINCE + number * HALF_HOUR for number in (10, 12)]
    await lab.execute("DELETE FROM flows.register_interval_hh WHERE timestamp = ANY($1)", holes)
    await lab.sync("ProfileLog")
    assert await lab.half_hours("EML1") == whole
    assert lab.meter("EML1").counters.requests == asked + 1 + 1


async def test_visit_that_lasts_long_enough_leaves_the_rest_to_the_next(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", latency_ms=20), now=NOW, since=SINCE)
    outcomes = await lab.sync("ProfileLog", visit_seconds=0.1)
    assert outcomes["EML1"].reason is None
    assert 0 < len(await lab.half_hours("EML1")) < 117
    await lab.sync("ProfileLog")
    assert await lab.half_hours("EML1") == measured(lab, "EML1", SINCE, END)


async def test_half_hours_older_than_the_setting_are_given_up(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW, since=SINCE)
    await lab.sync("ProfileLog", profile_days=1)
    assert min(await lab.half_hours("EML1")) == at("2026-11-02T11:00")


@pytest.mark.parametrize(("month", "half_hours"), [(3, 46), (10, 50)])
async def test_day_of_a_clock_change_has_all_its_half_hours(
    community: MakeCommunity, month: int, half_hours: int
) -> None:
    day = latest(month)
    period = local_day(day, LONDON)
    lab = await community(MeterConfig("EML1"), now=period.end + timedelta(hours=3), since=period.start - HALF_HOUR)
    await lab.sync("ProfileLog")
    stored = await lab.half_hours("EML1")
    assert stored == measured(lab, "EML1", period.start - HALF_HOUR, period.end + timedelta(hours=3))
    [row] = await lab.fetch("SELECT kwh, intervals FROM flows.register_interval_daily WHERE day = $1", day)
    assert row["intervals"] == half_hours == len(list(period.half_hours()))
    assert row["kwh"] == sum(kwh for start, kwh in stored.items() if start in period)


async def test_records_without_valid_data_are_no_reading_and_their_reason_is_kept(community: MakeCommunity) -> None:
    cut = PowerCut(at("2026-11-02T03:10"), at("2026-11-02T05:10"))
    lab = await community(MeterConfig("EML1", power_cuts=(cut,)), now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    # The counts at 03:30 to 05:00 are not valid, so neither is a half hour that begins or ends there.
    missing = set(Period(at("2026-11-02T03:00"), at("2026-11-02T05:30")).half_hours())
    assert set(Period(SINCE, END).half_hours()) - set(await lab.half_hours("EML1")) == missing
    reasons = await lab.fetch("SELECT timestamp, reason FROM flows.register_interval_missing_reasons")
    assert {row["timestamp"]: row["reason"] for row in reasons} == dict.fromkeys(missing, "no valid data: power fail")
    counts = await lab.fetch("SELECT timestamp, kwh FROM flows.register_counts ORDER BY timestamp")
    assert [row["timestamp"] for row in counts] == [at("2026-11-02T03:00"), at("2026-11-02T05:30")]
    in_between = sum(measured(lab, "EML1", at("2026-11-02T03:00"), at("2026-11-02T05:30")).values())
    assert counts[1]["kwh"] - counts[0]["kwh"] == in_between


@pytest.mark.parametrize("hardware", [Hardware.EMA1W, Hardware.P1AX])
async def test_log_that_begins_after_the_register_gives_what_it_has(
    community: MakeCommunity, hardware: Hardware
) -> None:
    installed = MeterConfig("EML1", hardware=hardware, installed_on=date(2026, 11, 2))
    lab = await community(installed, now=NOW, since=at("2026-10-31T00:00"))
    await lab.sync("ProfileLog")
    assert await lab.half_hours("EML1") == measured(lab, "EML1", at("2026-11-02T00:00"), END)
    if hardware is Hardware.P1AX:  # it says where it begins: nothing is asked in between
        assert lab.meter("EML1").counters.requests == 1 + 1 + 9


async def reasons(lab: Community) -> dict[datetime, tuple[str, int]]:
    rows = await lab.fetch("SELECT timestamp, reason, tries FROM flows.register_interval_missing_reasons")
    return {row["timestamp"]: (row["reason"], row["tries"]) for row in rows}


async def test_half_hours_without_valid_data_are_asked_for_a_few_times_and_again_by_hand(
    community: MakeCommunity,
) -> None:
    cut = PowerCut(at("2026-11-02T03:10"), at("2026-11-02T05:10"))
    lab = await community(MeterConfig("EML1", power_cuts=(cut,)), now=NOW, since=SINCE)
    meter, missing = lab.meter("EML1"), Period(at("2026-11-02T03:00"), at("2026-11-02T05:30"))
    for _ in range(3):
        await lab.sync("ProfileLog", missing_tries=3)
    assert await reasons(lab) == dict.fromkeys(missing.half_hours(), ("no valid data: power fail", 3))
    asked = meter.counters.requests
    await lab.sync("ProfileLog", missing_tries=3)
    assert meter.counters.requests == asked + 1  # the serial, and nothing else
    async with lab.fleet(missing_tries=3) as fleet:
        await fleet.sync([lab.ids["EML1"]], ["SyncerProfileLog"], by_hand=True)
    assert meter.counters.requests > asked + 2
    assert await reasons(lab) == dict.fromkeys(missing.half_hours(), ("no valid data: power fail", 4))
    query = "SELECT missing FROM flows.register_interval_hh_missing WHERE date = '2026-11-02'"
    assert [row["missing"] for row in await lab.fetch(query)] == [5]  # given up, and missing all the same


@pytest.mark.parametrize("hardware", [Hardware.EMA1W, Hardware.P1AX])
async def test_half_hours_from_before_the_log_are_given_up_with_the_reason(
    community: MakeCommunity, hardware: Hardware
) -> None:
    installed = MeterConfig("EML1", hardware=hardware, installed_on=date(2026, 11, 2))
    lab = await community(installed, now=NOW, since=at("2026-11-01T00:00"))
    for _ in range(2):
        await lab.sync("ProfileLog", missing_tries=2)
    kept = await reasons(lab)
    assert set(kept) == set(Period(at("2026-11-01T00:00"), at("2026-11-02T00:00")).half_hours())
    assert {tries for _, tries in kept.values()} == {2}
    assert {reason for reason, _ in kept.values()} <= {
        "the meter's log does not go back so far",
        "the meter's log has no record of it",
    }
    asked = lab.meter("EML1").counters.requests
    await lab.sync("ProfileLog", missing_tries=2)
    assert lab.meter("EML1").counters.requests == asked + 1


async def test_newest_half_hours_of_a_slow_clock_are_waited_for(community: MakeCommunity) -> None:
    moment = NOW
    slow = MeterConfig("EML1", clock_drift_seconds=-3 * 3600, logs_follow_clock=True)
    lab = await community(slow, now=lambda: moment, since=SINCE)
    for _ in range(3):
        await lab.sync("ProfileLog", missing_tries=1)
    assert max(await lab.half_hours("EML1")) == at("2026-11-03T07:00")
    moment = NOW + timedelta(hours=3)
    await lab.sync("ProfileLog", missing_tries=1)
    assert max(await lab.half_hours("EML1")) == at("2026-11-03T10:00")
    assert await reasons(lab) == {}


async def test_reading_that_comes_after_all_is_taken_and_its_reason_goes(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW, since=SINCE)
    hole = SINCE + 50 * HALF_HOUR
    await lab.sync("ProfileLog")
    await lab.execute("DELETE FROM flows.register_interval_hh WHERE timestamp = $1", hole)
    await lab.execute(
        """INSERT INTO flows.register_interval_missing_reasons (register_id, timestamp, reason, tries)
           VALUES ($1, $2, 'no valid data', 5)""",
        lab.registers["EML1", "SINGLE"],
        hole,
    )
    await lab.sync("ProfileLog")
    assert hole not in await lab.half_hours("EML1")
    async with lab.fleet() as fleet:
        await fleet.sync([lab.ids["EML1"]], ["SyncerProfileLog"], by_hand=True)
    assert await lab.half_hours("EML1") == measured(lab, "EML1", SINCE, END)
    assert await reasons(lab) == {}


async def test_what_came_before_a_meter_failed_is_kept_and_the_next_pass_goes_on(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", latency_ms=2), now=NOW, since=SINCE)
    meter = lab.meter("EML1")

    async def half_way() -> bool:
        return meter.counters.requests > 10

    syncing = asyncio.create_task(lab.sync("ProfileLog", attempts=2, read_timeout_seconds=0.3))
    await until(half_way)
    meter.faults = Faults(drop=1)
    assert isinstance((await syncing)["EML1"].failure, MeterTimedOut)
    partly = await lab.half_hours("EML1")
    assert 30 < len(partly) < 117
    meter.faults = Faults()
    await lab.sync("ProfileLog")
    whole = await lab.half_hours("EML1")
    assert whole == measured(lab, "EML1", SINCE, END)
    assert partly.items() <= whole.items()
    assert await days(lab) == await summed(lab)


@pytest.mark.parametrize("hardware", [Hardware.EMA1W, Hardware.P1AX])
@pytest.mark.parametrize("wrong", [0, 6_900_000, 4_294_967_295, 9_000_000])
async def test_count_that_is_wrong_leaves_its_two_half_hours_open_with_their_energy_known(
    community: MakeCommunity, hardware: Hardware, wrong: int
) -> None:
    at_three = at("2026-11-02T03:00")
    config = MeterConfig(
        "EML1", hardware=hardware, installed_on=date(2026, 10, 31), first_wh=7_000_000,
        wrong_counts=(WrongCount(at_three, wrong),),
    )  # fmt: skip
    lab = await community(config, now=NOW, since=SINCE)
    await lab.sync("ProfileLog")
    truth = measured(lab, "EML1", SINCE, END)
    around = [at_three - HALF_HOUR, at_three]
    assert await lab.half_hours("EML1") == {start: kwh for start, kwh in truth.items() if start not in around}
    assert {start: tries for start, (_, tries) in (await reasons(lab)).items()} == dict.fromkeys(around, 1)
    counts = await lab.fetch("SELECT timestamp, kwh FROM flows.register_counts ORDER BY timestamp")
    assert [row["timestamp"] for row in counts] == [at_three - HALF_HOUR, at_three + HALF_HOUR]
    assert counts[1]["kwh"] - counts[0]["kwh"] == truth[around[0]] + truth[around[1]]


async def test_wrong_count_that_is_the_newest_is_judged_with_the_next_visit(community: MakeCommunity) -> None:
    moment, newest = NOW, at("2026-11-03T10:30")
    config = MeterConfig(
        "EML1", installed_on=date(2026, 10, 31), first_wh=7_000_000, wrong_counts=(WrongCount(newest, 0),)
    )
    lab = await community(config, now=lambda: moment, since=SINCE)
    await lab.sync("ProfileLog")
    moment = NOW + timedelta(hours=2)
    await lab.sync("ProfileLog")
    truth = measured(lab, "EML1", SINCE, END + timedelta(hours=2))
    assert set(truth) - set(await lab.half_hours("EML1")) == {newest - HALF_HOUR, newest}
    assert (await lab.half_hours("EML1")).items() <= truth.items()


async def test_half_hour_is_not_more_than_the_fuse_of_the_service_head_lets_through(community: MakeCommunity) -> None:
    # 7 kWh in half an hour: 60 A at 253 V let 7.59 kWh through, 50 A 6.325 kWh.
    at_three = at("2026-11-02T03:00")
    begin = Period(at_three, at_three + 2 * HALF_HOUR)
    later = [WrongCount(start + HALF_HOUR, 7_000 * (number + 1)) for number, start in enumerate(begin.half_hours())]
    config = MeterConfig("EML1", wrong_counts=(WrongCount(at_three, 0), *later))
    lab = await community(config, now=NOW, since=SINCE)
    await lab.execute(
        """WITH feeder AS (INSERT INTO flows.feeder_registry (name, esco)
                           SELECT 'F1', id FROM flows.escos RETURNING id),
                head AS (INSERT INTO flows.service_head_registry (name, feeder, fuse_rating)
                         SELECT 'H1', id, 50 FROM feeder RETURNING id)
           INSERT INTO flows.service_head_meter (service_head, meter)
           SELECT head.id, $1 FROM head""",
        lab.ids["EML1"],
    )
    await lab.sync("ProfileLog")
    assert not set(begin.half_hours()) & set(await lab.half_hours("EML1"))
    await lab.execute("UPDATE flows.service_head_registry SET fuse_rating = 60")
    await lab.sync("ProfileLog")
    held = await lab.half_hours("EML1")
    assert [held[start] for start in begin.half_hours()] == [Decimal(7), Decimal(7)]
