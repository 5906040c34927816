"""Bills that a person can check with a pencil: usage in, pence out, through the database."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.community import MARCH, OCTOBER, Community, Home
from flows_shared.time import HALF_HOUR, LONDON, Month, Period, local_midnight


async def amounts(community: Community, home: Home) -> tuple[int, int, int]:
    """Net, VAT and total of the home's invoice."""
    invoice = await community.invoice(home)
    return invoice["net_pence"], invoice["vat_pence"], invoice["total_pence"]


async def test_october_with_its_day_of_50_half_hours_is_billed_whole(community: Community) -> None:
    await community.tariff("0.24500", "0.60000")
    home = await community.home()
    await community.measure_month(home)
    run = await community.bill()
    assert (run.status, run.accounts, run.billed, run.percent) == ("completed", 1, 1, 100)
    assert await community.lines(home) == [
        ("Electricity", Decimal("298.0"), "0.24500", 7301),  # (30 x 48 + 50) x 0.2 = 298 kWh; x 24.5p = 7301p
        ("Standing charge", Decimal(31), "0.60000", 1860),  # 31 x 60p
    ]
    # 9161p with VAT at 5%: 9161 x 5 / 105 = 436.24 -> 436p, and 9161 - 436 = 8725p without
    assert await amounts(community, home) == (8725, 436, 9161)


async def test_march_with_its_day_of_46_half_hours_is_billed_whole(community: Community) -> None:
    await community.tariff("0.24500", "0.60000")
    home = await community.home()
    await community.measure_month(home, MARCH)
    await community.bill(MARCH)
    assert await community.lines(home) == [
        ("Electricity", Decimal("297.2"), "0.24500", 7281),  # (30 x 48 + 46) x 0.2 = 297.2; x 24.5p = 7281.4p
        ("Standing charge", Decimal(31), "0.60000", 1860),
    ]
    assert await amounts(community, home) == (8706, 435, 9141)  # 9141 x 5 / 105 = 435.29


async def test_half_a_penny_is_rounded_up(community: Community) -> None:
    await community.tariff("0.00500", "0.00000")
    home = await community.home(start_date=date(2026, 10, 31))
    await community.measure(home.registers["SINGLE"], Period(*_day(31)), "0.0625")
    await community.bill()
    assert (await community.lines(home))[0] == ("Electricity", Decimal("3.0000"), "0.00500", 2)  # 1.5p


async def test_prices_without_vat_have_it_added_to_their_sum(community: Community) -> None:
    await community.tariff("0.24500", "0.60000", includes_vat=False)
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    assert await amounts(community, home) == (9161, 458, 9619)  # 9161 x 5% = 458.05


async def test_community_of_businesses_is_taxed_at_20_percent(community: Community) -> None:
    await community.execute("UPDATE flows.escos SET vat_use = 'business', vat_small_quantities = false")
    await community.tariff("0.24500", "0.60000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    assert await amounts(community, home) == (7634, 1527, 9161)  # 9161 x 20 / 120 = 1526.83


async def test_two_elements_have_a_rate_each(community: Community) -> None:
    await community.tariff("0.30000", "0.50000", unit_rate_b="0.15000")
    home = await community.home(elements=("A", "B"))
    await community.measure(home.registers["A"], OCTOBER.period(LONDON), "0.1")
    await community.measure(home.registers["B"], OCTOBER.period(LONDON), "0.4")
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity, element A", Decimal("149.0"), "0.30000", 4470),
        ("Heat, element B", Decimal("596.0"), "0.15000", 8940),
        ("Standing charge", Decimal(31), "0.50000", 1550),
    ]


async def test_element_b_without_a_rate_of_its_own_costs_what_element_a_does(community: Community) -> None:
    await community.tariff("0.30000", "0.50000")
    home = await community.home(elements=("A", "B"))
    await community.measure_month(home, kwh="0.1")
    await community.bill()
    assert [line[2:] for line in await community.lines(home)] == [
        ("0.30000", 4470),
        ("0.30000", 4470),
        ("0.50000", 1550),
    ]


