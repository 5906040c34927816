"""Estimates beside readings: marked, summed with the circuit, and gone when a reading comes, whoever brings it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.readings.estimate import Estimated, estimate_missing
from flows_shared.time import Period
from meter_sync.readings import MONDAY, Home, instant

DAY = Period(MONDAY, MONDAY + timedelta(days=1))


async def estimate(home: Home, method: Method = Method.AUTO) -> list[Estimated]:
    return await estimate_missing(home.own, await home.registers(), DAY, method)


async def gap(home: Home) -> None:
    """46 half hours of 0.1 kWh, two missing in between, and a register that advanced by 5 kWh."""
    await home.add(instant(0), *[1_000] * 10)
    await home.add(instant(12), *[1_000] * 36)
    await home.read(instant(0), "100")
    await home.read(instant(48), "105")


async def test_estimates_fill_the_gap_to_the_registers_advance_and_are_marked(home: Home) -> None:
    await gap(home)
    await estimate(home)
    values = await home.values()
    assert {at for at, (_, source) in values.items() if source == "estimated"} == {instant(10), instant(11)}
    assert len(values) == 48
    assert sum(kwh for kwh, _ in values.values()) == Decimal(5)


async def test_kept_table_and_missing_view_know_readings_only(home: Home) -> None:
    await gap(home)
    await estimate(home)
    assert await home.fetch("SELECT count(*) FROM flows.register_interval_hh") == [(46,)]
    missing = "SELECT expected, found, missing FROM flows.register_interval_hh_missing WHERE date = '2026-01-05'"
    assert await home.fetch(missing) == [(48, 46, 2)]


async def test_circuit_counts_estimates_where_there_is_no_reading(home: Home) -> None:
    await home.execute(
        """WITH circuit AS (INSERT INTO flows.circuits (type) VALUES ('power') RETURNING id)
           INSERT INTO flows.circuit_register (circuit, register, start_time) SELECT id, $1, $2 FROM circuit""",
        home.register_id,
        MONDAY,
    )
    await gap(home)
    await estimate(home)
    assert await home.fetch("SELECT sum(kwh), count(*) FROM flows.circuit_interval_hh") == [(Decimal(5), 48)]
    assert await home.fetch("SELECT kwh FROM flows.circuit_interval_daily") == [(Decimal(5),)]
    assert await home.fetch("SELECT kwh FROM flows.circuit_interval_monthly") == [(Decimal(5),)]


async def test_reading_that_a_sync_brings_takes_the_estimates_place(home: Home) -> None:
    await gap(home)
    await estimate(home)
    assert await home.add(instant(10), 1_500) == 1
    values = await home.values()
    assert values[instant(10)] == (Decimal("0.15"), "measured")
    assert (values[instant(11)][1], len(values)) == ("estimated", 48)


@pytest.mark.parametrize("conflict", ["", "ON CONFLICT DO NOTHING", "ON CONFLICT (register_id, timestamp) DO NOTHING"])
async def test_reading_that_another_client_inserts_takes_the_estimates_place(home: Home, conflict: str) -> None:
    await gap(home)
    await estimate(home)
    await home.execute(
        f"INSERT INTO flows.register_interval_hh VALUES ($1, $2, 0.15) {conflict}", home.register_id, instant(10)
    )
    assert (await home.values())[instant(10)] == (Decimal("0.15"), "measured")


async def test_estimate_never_takes_a_readings_place(home: Home) -> None:
    await gap(home)
    await estimate(home)
    await home.add(instant(10), 1_500, 2_500)
    before = await home.values()
    assert await estimate(home) == []
    assert await home.values() == before


async def test_estimating_again_changes_nothing(home: Home) -> None:
    await gap(home)
    await estimate(home)
    before = await home.values()
    await estimate(home)
    assert await home.values() == before


async def test_value_that_is_changed_is_an_edit_and_the_audit_log_tells_what_it_was(home: Home) -> None:
    await home.add(instant(0), 1_000, 2_000)
    await home.execute("UPDATE flows.register_interval_hh SET kwh = 0.3 WHERE timestamp = $1", instant(0))
    values = await home.values()
    assert [source for _, source in values.values()] == ["edited", "measured"]
    log = "SELECT before ->> 'kwh', after ->> 'kwh' FROM flows.audit_log WHERE table_name LIKE '%register_interval_hh'"
    assert await home.fetch(log) == [("0.100", "0.3")]


async def test_upsert_of_the_same_value_is_no_edit(home: Home) -> None:
    await home.add(instant(0), 1_000)
    await home.execute(
        """INSERT INTO flows.register_interval_hh VALUES ($1, $2, 0.1)
           ON CONFLICT (register_id, timestamp) DO UPDATE SET kwh = excluded.kwh""",
        home.register_id,
        instant(0),
    )
    assert (await home.values())[instant(0)][1] == "measured"


async def test_new_meters_registers_go_on_in_the_circuit_without_a_gap_or_a_double(home: Home) -> None:
    await home.execute(
        """WITH circuit AS (INSERT INTO flows.circuits (type) VALUES ('power') RETURNING id)
           INSERT INTO flows.circuit_register (circuit, register, start_time) SELECT id, $1, $2 FROM circuit""",
        home.register_id,
        MONDAY,
    )
    [(new_meter,)] = await home.fetch(
        """INSERT INTO flows.meter_registry (serial, esco) SELECT 'EML9999999', esco FROM flows.meter_registry
           RETURNING id"""
    )
    [(old_meter,)] = await home.fetch("SELECT id FROM flows.meter_registry WHERE serial = $1", home.serial)
    exchanged_at = instant(20) + timedelta(minutes=10)
    [(follower,)] = await home.fetch(
        "SELECT * FROM flows.exchange_meter($1, $2, $3)", old_meter, new_meter, exchanged_at
    )
    await home.add(instant(0), *[1_000] * 22)  # the old meter's log, read to its end
    await home.execute(
        """INSERT INTO flows.register_interval_hh
           SELECT $1, $2::timestamptz + number * interval '30 minutes', 0.1 FROM generate_series(0, 27) AS number""",
        follower,
        instant(20),
    )
    assert await home.fetch("SELECT sum(kwh), count(*), max(kwh) FROM flows.circuit_interval_hh") == [
        (Decimal("4.8"), 48, Decimal("0.1"))
    ]


async def test_read_of_nothing_makes_no_estimate_of_all_that_was_ever_counted(home: Home) -> None:
    for number, kwh in ((0, "7000"), (20, "0"), (47, "7004.7"), (48, "7004.8")):
        await home.read(instant(number), kwh)
    await estimate(home)
    assert sum(kwh for kwh, _ in (await home.values()).values()) == Decimal("4.8")


@pytest.mark.parametrize("kwh", ["NaN", "Infinity", "1e30"])
async def test_read_that_is_no_number_holds_up_no_estimate(home: Home, kwh: str) -> None:
    for number, read in ((0, "7000"), (20, kwh), (48, "7004.8")):
        await home.read_old(instant(number), read)
    await estimate(home)
    assert sum(kwh for kwh, _ in (await home.values()).values()) == Decimal("4.8")
