"""What the operational views and the list for people say of meters, registers and circuits."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from builders import Meter, insert, make_esco, make_meter
from flows_shared.db import Connection

HALF_HOUR = timedelta(minutes=30)
LAST_YEAR = datetime.now(UTC).year - 1


def last_sunday(month: int) -> date:
    """Of last year: when the clocks change, in March and October."""
    last = date(LAST_YEAR, month, monthrange(LAST_YEAR, month)[1])
    return last - timedelta(days=(last.weekday() + 1) % 7)


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo("Europe/London")).astimezone(UTC)


async def serials(tx: Connection, view: str) -> set[str]:
    return {row["serial"] for row in await tx.fetch(f"SELECT serial FROM flows.{view}")}


async def make_shadow(tx: Connection, serial: str, *, esco: UUID, prepay: bool = False, **shadow: Any) -> Meter:
    meter = await make_meter(tx, esco, serial=serial, prepay_enabled=prepay)
    for name, value in shadow.items():
        await tx.execute(f"UPDATE flows.meter_shadows SET {name} = $1 WHERE id = $2", value, meter.id)
    return meter


async def make_half_hours(tx: Connection, register: UUID, first: datetime, after: datetime, kwh: Decimal) -> None:
    """The same energy in every half hour of [first, after)."""
    await tx.execute("SELECT flows.ensure_interval_partitions($1, $2)", first.date(), after.date())
    half_hours = [first + index * HALF_HOUR for index in range((after - first) // HALF_HOUR)]
    await tx.execute(
        """INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
           SELECT $1, timestamp, $3 FROM unnest($2::timestamptz[]) AS timestamp""",
        register,
        half_hours,
        kwh,
    )


# Meters


async def test_low_balance_is_below_15_pounds_on_a_prepay_meter(tx: Connection) -> None:
    esco = await make_esco(tx)
    await make_shadow(tx, "LOW", esco=esco, prepay=True, balance=Decimal("14.99"))
    await make_shadow(tx, "NEGATIVE", esco=esco, prepay=True, balance=Decimal(-2))
    await make_shadow(tx, "ENOUGH", esco=esco, prepay=True, balance=Decimal(15))
    await make_shadow(tx, "UNREAD", esco=esco, prepay=True)
    await make_shadow(tx, "CREDIT", esco=esco, balance=Decimal(0))
    assert await serials(tx, "meters_low_balance") == {"LOW", "NEGATIVE"}


async def test_clock_drifts_from_60_seconds_in_either_direction(tx: Connection) -> None:
    esco = await make_esco(tx)
    for seconds in (-61, -60, -59, 0, 59, 60):
        await make_shadow(tx, f"OFF{seconds}", esco=esco, clock_time_diff_seconds=seconds)
    await make_shadow(tx, "UNREAD", esco=esco)
    assert await serials(tx, "meters_clock_drift") == {"OFF-61", "OFF-60", "OFF60"}


async def test_meter_is_offline_after_3_hours_and_recently_so_for_a_day(tx: Connection) -> None:
    esco, now = await make_esco(tx), await tx.fetchval("SELECT now()")
    for name, hours in (("2H59", 2.99), ("3H01", 3.01), ("23H", 23), ("25H", 25)):
        await make_shadow(tx, name, esco=esco, last_healthy_at=now - timedelta(hours=hours))
    await make_shadow(tx, "NEVER", esco=esco)
    removed = await make_shadow(tx, "REMOVED", esco=esco, last_healthy_at=now - timedelta(hours=5))
    await tx.execute("UPDATE flows.meter_registry SET installation_status = 'deleted' WHERE id = $1", removed.id)
    assert await serials(tx, "meters_offline_all") == {"3H01", "23H", "25H", "NEVER"}
    assert await serials(tx, "meters_offline_recently") == {"3H01", "23H"}


async def test_tariffs_stand_in_columns(tx: Connection) -> None:
    tariff = {
        "standing_charge": "0.50000",
        "unit_rate_element_a": "0.24567",
        "unit_rate_element_b": "0.12345",
        "prepayment_ecredit_availability": "10.00000",
        "prepayment_debt_recovery_rate": "0.25000",
        "prepayment_emergency_credit": "15.00000",
        "threshold_mask": {"rate1": False},
    }
    future = {**tariff, "unit_rate_element_a": "0.3", "activation_datetime": "2026-05-08T06:13:20+00:00"}
    await make_shadow(tx, "EML1", esco=await make_esco(tx), tariffs_active=tariff, tariffs_future=future)
    [row] = await tx.fetch("SELECT * FROM flows.meter_shadows_tariffs")
    assert (row["active_standing_charge"], row["active_unit_rate_a"]) == (Decimal("0.5"), Decimal("0.24567"))
    assert (row["active_unit_rate_b"], row["future_unit_rate_a"]) == (Decimal("0.12345"), Decimal("0.3"))
    assert (row["active_emergency_credit"], row["future_debt_recovery_rate"]) == (15, Decimal("0.25"))
    assert row["active_ecredit_availability"] == 10
    assert row["active_threshold_mask"] == {"rate1": False}
    assert row["future_activation_datetime"] == datetime(2026, 5, 8, 6, 13, 20, tzinfo=UTC)


async def test_list_for_people_is_of_a_community_or_a_feeder_in_any_case(tx: Connection) -> None:
    lab, other = await make_esco(tx, code="LAB"), await make_esco(tx)
    await make_meter(tx, other, serial="EML3")
    await make_meter(tx, lab, serial="EML2")
    fed = await make_meter(tx, lab, serial="EML1", ip_address="10.0.0.1", name="One", hardware="C1.w")
    feeder = (await insert(tx, "flows.feeder_registry", name="Feeder A", esco=lab))["id"]
    head = (await insert(tx, "flows.service_head_registry", name="Head", feeder=feeder, phase=1))["id"]
    await insert(tx, "flows.service_head_meter", service_head=head, meter=fed.id)

    async def listed(*filters: str | None) -> list[str]:
        return [row["serial"] for row in await tx.fetch("SELECT * FROM flows.get_meters_for_cli($1, $2)", *filters)]

    assert await listed(None, None) == ["EML1", "EML2", "EML3"]
    assert await listed("lab", None) == ["EML1", "EML2"]
    assert await listed(None, "feeder a") == await listed("LAB", "Feeder A") == ["EML1"]
    assert await listed("none", None) == await listed("la_", None) == []
    row = await tx.fetchrow("SELECT * FROM flows.get_meters_for_cli('lab', 'Feeder A')")
    assert dict(row or {}) == {
        **{"id": fed.id, "ip_address": "10.0.0.1", "serial": "EML1", "name": "One", "single_meter_app": False},
        **{"esco": "LAB", "csq": None, "health": "unhealthy", "hardware": "C1.w", "feeder": "Feeder A"},
    }


# Circuits


async def make_circuit(tx: Connection, *links: tuple[UUID, datetime, datetime | None]) -> UUID:
    circuit: UUID = (await insert(tx, "flows.circuits", type="power"))["id"]
    for register, start, end in links:
        await insert(tx, "flows.circuit_register", circuit=circuit, register=register, start_time=start, end_time=end)
    return circuit


async def circuit_days(tx: Connection, circuit: UUID) -> dict[date, Decimal]:
    days = "SELECT day, kwh FROM flows.circuit_interval_daily WHERE circuit_id = $1"
    return {row["day"]: row["kwh"] for row in await tx.fetch(days, circuit)}


@pytest.mark.parametrize(("month", "half_hours"), [(3, 46), (10, 50)])
async def test_day_of_a_clock_change_is_a_local_day(tx: Connection, month: int, half_hours: int) -> None:
    day, one = last_sunday(month), timedelta(days=1)
    since, until = midnight(day - one), midnight(day + 2 * one)
    meter = await make_meter(tx, await make_esco(tx), since=since)
    circuit = await make_circuit(tx, (meter.register, since, None))
    await make_half_hours(tx, meter.register, since, until, Decimal("0.1"))
    assert await circuit_days(tx, circuit) == {
        day - one: Decimal("4.8"),
        day: half_hours * Decimal("0.1"),
        day + one: Decimal("4.8"),
    }
    assert await tx.fetchval("SELECT count(*) FROM flows.circuit_interval_hh") == 96 + half_hours


async def test_month_begins_at_local_midnight(tx: Connection) -> None:
    june, july = midnight(date(LAST_YEAR, 6, 1)), midnight(date(LAST_YEAR, 7, 1))
    meter = await make_meter(tx, await make_esco(tx), since=june)
    circuit = await make_circuit(tx, (meter.register, june, None))
    await make_half_hours(tx, meter.register, july - HALF_HOUR, july, Decimal(1))
    await make_half_hours(tx, meter.register, july, july + HALF_HOUR, Decimal(20))
    months = await tx.fetch("SELECT * FROM flows.circuit_interval_monthly ORDER BY month")
    assert [tuple(row) for row in months] == [
        (circuit, date(LAST_YEAR, 6, 1), 1),
        (circuit, date(LAST_YEAR, 7, 1), 20),
    ]


async def test_circuit_sums_its_registers_while_they_belong_to_it(tx: Connection) -> None:
    day = date(LAST_YEAR, 6, 10)
    start, noon, end = midnight(day), midnight(day) + timedelta(hours=12), midnight(day + timedelta(days=1))
    meter = await make_meter(tx, await make_esco(tx), "A", "B", since=start)
    a, b = meter.registers["A"], meter.registers["B"]
    circuit = await make_circuit(tx, (a, start, noon), (b, noon, None))
    both = await make_circuit(tx, (a, start, None), (b, start, None))
    await make_half_hours(tx, a, start, end, Decimal(1))
    await make_half_hours(tx, b, start, end, Decimal(10))
    assert await circuit_days(tx, circuit) == {day: 24 * 1 + 24 * 10}
    assert await circuit_days(tx, both) == {day: 48 * 11}
    half_hours = "SELECT DISTINCT kwh FROM flows.circuit_interval_hh WHERE circuit_id = $1"
    assert {row["kwh"] for row in await tx.fetch(half_hours, circuit)} == {1, 10}
    assert {row["kwh"] for row in await tx.fetch(half_hours, both)} == {11}


async def test_circuit_counts_an_estimate_where_a_reading_is_missing(tx: Connection) -> None:
    day = date(LAST_YEAR, 6, 10)
    meter = await make_meter(tx, await make_esco(tx), since=midnight(day))
    circuit = await make_circuit(tx, (meter.register, midnight(day), None))
    await make_half_hours(tx, meter.register, midnight(day), midnight(day) + HALF_HOUR, Decimal(1))
    estimate = {"register_id": meter.register, "kwh": 2, "method": "linear"}
    await insert(tx, "flows.register_interval_estimates", timestamp=midnight(day) + HALF_HOUR, **estimate)
    assert await circuit_days(tx, circuit) == {day: 3}
    assert await tx.fetchval("SELECT kwh FROM flows.circuit_interval_monthly") == 3
    assert {row["kwh"] for row in await tx.fetch("SELECT kwh FROM flows.circuit_interval_hh")} == {1, 2}


# What is missing


async def missing(tx: Connection, view: str, since: date) -> dict[date, tuple[int, int, int]]:
    rows = await tx.fetch(f"SELECT date, expected, found, missing FROM flows.{view} WHERE date >= $1", since)
    return {row["date"]: (row["expected"], row["found"], row["missing"]) for row in rows}


@pytest.mark.parametrize(("month", "half_hours"), [(3, 46), (10, 50)])
async def test_missing_half_hours_are_those_of_the_local_day(tx: Connection, month: int, half_hours: int) -> None:
    day, one = last_sunday(month), timedelta(days=1)
    since, until = midnight(day - one) + timedelta(hours=6), midnight(day + 2 * one)
    meter = await make_meter(tx, await make_esco(tx), since=since)
    await tx.execute("UPDATE flows.meter_registers SET status = 'replaced', end_time = $1", until)
    expected = {day - one: (36, 0, 36), day: (half_hours, 0, half_hours), day + one: (48, 0, 48)}
    assert await missing(tx, "register_interval_hh_missing", day - one) == expected
    await make_half_hours(tx, meter.register, since, midnight(day) + HALF_HOUR, Decimal(1))
    expected = {day: (half_hours, 1, half_hours - 1), day + one: (48, 0, 48)}
    assert await missing(tx, "register_interval_hh_missing", day - one) == expected
    await make_half_hours(tx, meter.register, midnight(day) + HALF_HOUR, until, Decimal(1))
    assert await missing(tx, "register_interval_hh_missing", day - one) == {}


@pytest.mark.parametrize("direction", ["import", "export"])
async def test_missing_reads_are_those_of_whole_local_days(tx: Connection, direction: str) -> None:
    day, one = last_sunday(3), timedelta(days=1)
    meter = await make_meter(tx, await make_esco(tx), since=midnight(day))
    await tx.execute("UPDATE flows.meter_registers SET status = 'replaced', end_time = $1", midnight(day + 3 * one))
    read = {"register_id": meter.register, "read": 1}
    for moment in (midnight(day), midnight(day + 2 * one) - HALF_HOUR / 30):
        await insert(tx, f"flows.register_{direction}", timestamp=moment, **read)
    assert await missing(tx, f"register_{direction}_missing", day) == {day + 2 * one: (1, 0, 1)}


async def test_day_that_is_not_over_misses_nothing(tx: Connection) -> None:
    today = await tx.fetchval("SELECT (now() AT TIME ZONE 'Europe/London')::date")
    await make_meter(tx, await make_esco(tx), since=midnight(today - timedelta(days=1)))
    for view in ("register_interval_hh_missing", "register_import_missing", "register_export_missing"):
        assert set(await missing(tx, view, date.min)) == {today - timedelta(days=1)}