async def test_tariff_that_changes_in_the_month_splits_usage_and_days(community: Community) -> None:
    before = await community.tariff("0.20000", "0.50000")
    after = await community.tariff("0.30000", "0.40000", period_start=date(2026, 10, 11))
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity", Decimal("96.0"), "0.20000", 1920),  # 10 x 48 x 0.2
        ("Electricity", Decimal("202.0"), "0.30000", 6060),  # (20 x 48 + 50) x 0.2
        ("Standing charge", Decimal(10), "0.50000", 500),
        ("Standing charge", Decimal(21), "0.40000", 840),
    ]
    sources = await community.rows("SELECT * FROM public.invoice_lines ORDER BY position")
    assert [row["microgrid_tariff"] for row in sources] == [before, after, before, after]
    assert [row["intervals"] for row in sources] == [480, 1010, None, None]
    assert sources[0]["first_interval"] == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert sources[0]["last_interval"] == datetime(2026, 10, 10, 22, 30, tzinfo=UTC)
    assert sources[1]["last_interval"] == datetime(2026, 10, 31, 23, 30, tzinfo=UTC)


async def test_customers_own_tariff_goes_before_the_communitys(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    own = {"unit_rate": "0.10000", "standing_charge": "0.30000", "period_start": date(2026, 10, 11)}
    home = await community.home(tariff=own)
    await community.measure_month(home)
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity", Decimal("96.0"), "0.20000", 1920),
        ("Electricity", Decimal("202.0"), "0.10000", 2020),
        ("Standing charge", Decimal(10), "0.50000", 500),
        ("Standing charge", Decimal(21), "0.30000", 630),
    ]


