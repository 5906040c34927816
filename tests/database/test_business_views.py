"""What the business views and functions say of homes, prices and payments."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from access import acting_as
from builders import Home, insert, make_account, make_customer, make_esco, make_home, make_meter
from flows_shared.db import Connection

PREPAYMENT = {
    "prepayment_emergency_credit": "15.00000",
    "prepayment_ecredit_availability": "10.00000",
    "prepayment_debt_recovery_rate": "0.00000",
}


async def today(tx: Connection) -> date:
    day: date = await tx.fetchval("SELECT (now() AT TIME ZONE 'Europe/London')::date")
    return day


async def make_price(tx: Connection, home: Home, starts_in: int, rate: str, *, own: bool = True, **more: Any) -> date:
    """The customer's or the community's price from so many days ahead; the standing charge is half a pound."""
    starts = await today(tx) + timedelta(days=starts_in)
    table, owner = ("customer_tariffs", home.customer.id) if own else ("microgrid_tariffs", home.esco)
    await insert(
        tx,
        f"public.{table}",
        **{"customer" if own else "esco": owner, "period_start": starts},
        **{"computed_unit_rate": Decimal(rate), "computed_standing_charge": Decimal("0.5"), **more},
    )
    return starts


async def hold(tx: Connection, home: Home, which: str, rate: str, starts: date | None = None, **more: str) -> None:
    """The meter says that it has this tariff."""
    tariff = {"standing_charge": "0.50000", "unit_rate_element_a": rate, "unit_rate_element_b": rate, **more}
    if starts:
        midnight = datetime.combine(starts, datetime.min.time(), ZoneInfo("Europe/London"))
        tariff["activation_datetime"] = midnight.isoformat()
    await tx.execute(f"UPDATE flows.meter_shadows SET {which} = $1 WHERE id = $2", tariff, home.meter.id)


async def missing(tx: Connection, esco: str | None = None) -> list[asyncpg.Record]:
    return await tx.fetch("SELECT * FROM public.meters_missing_future_tariffs($1)", esco)


# Future tariffs


async def test_meter_without_its_customers_next_tariff_is_missing_it(tx: Connection) -> None:
    home = await make_home(tx)
    await make_price(tx, home, -100, "0.30", own=False, debt_recovery_rate=Decimal("0.25"))
    await make_price(tx, home, -30, "0.22")
    starts = await make_price(tx, home, 30, "0.21")
    await make_price(tx, home, 60, "0.20")
    [row] = await missing(tx)
    assert (row["serial"], row["meter_id"], row["customer_id"]) == (home.meter.serial, home.meter.id, home.customer.id)
    assert (row["customer_email"], row["tariff_period_start"]) == (home.customer.email, starts)
    assert (row["customer_unit_rate"], row["customer_standing_charge"]) == (Decimal("0.21"), Decimal("0.5"))
    assert (row["emergency_credit"], row["debt_recovery_rate"]) == (15, Decimal("0.25"))
    assert row["ecredit_button_threshold"] == 10
    assert [value for name, value in row.items() if name.startswith("current_")] == [None] * 4


async def test_meter_that_holds_the_next_tariff_misses_nothing(tx: Connection) -> None:
    home = await make_home(tx)
    await make_price(tx, home, -100, "0.30", own=False)
    starts = await make_price(tx, home, 30, "0.21")
    await hold(tx, home, "tariffs_future", "0.21000", starts, **PREPAYMENT)
    assert await missing(tx) == []


@pytest.mark.parametrize(
    "other",
    [
        {"unit_rate_element_a": "0.21001"},
        {"unit_rate_element_b": "0.30000"},
        {"standing_charge": "0.49999"},
        {"prepayment_emergency_credit": "5.00000"},
        {"prepayment_ecredit_availability": "5.00000"},
        {"prepayment_debt_recovery_rate": "1.00000"},
        {"activation_datetime": "2020-01-01T00:00:00+00:00"},
    ],
    ids=lambda other: next(iter(other)),
)
async def test_meter_with_any_other_value_is_missing_the_tariff(tx: Connection, other: dict[str, str]) -> None:
    home = await make_home(tx)
    await make_price(tx, home, -100, "0.30", own=False)
    starts = await make_price(tx, home, 30, "0.21")
    await hold(tx, home, "tariffs_future", "0.21000", starts, **PREPAYMENT)
    held = await tx.fetchval("SELECT tariffs_future FROM flows.meter_shadows")
    await tx.execute("UPDATE flows.meter_shadows SET tariffs_future = $1", {**held, **other})
    [row] = await missing(tx)
    assert row["current_future_unit_rate_a"] == Decimal(other.get("unit_rate_element_a", "0.21"))


# Midnights


async def at_the_moment(tx: Connection, moment: str) -> None:
    """Let the function ask at another moment, in this transaction alone."""
    definition = await tx.fetchval("SELECT pg_get_functiondef('public.meters_missing_future_tariffs'::regproc)")
    await tx.execute(definition.replace("now()", f"'{moment}'::timestamptz"))


async def armed_at(
    tx: Connection, zone: str, starts: str, midnight: str, moment: str = "2026-02-03T10:00Z"
) -> list[date]:
    """The first days of tariffs that a meter is missing which holds one of these values, armed for this instant."""
    home = await make_home(tx, await make_esco(tx, time_zone=zone))
    for day in (starts, "2027-01-01"):
        price = {"computed_unit_rate": Decimal("0.21"), "computed_standing_charge": Decimal("0.5")}
        await insert(
            tx, "public.customer_tariffs", customer=home.customer.id, period_start=date.fromisoformat(day), **price
        )
    values = {"standing_charge": "0.50000", "unit_rate_element_a": "0.21000", "activation_datetime": midnight}
    await tx.execute("UPDATE flows.meter_shadows SET tariffs_future = $1 WHERE id = $2", values, home.meter.id)
    await at_the_moment(tx, moment)
    return [row["tariff_period_start"] for row in await missing(tx)]


@pytest.mark.parametrize(
    ("zone", "starts", "midnights"),
    [
        ("Europe/London", "2026-07-01", ("2026-06-30T23:00Z", "2026-07-01T00:00Z")),
        ("Europe/London", "2026-12-01", ("2026-12-01T00:00Z",)),
        ("Europe/London", "2026-03-29", ("2026-03-29T00:00Z",)),  # the clocks go forward an hour later
        ("Europe/London", "2026-10-25", ("2026-10-24T23:00Z", "2026-10-25T00:00Z")),
        ("Pacific/Auckland", "2026-07-01", ("2026-06-30T12:00Z", "2026-07-01T00:00Z")),
        ("America/Los_Angeles", "2026-07-01", ("2026-07-01T07:00Z", "2026-07-01T00:00Z")),
        ("Atlantic/Azores", "2026-10-25", ("2026-10-25T00:00Z", "2026-10-25T01:00Z")),  # midnight comes twice
        ("Africa/Cairo", "2026-04-24", ("2026-04-23T22:00Z", "2026-04-24T00:00Z")),  # and here not at all
    ],
)
async def test_tariff_that_is_armed_for_either_midnight_of_its_day_is_left_alone(
    tx: Connection, zone: str, starts: str, midnights: tuple[str, ...]
) -> None:
    for midnight in midnights:
        assert await armed_at(tx, zone, starts, midnight) == [], midnight
        await tx.execute("DELETE FROM public.customer_tariffs")


@pytest.mark.parametrize(
    "midnight", ["2026-06-30T00:00Z", "2026-07-02T00:00Z", "2026-07-01T01:00Z", "2026-06-30T22:00Z"]
)
async def test_tariff_that_is_armed_for_another_time_is_missing(tx: Connection, midnight: str) -> None:
    assert await armed_at(tx, "Europe/London", "2026-07-01", midnight) == [date(2026, 7, 1)]


async def test_tariff_armed_for_todays_midnight_of_utc_is_not_written_over_by_the_next(tx: Connection) -> None:
    half_past_midnight, midnight = "2026-06-30T23:30Z", "2026-07-01T00:00Z"
    assert await armed_at(tx, "Europe/London", "2026-07-01", midnight, half_past_midnight) == []


async def test_next_tariff_is_missing_once_the_one_of_today_is_active(tx: Connection) -> None:
    assert await armed_at(tx, "Europe/London", "2026-07-01", "2026-07-01T00:00Z", "2026-07-01T00:00:01Z") == [
        date(2027, 1, 1)
    ]


async def test_element_b_has_its_own_price_where_the_tariff_says_so(tx: Connection) -> None:
    home = await make_home(tx)
    starts = await make_price(tx, home, 30, "0.21", computed_unit_rate_b=Decimal("0.11"))
    prepayment = dict.fromkeys(PREPAYMENT, "0.00000")
    await hold(tx, home, "tariffs_future", "0.21000", starts, **prepayment)
    [row] = await missing(tx)
    assert (row["customer_unit_rate"], row["customer_unit_rate_b"]) == (Decimal("0.21"), Decimal("0.11"))
    await hold(tx, home, "tariffs_future", "0.21000", starts, **{"unit_rate_element_b": "0.11000", **prepayment})
    assert await missing(tx) == []


async def test_customer_without_a_price_of_their_own_gets_the_communitys_next(tx: Connection) -> None:
    home = await make_home(tx)
    starts = await make_price(tx, home, 30, "0.25", own=False)
    [row] = await missing(tx)
    assert (row["tariff_period_start"], row["customer_unit_rate"]) == (starts, Decimal("0.25"))


async def test_communitys_next_price_is_nothing_to_a_customer_who_has_their_own(tx: Connection) -> None:
    home = await make_home(tx)
    await make_price(tx, home, -30, "0.21")
    await make_price(tx, home, 30, "0.25", own=False)
    assert await missing(tx) == []


async def test_communitys_price_comes_next_where_the_customers_own_begins_after_it(tx: Connection) -> None:
    home = await make_home(tx)
    sooner = await make_price(tx, home, 30, "0.25", own=False)
    await make_price(tx, home, 60, "0.20")
    assert [row["tariff_period_start"] for row in await missing(tx)] == [sooner]


async def test_future_tariffs_are_missed_by_community_in_any_case_or_by_all(tx: Connection) -> None:
    lab, other = await make_esco(tx, code="LAB"), await make_esco(tx)
    homes = [await make_home(tx, lab), await make_home(tx, other)]
    for home in homes:
        await make_price(tx, home, 30, "0.21")
    assert [row["serial"] for row in await missing(tx)] == sorted(home.meter.serial for home in homes)
    assert [row["esco_code"] for row in await missing(tx, "lab")] == ["LAB"]
    assert await missing(tx, "none") == []


@pytest.mark.parametrize(("column", "value"), [("mode", "passive"), ("installation_status", "disabled")])
async def test_meter_that_nobody_can_write_to_is_not_asked_for(tx: Connection, column: str, value: str) -> None:
    home = await make_home(tx)
    await make_price(tx, home, 30, "0.21")
    await tx.execute(f"UPDATE flows.meter_registry SET {column} = $1", value)
    assert await missing(tx) == []


async def test_price_without_vat_is_missed_with_it_cut_to_five_decimals(tx: Connection) -> None:
    home = await make_home(tx)
    starts = await make_price(
        tx, home, 30, "0.21111", includes_vat=False, computed_unit_rate_b=Decimal("0.11111"), own=False
    )
    [row] = await missing(tx)
    # 0.21111 x 1.05 = 0.2216655, 0.11111 x 1.05 = 0.1166655, 0.5 x 1.05 = 0.525
    assert (row["customer_unit_rate"], row["customer_unit_rate_b"]) == (Decimal("0.22166"), Decimal("0.11666"))
    assert row["customer_standing_charge"] == Decimal("0.525")
    held = {"standing_charge": "0.52500", "unit_rate_element_b": "0.11666", **PREPAYMENT}
    await hold(tx, home, "tariffs_future", "0.22166", starts, **held)
    assert await missing(tx) == []


async def test_price_in_a_meter_has_the_vat_of_the_premises_then_the_customers_from_that_day(tx: Connection) -> None:
    home = await make_home(tx)
    starts = await make_price(tx, home, 30, "0.20000", includes_vat=False)

    async def rate() -> Decimal:
        [row] = await missing(tx)
        return Decimal(row["customer_unit_rate"])

    await insert(tx, "public.vat_statuses", customer=home.customer.id, valid_from=starts, use="business")
    assert await rate() == Decimal("0.24")
    late = {"property": home.property, "valid_from": starts + timedelta(days=1), "use": "domestic"}
    await insert(tx, "public.vat_statuses", **late)
    assert await rate() == Decimal("0.24")
    await tx.execute("UPDATE public.vat_statuses SET valid_from = $1 WHERE property IS NOT NULL", starts)
    assert await rate() == Decimal("0.21")
    await tx.execute("UPDATE flows.escos SET vat_registered = false")
    assert await rate() == Decimal("0.2")


async def test_price_that_was_corrected_is_missed_at_the_correct_one_and_once(tx: Connection) -> None:
    home = await make_home(tx)
    await make_price(tx, home, -100, "0.30", own=False)
    await make_price(tx, home, 30, "0.20")
    await make_price(tx, home, 40, "0.19", own=False)
    for table in ("customer_tariffs", "microgrid_tariffs"):
        await tx.execute(f"SELECT public.correct_tariff(id, 'typed wrong', unit_rate => 0.25) FROM public.{table}")
    [row] = await missing(tx)
    assert row["customer_unit_rate"] == Decimal("0.25")


# Tariffs now


async def test_tariff_of_a_meter_is_the_customers_own_or_the_communitys(tx: Connection) -> None:
    own = await make_home(tx)
    shared, unpriced = await make_home(tx, own.esco), await make_home(tx)
    await make_price(tx, own, -10, "0.30", own=False)
    await make_price(tx, own, -60, "0.25")
    starts = await make_price(tx, own, -30, "0.22")
    await make_price(tx, own, 30, "0.20")
    rows = {row["meter_id"]: row for row in await tx.fetch("SELECT * FROM public.meter_tariffs")}
    assert (rows[own.meter.id]["customer_unit_rate"], rows[own.meter.id]["tariff_period_start"]) == (
        Decimal("0.22"),
        starts,
    )
    assert rows[shared.meter.id]["customer_unit_rate"] == Decimal("0.30")
    assert rows[unpriced.meter.id]["customer_unit_rate"] is None


async def test_incorrect_tariff_is_one_that_the_meter_does_not_charge(tx: Connection) -> None:
    right, wrong = await make_home(tx), await make_home(tx)
    unread, wrong_b = await make_home(tx), await make_home(tx)
    await make_home(tx)  # without a price there is nothing to compare
    for home in (right, wrong, unread, wrong_b):
        await make_price(tx, home, -30, "0.22")
    await hold(tx, right, "tariffs_active", "0.22000")
    await hold(tx, wrong, "tariffs_active", "0.22001")
    await hold(tx, wrong_b, "tariffs_active", "0.22000", unit_rate_element_b="0.10000")
    rows = await tx.fetch("SELECT meter_id FROM public.meters_with_incorrect_tariffs")
    assert {row["meter_id"] for row in rows} == {wrong.meter.id, unread.meter.id, wrong_b.meter.id}


# Payments


async def test_submittable_payment_is_due_and_not_submitted(tx: Connection) -> None:
    home, now = await make_home(tx), await tx.fetchval("SELECT now()")
    hour = timedelta(hours=1)
    due: dict[str, Any] = {"account": home.account, "amount_pence": 100, "status": "pending"}
    later = await insert(tx, "public.payments", **due, scheduled_at=now - hour)
    sooner = await insert(tx, "public.payments", **due, scheduled_at=now - 2 * hour)
    await insert(tx, "public.payments", **due, scheduled_at=now + hour)
    await insert(tx, "public.payments", **due, scheduled_at=now - hour, submitted_at=now)
    await insert(tx, "public.payments", **due)
    for status in ("created", "processing", "succeeded", "failed", "cancelled"):
        await insert(tx, "public.payments", **{**due, "status": status}, scheduled_at=now - hour)
    async with acting_as(tx, "service"):
        rows = await tx.fetch("SELECT id FROM public.submittable_payments()")
    assert [row["id"] for row in rows] == [sooner["id"], later["id"]]


# Homes


async def test_supply_status_of_a_customer_names_home_account_and_meter(tx: Connection) -> None:
    home, nobody = await make_home(tx), await make_customer(tx)
    await tx.execute("UPDATE flows.meter_shadows SET health = 'healthy', balance = 4")
    rows = {row["customer"]: row for row in await tx.fetch("SELECT * FROM public.customer_supply_status")}
    assert set(rows) == {home.customer.id, nobody.id}
    row = rows[home.customer.id]
    assert (row["property"], row["account"], row["supply_meter"]) == (home.property, home.account, home.meter.id)
    assert (row["health"], row["balance"], row["account_status"]) == ("healthy", 4, "open")
    assert row["status"] == await tx.fetchval("SELECT public.customer_status($1)", home.customer.id)
    assert (rows[nobody.id]["property"], rows[nobody.id]["account"]) == (None, None)


async def test_owner_has_the_supply_where_nobody_occupies(tx: Connection) -> None:
    home, owner = await make_home(tx), await make_customer(tx)
    await insert(tx, "public.customer_accounts", account=home.account, customer=owner.id, role="owner")
    payer = "SELECT customer FROM public.customer_supply_status WHERE property IS NOT NULL"
    assert await tx.fetchval(payer) == home.customer.id
    await tx.execute("DELETE FROM public.customer_accounts WHERE role = 'occupier'")
    assert await tx.fetchval(payer) == owner.id


async def sign_contract(tx: Connection, home: Home, account: UUID, kind: str) -> UUID:
    contract: UUID = (await insert(tx, "public.contracts", type=kind))["id"]
    await tx.execute("UPDATE public.accounts SET current_contract = $1 WHERE id = $2", contract, account)
    await insert(
        tx,
        "public.contract_signatures",
        contract=contract,
        customer=home.customer.id,
        signed_at=await tx.fetchval("SELECT now()"),
    )
    return contract


async def test_supply_view_shows_each_home_once_with_its_current_account(tx: Connection) -> None:
    home = await make_home(tx, status="closed", end_date=date(2026, 6, 30))
    empty = (await insert(tx, "public.properties", plot="Empty", esco=home.esco))["id"]
    occupier, owner = await make_customer(tx), await make_customer(tx)
    account = await make_account(tx, home.property, occupier.id, start_date=date(2026, 7, 1))
    await insert(tx, "public.customer_accounts", account=account, customer=owner.id, role="owner")
    contract = await sign_contract(tx, home, account, "supply")
    await tx.execute("UPDATE flows.meter_shadows SET balance = 4")
    rows = await tx.fetch("SELECT * FROM public.property_supply_view")
    assert sorted(str(row["property_id"]) for row in rows) == sorted(map(str, (home.property, empty)))
    row = next(row for row in rows if row["property_id"] == home.property)
    assert (row["supply_account_id"], row["supply_account_status"]) == (account, "open")
    assert (row["supply_contract_id"], row["supply_signed"]) == (contract, True)
    assert (row["supply_owner_email"], row["supply_occupier_email"]) == (owner.email, occupier.email)
    assert (row["supply_prepay_enabled"], row["supply_meter_balance"]) == (False, 4)


async def test_solar_view_shows_homes_with_solar_and_no_others(tx: Connection) -> None:
    supplied, solar = await make_home(tx), await make_home(tx)
    metered = await make_home(tx)
    meter = await make_meter(tx, metered.esco, nature="solar")
    await tx.execute("UPDATE public.properties SET solar_meter = $1 WHERE id = $2", meter.id, metered.property)
    installed = {"property": solar.property, "mcs": "MCS-1", "declared_net_capacity": Decimal("3.6")}
    await insert(tx, "public.solar_installation", **installed, commissioning_date=date(2025, 1, 1))
    account = await make_account(tx, solar.property, solar.customer.id, role="owner", type="solar")
    contract = await sign_contract(tx, solar, account, "solar")
    rows = {row["property_id"]: row for row in await tx.fetch("SELECT * FROM public.property_solar_view")}
    assert set(rows) == {solar.property, metered.property}
    assert supplied.property not in rows
    row = rows[solar.property]
    assert (row["solar_mcs"], row["solar_declared_net_capacity"]) == ("MCS-1", Decimal("3.6"))
    assert (row["solar_account_id"], row["solar_contract_id"], row["solar_signed"]) == (account, contract, True)
    assert (row["solar_owner_email"], row["solar_occupier_email"]) == (solar.customer.email, None)
    assert rows[metered.property]["solar_account_id"] is None
