"""Months of zones whose clocks change at midnight: each half hour is on one bill, by half hours and by roll-ups."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from billing.community import NOVEMBER_3, OCTOBER, Community, Home, insert
from billing.corrections import due, invoices, rebilled
from flows_billing.errors import ZoneUnfit
from flows_billing.proof.invoices import verify_invoices
from flows_shared.time import Month, Period, local_midnight

NOVEMBER = OCTOBER.next()
DECEMBER_3 = datetime(2026, 12, 3, 12, tzinfo=UTC)


async def home_in(community: Community, zone: str) -> tuple[Home, Period]:
    """0.1 kWh in each half hour of October and November, at 10p a kWh."""
    await community.execute("UPDATE flows.escos SET time_zone = $1", zone)
    times = await insert(community.db, "public.rate_profiles", esco=community.esco, name="times")
    band = "public.rate_bands"
    await insert(community.db, band, profile=times, position=1, band="night", starts_at=time(0), ends_at=time(7))
    await community.tariff("0.10000", "0.00000")
    await community.tariff("0.10000", "0.00000", period_start=NOVEMBER.first_day, rate_profile=times)
    home = await community.home()
    both = Period(OCTOBER.period(ZoneInfo(zone)).start, NOVEMBER.period(ZoneInfo(zone)).end)
    await community.execute("SELECT flows.extend_calendar($1, '2026-10-01', '2026-11-30')", zone)
    await community.measure(home.registers["SINGLE"], both, "0.1")
    return home, both


async def billed(community: Community, month: Month, now: datetime, source: str) -> list[tuple[str, Decimal]]:
    """Lines of energy and their kWh."""
    await community.bill(month, now=now, billing_usage_source=source)
    rows = await community.rows(
        """SELECT line.description, line.quantity
             FROM public.invoice_lines AS line JOIN public.invoices AS invoice ON invoice.id = line.invoice
            WHERE line.kind = 'energy' AND invoice.period_start >= $1 AND invoice.period_start < $2
            ORDER BY invoice.period_start, line.position""",
        month.first_day,
        month.next().first_day,
    )
    return [(row["description"], row["quantity"]) for row in rows]


@pytest.mark.parametrize("source", ["half_hours", "roll_ups"])
@pytest.mark.parametrize(
    ("zone", "october", "night", "standard"),
    [
        # 25 October from 00:00 to 01:00 twice: (30 x 48 + 50) x 0.1 kWh; 30 nights x 14 x 0.1, and 30 x 34 x 0.1
        ("Atlantic/Azores", "149.0", "42.0", "102.0"),
        # 1 November does, and begins with the first of them: 31 x 48 x 0.1 kWh; (30 x 14 + 2) x 0.1
        ("America/Havana", "148.8", "42.2", "102.0"),
        ("Europe/London", "149.0", "42.0", "102.0"),
    ],
)
async def test_each_half_hour_is_on_one_bill_where_midnight_comes_twice(
    community: Community, zone: str, october: str, night: str, standard: str, source: str
) -> None:
    _, both = await home_in(community, zone)
    first = await billed(community, OCTOBER, NOVEMBER_3, source)
    second = await billed(community, NOVEMBER, DECEMBER_3, source)
    assert first == [("Electricity", Decimal(october))]
    assert second == [("Electricity, night", Decimal(night)), ("Electricity, standard", Decimal(standard))]
    measured = "SELECT sum(kwh) FROM flows.register_interval_hh"
    assert sum(kwh for _, kwh in first + second) == await community.value(measured) == Decimal("293.0")
    assert both.duration.total_seconds() / 1800 == 2930
    async with community.billing.connection() as connection:
        assert list((await verify_invoices(connection)).findings) == []


@pytest.mark.parametrize(
    ("zone", "day"), [("Atlantic/Azores", date(2026, 10, 25)), ("America/Havana", date(2026, 11, 1))]
)
async def test_day_of_50_half_hours_is_whole_in_every_view(community: Community, zone: str, day: date) -> None:
    home, _ = await home_in(community, zone)
    register = home.registers["SINGLE"]
    kept = "SELECT kwh::text, intervals FROM flows.register_interval_daily WHERE register_id = $1 AND day = $2"
    assert [tuple(row) for row in await community.rows(kept, register, day)] == [("5.0", 50)]
    missing = """
        SELECT date FROM flows.register_interval_hh_missing
         WHERE register_id = $1 AND date >= '2026-10-01' AND date <= $2
    """
    assert await community.rows(missing, register, day) == []


async def test_home_that_ends_with_the_day_before_pays_none_of_it(community: Community) -> None:
    """In the Azores until 24 October: 24 x 48 x 0.1 = 115.2 kWh; from the 25th on: (6 x 48 + 50) x 0.1 = 33.8 kWh."""
    home, _ = await home_in(community, "Atlantic/Azores")
    await community.execute("UPDATE public.accounts SET end_date = '2026-10-24' WHERE id = $1", home.account)
    property = await community.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    account = await insert(
        community.db, "public.accounts", property=property, type="supply", status="open", start_date=date(2026, 10, 25)
    )
    await insert(
        community.db, "public.customer_accounts", customer=await community.customer(), account=account, role="occupier"
    )
    assert await billed(community, OCTOBER, NOVEMBER_3, "roll_ups") == [
        ("Electricity", Decimal("115.2")),
        ("Electricity", Decimal("33.8")),
    ]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Chatham"])
async def test_community_of_before_whose_midnight_cuts_a_half_hour_is_not_billed(
    community: Community, zone: str
) -> None:
    """Its half hour would be on the bills of both months."""
    await community.tariff("0.10000", "0.00000")
    await community.home()
    await community.execute("ALTER TABLE flows.escos DISABLE TRIGGER calendar")
    await community.execute("UPDATE flows.escos SET time_zone = $1", zone)
    with pytest.raises(ZoneUnfit, match=f"nothing can be billed in time zone {zone}: 2026-10-01 begins there at"):
        await community.bill()
    assert await community.value("SELECT status FROM public.billing_runs") == "failed"
    assert await community.value("SELECT count(*) FROM public.invoices") == 0


async def test_nothing_is_billed_where_the_database_knows_other_rules_of_a_zone(community: Community) -> None:
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.measure_month(home)
    await community.execute(
        """CREATE OR REPLACE FUNCTION flows.local_midnight(day date, zone text) RETURNS timestamptz
           LANGUAGE sql IMMUTABLE RETURN (day::timestamp AT TIME ZONE 'UTC')"""
    )
    with pytest.raises(ZoneUnfit, match="know other rules of 2026-10-01 there: update the older one"):
        await community.bill()


@pytest.mark.parametrize("at", ["10:07", "10:00:03"])
@pytest.mark.parametrize("source", ["half_hours", "roll_ups"])
async def test_reading_off_the_clock_does_not_fill_the_count_of_a_missing_half_hour(
    community: Community, at: str, source: str
) -> None:
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.measure_month(home)
    await community.execute("DELETE FROM flows.register_interval_hh WHERE timestamp = '2026-10-05 15:00Z'")
    with pytest.raises(asyncpg.CheckViolationError, match=f"no half hour begins at 2026-10-05T{at}"):
        await community.execute(
            f"INSERT INTO flows.register_interval_hh VALUES ($1, '2026-10-05 {at}Z', 0.2)", home.registers["SINGLE"]
        )
    await community.bill(billing_usage_source=source)
    assert await community.outcome(home) == ("failed", "readings_missing", "1 of 1490 half hours are missing")


def test_month_begins_and_ends_where_its_neighbours_do() -> None:
    zone = ZoneInfo("America/Havana")
    assert OCTOBER.period(zone).end == NOVEMBER.period(zone).start == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert local_midnight(date(2026, 11, 2), zone) == datetime(2026, 11, 2, 5, tzinfo=UTC)


async def test_bills_of_another_zone_are_corrected_so_that_each_half_hour_is_on_one(community: Community) -> None:
    """1 kWh from 23:00Z on 31 October: of October in London, and of November in Berlin."""
    await community.tariff("0.10000", "0.00000", includes_vat=False)
    home = await community.home()
    both = Period(datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
    await community.measure(home.registers["SINGLE"], both, "0.1")
    await community.measure_more(home, "1.0", "2026-10-31 23:00Z")
    assert await billed(community, OCTOBER, NOVEMBER_3, "half_hours") == [("Electricity", Decimal("149.9"))]
    await community.execute("UPDATE flows.escos SET time_zone = 'Europe/Isle_of_Man'")
    assert await due(community) == []
    await community.execute("UPDATE flows.escos SET time_zone = 'Europe/Berlin'")
    assert ("WLCE-000001", "days") in [(found["number"], found["cause"]) for found in await due(community)]
    await community.execute("SELECT flows.extend_calendar('Europe/Berlin', '2026-10-01', '2026-11-30')")
    await rebilled(community, confirm=True, now=DECEMBER_3)
    november = await billed(community, NOVEMBER, DECEMBER_3, "half_hours")
    assert november == [("Electricity", Decimal("144.9"))]
    assert await invoices(community, home) == [
        ("WLCE-000001", "void", 1574),
        ("WLCE-000002", "issued", 1565),  # 149.0 kWh: 1490p and 75p
        ("WLCE-000003", "issued", 1521),  # 144.9 kWh: 1449p and 72p
    ]
    assert await due(community) == []