async def test_prices_with_and_without_vat_on_one_bill_are_taxed_each_in_their_way(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    await community.tariff("0.30000", "0.40000", period_start=date(2026, 10, 11), includes_vat=False)
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    # with VAT 1920 + 500 = 2420: 2420 x 5 / 105 = 115.24; without 6060 + 840 = 6900: x 5% = 345
    assert await amounts(community, home) == (2420 - 115 + 6900, 115 + 345, 2420 + 6900 + 345)


async def test_home_that_is_moved_into_pays_from_that_day(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home(start_date=date(2026, 10, 21))
    await community.measure_month(home)
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity", Decimal("106.0"), "0.20000", 2120),  # (10 x 48 + 50) x 0.2
        ("Standing charge", Decimal(11), "0.50000", 550),
    ]
    invoice = await community.invoice(home)
    assert (invoice["period_start"], invoice["period_end"]) == (date(2026, 10, 21), date(2026, 11, 1))


async def test_home_that_is_moved_out_of_pays_to_that_day(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home(end_date=date(2026, 10, 10), status="closed")
    await community.measure_month(home)
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity", Decimal("96.0"), "0.20000", 1920),
        ("Standing charge", Decimal(10), "0.50000", 500),
    ]


async def test_account_of_one_day_is_billed_that_day(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home(start_date=date(2026, 10, 25), end_date=date(2026, 10, 25))
    await community.measure_month(home)
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity", Decimal("10.0"), "0.20000", 200),  # 50 x 0.2
        ("Standing charge", Decimal(1), "0.50000", 50),
    ]


async def test_register_replaced_in_the_month_makes_a_line_each(community: Community) -> None:
    """The half hour of the exchange is billed from whichever register logged a part of it."""
    await community.tariff("0.20000", "0.50000")
    home = await community.home()
    exchanged_at = datetime(2026, 10, 15, 10, 10, tzinfo=UTC)
    await community.execute("UPDATE flows.meter_registers SET status = 'replaced', end_time = $1", exchanged_at)
    new = await community.value(
        """INSERT INTO flows.meter_registers (meter_id, element, nature, start_time) VALUES ($1, 'SINGLE', 'power', $2)
           RETURNING register_id""",
        home.meter,
        exchanged_at,
    )
    month = OCTOBER.period(LONDON)
    cut = datetime(2026, 10, 15, 10, tzinfo=UTC)
    await community.measure(home.registers["SINGLE"], Period(month.start, cut), "0.1")
    await community.measure(new, Period(cut, month.end), "0.2")
    await community.bill()
    found = (cut - month.start).total_seconds() / 1800
    assert [line[1] for line in await community.lines(home)] == [
        Decimal(str(found)) * Decimal("0.1"),
        (1490 - Decimal(str(found))) * Decimal("0.2"),
        Decimal(31),
    ]


async def test_home_without_usage_pays_the_standing_charge(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home()
    await community.measure_month(home, kwh="0")
    await community.bill()
    assert await amounts(community, home) == (1476, 74, 1550)  # 1550 x 5 / 105 = 73.81


async def test_invoice_of_nothing_is_made_and_posts_nothing(community: Community) -> None:
    await community.tariff("0.20000", "0.00000")
    home = await community.home()
    await community.measure_month(home, kwh="0")
    run = await community.bill()
    assert run.billed == 1
    assert await amounts(community, home) == (0, 0, 0)
    assert await community.rows("SELECT FROM public.ledger_entries") == []


async def test_owner_pays_where_nobody_occupies(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    empty, let = await community.home(role="owner"), await community.home(role="owner")
    tenant = await community.value("INSERT INTO public.customers (fullname) VALUES ('Tenant') RETURNING id")
    await community.execute(
        "INSERT INTO public.customer_accounts (customer, account, role) VALUES ($1, $2, 'occupier')",
        tenant,
        let.account,
    )
    for home in (empty, let):
        await community.measure_month(home)
    await community.bill()
    assert (await community.invoice(empty))["customer"] == empty.customer
    assert (await community.invoice(let))["customer"] == tenant


async def test_days_are_those_of_the_communitys_time_zone(community: Community) -> None:
    await community.execute("UPDATE flows.escos SET time_zone = 'Asia/Kolkata'")
    await community.tariff("0.20000", "0.50000")
    home = await community.home()
    start = datetime(2026, 9, 30, 18, 30, tzinfo=UTC)  # midnight at +5:30
    await community.measure(home.registers["SINGLE"], Period(start, datetime(2026, 10, 31, 18, 30, tzinfo=UTC)), "0.2")
    await community.bill()
    assert (await community.lines(home))[0][1] == Decimal("297.6")  # 31 x 48 x 0.2


@pytest.mark.parametrize(("payment_days", "due"), [(14, date(2026, 11, 17)), (0, date(2026, 11, 3))])
async def test_due_date_follows_the_issue_by_the_communitys_days(
    community: Community, payment_days: int, due: date
) -> None:
    await community.execute("UPDATE flows.escos SET payment_days = $1", payment_days)
    await community.tariff("0.20000", "0.50000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    invoice = await community.invoice(home)
    assert (invoice["issue_date"], invoice["due_date"], invoice["status"]) == (date(2026, 11, 3), due, "issued")


async def test_usage_by_circuit_is_kept_for_the_month(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home(elements=("A", "B"))
    for element in ("A", "B"):
        circuit = await community.value("INSERT INTO flows.circuits (type) VALUES ('power') RETURNING id")
        await community.execute(
            "INSERT INTO flows.circuit_register (circuit, register, start_time) VALUES ($1, $2, '2026-01-01')",
            circuit,
            home.registers[element],
        )
    await community.measure_month(home, OCTOBER, "0.1")
    await community.measure_month(home, Month(2026, 9), "0.7")
    await community.bill()
    usage = await community.rows("SELECT month, kwh FROM public.monthly_usage")
    assert [tuple(row) for row in usage] == [(date(2026, 10, 1), Decimal("149.0"))] * 2


async def test_usage_by_circuit_holds_what_was_estimated_and_billed(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home()
    circuit = await community.value("INSERT INTO flows.circuits (type) VALUES ('power') RETURNING id")
    await community.execute(
        "INSERT INTO flows.circuit_register (circuit, register, start_time) VALUES ($1, $2, '2026-01-01')",
        circuit,
        home.registers["SINGLE"],
    )
    month = OCTOBER.period(LONDON)
    await community.measure(home.registers["SINGLE"], Period(month.start + HALF_HOUR, month.end), "0.1")
    for outside in (month.start - HALF_HOUR, month.start, month.end):  # only the second is in October
        await community.execute(
            "INSERT INTO flows.register_interval_estimates VALUES ($1, $2, 0.5, 'linear')",
            home.registers["SINGLE"],
            outside,
        )
    await community.bill()
    [line, _] = await community.lines(home)
    assert line[1] == Decimal("149.4")  # 1,489 x 0.1 + 0.5
    assert await community.value("SELECT kwh FROM public.monthly_usage") == line[1]


def _day(number: int) -> tuple[datetime, datetime]:
    return local_midnight(date(2026, 10, number), LONDON), OCTOBER.period(LONDON).end
