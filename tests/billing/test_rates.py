"""Bills at prices by time of use, block and export, and VAT by status: each amount can be checked with a pencil."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import asyncpg
import pytest

from billing.community import MARCH, OCTOBER, Community
from billing.time_of_use import JULY_3, JUNE, component, night_and_day, profile
from flows_shared.time import LONDON, Month, Period


async def reasons(community: Community) -> list[tuple[str, str, int]]:
    rows = await community.rows(
        "SELECT vat_reason, vat_rate::numeric(5, 2)::text, amount_pence FROM public.invoice_lines ORDER BY position"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("month", "night", "kwh", "pence"),
    [
        # 31 nights x 14 half hours, and 2 more as 1 o'clock comes twice: 436 x 0.5 = 218 kWh x 10p; days 31 x 34 x 0.5
        (OCTOBER, 436, "218.0", 2180),
        # 31 x 14, and 2 fewer as 1 o'clock is left out: 432 x 0.5 = 216 kWh x 10p
        (MARCH, 432, "216.0", 2160),
    ],
)
@pytest.mark.parametrize("source", ["half_hours", "roll_ups"])
async def test_night_is_local_also_when_the_clocks_change(
    community: Community, month: Month, night: int, kwh: str, pence: int, source: str
) -> None:
    await night_and_day(community)
    home = await community.home()
    await community.measure_month(home, month, "0.5")
    await community.bill(month, billing_usage_source=source)
    assert await community.lines(home) == [
        ("Electricity, night", Decimal(kwh), "0.10000", pence),
        ("Electricity, standard", Decimal("527.0"), "0.30000", 15810),  # 31 x 34 x 0.5 = 527 x 30p
        ("Standing charge", Decimal(31), "0.50000", 1550),
    ]
    counted = await community.rows("SELECT intervals FROM public.invoice_lines WHERE band = 'night'")
    assert [row["intervals"] for row in counted] == [night]


async def test_weekends_and_holidays_have_their_own_price(community: Community) -> None:
    """May 2026 has ten days of weekends, and bank holidays on Mondays the 4th and the 25th."""
    may = Month(2026, 5)
    times = await profile(community, {"band": "free day", "days": ["weekend", "holiday"]})
    tariff = await community.tariff("0.30000", "0.00000", rate_profile=times)
    await component(community, tariff, "unit_rate", "0.20000", band="free day")
    home = await community.home()
    await community.measure_month(home, may, "0.5")  # 24 kWh a day
    await community.bill(may)
    # 12 days x 24 kWh = 288 x 20p; 19 days x 24 kWh = 456 x 30p
    assert [line[:2] + line[3:] for line in await community.lines(home)][:2] == [
        ("Electricity, free day", Decimal("288.0"), 5760),
        ("Electricity, standard", Decimal("456.0"), 13680),
    ]


async def test_season_ends_on_its_last_day(community: Community) -> None:
    times = await profile(community, {"band": "summer", "season_start": "04-01", "season_end": "10-10"})
    tariff = await community.tariff("0.30000", "0.00000", rate_profile=times)
    await component(community, tariff, "unit_rate", "0.20000", band="summer")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    assert [line[1] for line in await community.lines(home)][:2] == [Decimal("202.0"), Decimal("96.0")]  # 10 x 48 x 0.2


async def test_monthly_blocks_are_pro_rata_across_a_tariff_change(community: Community) -> None:
    """Up to 155 kWh a month at 10p, above at 20p; from the 11th of 31 days at 15p and 25p."""
    for start, low, high in ((date(2026, 1, 1), "0.10000", "0.20000"), (date(2026, 10, 11), "0.15000", "0.25000")):
        tariff = await community.tariff("0.99999", "0.00000", period_start=start)
        await component(community, tariff, "unit_rate", low)
        await component(community, tariff, "unit_rate", high, from_kwh=Decimal(155), threshold_period="month")
    home = await community.home()
    await community.measure_month(home)  # 96 kWh in 10 days, 202 kWh in 21
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity, 0 to 50 kWh", Decimal("50.000"), "0.10000", 500),  # 155 x 10 / 31 = 50
        ("Electricity, above 50 kWh", Decimal("46.000"), "0.20000", 920),  # 96 - 50 = 46
        ("Electricity, 0 to 105 kWh", Decimal("105.000"), "0.15000", 1575),  # 155 x 21 / 31 = 105
        ("Electricity, above 105 kWh", Decimal("97.000"), "0.25000", 2425),  # 202 - 105 = 97
        ("Standing charge", Decimal(10), "0.00000", 0),
        ("Standing charge", Decimal(21), "0.00000", 0),
    ]


@pytest.mark.parametrize("source", ["half_hours", "roll_ups"])
async def test_daily_blocks_are_judged_day_by_day(community: Community, source: str) -> None:
    tariff = await community.tariff("0.99999", "0.00000")
    await component(community, tariff, "unit_rate", "0.10000")
    await component(community, tariff, "unit_rate", "0.20000", from_kwh=Decimal(10), threshold_period="day")
    home = await community.home(start_date=date(2026, 10, 30))
    halves = datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    await community.measure(home.registers["SINGLE"], Period(*halves[:2]), "0.1")  # 4.8 kWh
    await community.measure(home.registers["SINGLE"], Period(*halves[1:]), "0.5")  # 24 kWh
    await community.bill(billing_usage_source=source)
    assert (await community.lines(home))[:2] == [
        ("Electricity, 0 to 10 kWh", Decimal("14.8"), "0.10000", 148),  # 4.8 + 10
        ("Electricity, above 10 kWh", Decimal("14.0"), "0.20000", 280),  # 24 - 10, the day before saves nothing
    ]


@pytest.mark.parametrize(("element", "name"), [("SINGLE", "Electricity"), ("A", "Electricity, element A")])
async def test_blocks_go_on_over_a_meter_exchange(community: Community, element: str, name: str) -> None:
    tariff = await community.tariff("0.99999", "0.00000")
    await component(community, tariff, "unit_rate", "0.10000")
    await component(community, tariff, "unit_rate", "0.20000", from_kwh=Decimal(150), threshold_period="month")
    home = await community.home()
    at = datetime(2026, 10, 16, 23, tzinfo=UTC)  # local midnight after 16 days
    await community.execute("UPDATE flows.meter_registers SET status = 'replaced', end_time = $1", at)
    new = await community.value(
        """INSERT INTO flows.meter_registers (meter_id, element, nature, start_time) VALUES ($1, $3, 'power', $2)
           RETURNING register_id""",
        home.meter,
        at,
        element,
    )
    month = OCTOBER.period(LONDON)
    await community.measure(home.registers["SINGLE"], Period(month.start, at), "0.125")  # 16 x 48 x 0.125 = 96 kWh
    await community.measure(new, Period(at, month.end), "0.5")  # (14 x 48 + 50) x 0.5 = 361 kWh
    await community.bill()
    assert (await community.lines(home))[:3] == [
        ("Electricity, 0 to 150 kWh", Decimal("96.000"), "0.10000", 960),
        (f"{name}, 0 to 150 kWh", Decimal("54.000"), "0.10000", 540),  # 150 - 96
        (f"{name}, above 150 kWh", Decimal("307.000"), "0.20000", 6140),  # 361 - 54
    ]


async def test_minimum_charge_is_filled_up_to_pro_rata(community: Community) -> None:
    tariff = await community.tariff("0.10000", "0.10000")
    await component(community, tariff, "minimum_charge", "31.00000")
    home = await community.home(start_date=date(2026, 10, 22))  # 10 of 31 days: at least 1000p
    await community.measure_month(home, kwh="0")
    await community.bill()
    assert await community.lines(home) == [
        ("Electricity", Decimal(0), "0.10000", 0),
        ("Standing charge", Decimal(10), "0.10000", 100),
        ("Up to the minimum charge", Decimal(1), "9.00000", 900),
    ]


@pytest.mark.parametrize(
    ("number", "credit_vat"),
    [(None, 0), ("GB123456789", 100)],  # of the credit 600 x 20 / 120 = 100
)
async def test_export_is_credited_and_taxed_by_the_exporters_status(
    community: Community, number: str | None, credit_vat: int
) -> None:
    tariff = await community.tariff("0.10000", "0.42333")
    await component(community, tariff, "export_credit", "0.06000")
    home = await community.home()
    await community.measure_month(home)
    for at, read in (
        (datetime(2026, 9, 30, 22, 15, tzinfo=UTC), "500"),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), "600"),
    ):
        await community.execute(
            "INSERT INTO flows.register_export VALUES ($1, $2, $3)", home.registers["SINGLE"], at, Decimal(read)
        )
    if number:
        await community.execute(
            "INSERT INTO public.vat_registrations (customer, valid_from, vat_number) VALUES ($1, '2026-01-01', $2)",
            home.customer,
            number,
        )
    await community.bill()
    # 298 x 10p = 2980p, 31 x 42.333p = 1312.32 -> 1312p; 100 kWh x 6p = 600p
    lines = await community.lines(home)
    assert lines[-1] == ("Export credit", Decimal(100), "-0.06000", -600)
    invoice = await community.invoice(home)
    assert invoice["vat_pence"] == 204 - credit_vat  # 4292 x 5 / 105 = 204.38
    assert invoice["total_pence"] == 4292 - 600


@pytest.mark.parametrize(
    ("reads", "credited"),
    [
        (("500", "501", "599", "600"), Decimal(100)),
        (("500", "0", "501", "600"), None),  # the second contradicts the first: a person has to look
        (("0", "500", "599", "600"), None),  # 600 kWh that were exported before, if the first were believed
        (("500", "501", "599", "7599"), None),
        (("500", "537.95", "599", "600"), Decimal(100)),  # 100 A x 253 V x 3 x half an hour = 37.95 kWh
        (("500", "537.96", "599", "600"), None),
    ],
)
async def test_export_reading_that_its_neighbour_contradicts_is_not_paid_for(
    community: Community, reads: Sequence[str], credited: Decimal | None
) -> None:
    tariff = await community.tariff("0.10000", "0.42333")
    await component(community, tariff, "export_credit", "0.06000")
    home, neighbour = await community.home(), await community.home()
    await community.measure_month(home)
    await community.measure_month(neighbour)
    times = "2026-09-30T23:00Z", "2026-09-30T23:30Z", "2026-10-31T22:30Z", "2026-10-31T23:00Z"
    for at, read in zip(times, reads, strict=True):
        await community.execute(
            "INSERT INTO flows.register_export VALUES ($1, $2, $3)",
            home.registers["SINGLE"],
            datetime.fromisoformat(at),
            Decimal(read),
        )
    await community.bill()
    outcome, reason, _ = await community.outcome(home)
    if credited is None:
        assert (outcome, reason) == ("failed", "export_invalid")
    else:
        assert (await community.lines(home))[-1] == ("Export credit", credited, "-0.06000", -600)
    assert (await community.outcome(neighbour))[0] == "billed"


@pytest.mark.parametrize(
    ("kwh", "expected"),
    [
        # 33 kWh a day are 990 in June: 0.6875 x 1440 = 990 kWh is small, 0.688 x 1440 = 990.72 is not
        ("0.6875", [("small_quantity", "0.05", 9900), ("small_quantity", "0.05", 0)]),
        ("0.688", [("business", "0.20", 9907), ("business", "0.20", 0)]),
    ],
)
async def test_business_pays_5_percent_up_to_33_kwh_a_day(
    community: Community, kwh: str, expected: list[tuple[str, str, int]]
) -> None:
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.execute(
        """INSERT INTO public.vat_statuses (property, valid_from, use)
           SELECT property, '2026-01-01', 'business' FROM public.accounts WHERE id = $1""",
        home.account,
    )
    await community.measure_month(home, JUNE, kwh)
    await community.bill(JUNE, now=JULY_3)
    assert await reasons(community) == expected


@pytest.mark.parametrize(
    ("percent", "until", "expected"),
    [
        ("60", None, [("mixed_use", "0.05", 14400)]),
        # 40% of 1440 kWh = 576 x 10p, the rest 864 x 10p
        ("40", None, [("mixed_qualifying", "0.05", 5760), ("mixed_other", "0.20", 8640)]),
        # the certificate ends after 10 of 30 days: 480 kWh x 10p, 960 x 10p
        ("60", date(2026, 6, 10), [("mixed_use", "0.05", 4800), ("no_certificate", "0.20", 9600)]),
    ],
)
async def test_mixed_use_is_relieved_within_its_certificate(
    community: Community, percent: str, until: date | None, expected: list[tuple[str, str, int]]
) -> None:
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.execute(
        """INSERT INTO public.vat_statuses
               (customer, valid_from, use, qualifying_percent, certificate, certificate_from, certificate_to)
           VALUES ($1, '2026-01-01', 'mixed', $2, 'C1', '2026-01-01', $3)""",
        home.customer,
        Decimal(percent),
        until,
    )
    await community.measure_month(home, JUNE, "1")  # 48 kWh a day
    await community.bill(JUNE, now=JULY_3)
    assert [row for row in await reasons(community) if row[2]] == expected


async def test_seller_who_is_not_registered_charges_no_vat(community: Community) -> None:
    await community.execute("UPDATE flows.escos SET vat_registered = false, vat_number = 'GB1'")
    await community.tariff("0.10000", "0.10000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    invoice = await community.invoice(home)
    assert (invoice["vat_pence"], invoice["total_pence"], invoice["tax_point"], invoice["vat_number"]) == (
        0,
        2980 + 310,
        None,
        None,
    )


async def test_move_in_the_month_bills_each_household_its_own_days(community: Community) -> None:
    """The old account ends on the 15th, the new one starts on it: that day is the new one's."""
    await community.tariff("0.20000", "0.50000")
    old = await community.home(end_date=date(2026, 10, 15), status="closed")
    [home] = await community.rows("SELECT property FROM public.accounts WHERE id = $1", old.account)
    new = await community.value(
        """INSERT INTO public.accounts (property, type, status, start_date) VALUES ($1, 'supply', 'open', $2)
           RETURNING id""",
        home["property"],
        date(2026, 10, 15),
    )
    tenant = await community.value("INSERT INTO public.customers (fullname) VALUES ('Tenant') RETURNING id")
    await community.execute(
        "INSERT INTO public.customer_accounts (customer, account, role) VALUES ($1, $2, 'occupier')", tenant, new
    )
    await community.measure_month(old)
    await community.bill()
    bills = await community.rows("SELECT * FROM public.invoices ORDER BY period_start")
    assert [(row["customer"], row["period_start"], row["period_end"], row["total_pence"]) for row in bills] == [
        (old.customer, date(2026, 10, 1), date(2026, 10, 15), 2688 + 700),  # 14 x 48 x 0.2 x 20p, 14 x 50p
        (tenant, date(2026, 10, 15), date(2026, 11, 1), 3272 + 850),  # (16 x 48 + 50) x 0.2 = 163.6 x 20p, 17 x 50p
    ]


async def test_benchmark_prepares_the_next_quarters_prices(community: Community) -> None:
    await community.execute("INSERT INTO flows.regions (code, name) VALUES ('Z', 'Test') ON CONFLICT DO NOTHING")
    await community.execute("UPDATE flows.escos SET region = 'Z'")
    tariff = await community.tariff("0.2", "0.5", discount_rate_basis_points=1500)
    await component(community, tariff, "export_credit", "0.06000")
    home = await community.home(
        tariff={"unit_rate": "0.19", "standing_charge": "0.4", "discount_rate_basis_points": 2000}
    )
    await community.execute(
        """INSERT INTO public.benchmark_tariffs (region, period_start, unit_rate, standing_charge, source)
           VALUES ('Z', '2026-10-01', 0.26353, 0.53687, 'the regulator')"""
    )
    query = "SELECT computed_unit_rate, computed_standing_charge FROM public.{} WHERE period_start = '2026-10-01'"
    # 0.26353 x 0.85 = 0.2240005, cut; 0.53687 x 0.85 = 0.4563395; x 0.8 = 0.210824 and 0.429496
    assert [tuple(map(str, row)) for row in await community.rows(query.format("microgrid_tariffs"))] == [
        ("0.22400", "0.45633")
    ]
    assert [tuple(map(str, row)) for row in await community.rows(query.format("customer_tariffs"))] == [
        ("0.21082", "0.42949")
    ]
    assert await community.value("SELECT count(*) FROM public.tariff_components WHERE kind = 'export_credit'") == 2
    await community.measure_month(home)
    await community.bill()
    invoice = await community.invoice(home)
    # 298 x 26.353p + 31 x 53.687p = 7853.194 + 1664.297 = 9517.491p
    assert invoice["benchmark_pence"] == 9517


@pytest.mark.parametrize(
    ("payment_method", "times_of_use", "pence"),
    [
        ("direct_debit", False, 2980 + 1550),  # 298 kWh x 10p + 31 x 50p
        ("bank_transfer", False, 3278 + 1860),  # the cap for those who pay each bill: 11p and 60p
        ("direct_debit", True, 3576 + 2170),  # the cap for several rates: 12p and 70p
        ("card", True, 3278 + 1860),  # none is known for several rates and this way to pay: that for one rate
    ],
)
async def test_benchmark_is_that_of_the_region_the_way_to_pay_and_the_number_of_rates(
    community: Community, payment_method: str, times_of_use: bool, pence: int
) -> None:
    await community.execute(
        "INSERT INTO flows.regions (code, name) VALUES ('Y', 'Y'), ('Z', 'Z') ON CONFLICT DO NOTHING"
    )
    await community.execute("UPDATE flows.escos SET region = 'Z'")
    await community.execute(
        """INSERT INTO public.benchmark_tariffs
               (region, period_start, payment_method, rate_type, unit_rate, standing_charge)
           VALUES ('Z', '2026-10-01', 'direct_debit', 'single', 0.10, 0.50),
                  ('Z', '2026-10-01', 'standard_credit', 'single', 0.11, 0.60),
                  ('Z', '2026-10-01', 'direct_debit', 'multi', 0.12, 0.70),
                  ('Z', '2026-07-01', 'direct_debit', 'single', 0.90, 0.90),
                  ('Z', '2027-01-01', 'direct_debit', 'single', 0.91, 0.91),
                  ('Y', '2026-10-01', 'direct_debit', 'single', 0.92, 0.92)"""
    )
    if times_of_use:
        await night_and_day(community)
    else:
        await community.tariff("0.20000", "0.50000")
    home = await community.home(payment_method=payment_method)
    await community.measure_month(home)
    await community.bill()
    assert (await community.invoice(home))["benchmark_pence"] == pence


async def test_price_that_stands_on_a_bill_cannot_change(community: Community) -> None:
    tariff = await night_and_day(community)
    home = await community.home()
    await community.measure_month(home)
    await community.execute("UPDATE public.microgrid_tariffs SET computed_unit_rate = 0.31")
    await community.execute("UPDATE public.microgrid_tariffs SET computed_unit_rate = 0.30")
    await community.bill()
    for change in (
        "UPDATE public.microgrid_tariffs SET computed_unit_rate = 0.31",
        "DELETE FROM public.microgrid_tariffs",
        "UPDATE public.tariff_components SET rate = 0.31",
        "DELETE FROM public.tariff_components",
        f"""INSERT INTO public.tariff_components (microgrid_tariff, kind, rate, includes_vat)
            VALUES ('{tariff}', 'unit_rate', 1, true)""",
        "UPDATE public.rate_bands SET ends_at = '08:00'",
        "UPDATE public.rate_profiles SET holidays = 'GB-SCT'",
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="used on a bill"):
            await community.execute(change)
    await community.execute("UPDATE public.microgrid_tariffs SET emergency_credit = 20")


async def test_estimated_half_hours_are_billed_and_marked(community: Community) -> None:
    await night_and_day(community)
    home = await community.home()
    await community.measure_month(home)
    await community.execute(
        """WITH gone AS (DELETE FROM flows.register_interval_hh
                          WHERE timestamp >= '2026-10-05 05:00Z' AND timestamp < '2026-10-05 07:00Z'
                      RETURNING *)
           INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           SELECT register_id, timestamp, kwh, 'linear' FROM gone"""
    )
    await community.bill()
    marked = await community.rows("SELECT band, estimated FROM public.invoice_lines ORDER BY position")
    assert [tuple(row) for row in marked] == [("night", 2), ("standard", 2), (None, 0)]  # 06:00 to 08:00 local
    assert await community.lines(home) == [
        ("Electricity, night", Decimal("87.2"), "0.10000", 872),  # 434 x 0.2 measured + 2 x 0.2 estimated
        ("Electricity, standard", Decimal("210.8"), "0.30000", 6324),  # 1052 x 0.2 + 2 x 0.2
        ("Standing charge", Decimal(31), "0.50000", 1550),
    ]


async def test_changed_readings_drop_the_sums_by_band(community: Community) -> None:
    await night_and_day(community)
    home = await community.home()
    await community.measure_month(home)
    await community.bill(billing_usage_source="roll_ups")
    await community.execute("UPDATE public.invoices SET status = 'void'")
    # As much as before in all, but by night: the day's sum stays what it was.
    await community.execute("UPDATE flows.register_interval_hh SET kwh = 0.4 WHERE timestamp = '2026-10-05 02:00Z'")
    await community.execute("UPDATE flows.register_interval_hh SET kwh = 0 WHERE timestamp = '2026-10-05 12:00Z'")
    await community.bill(billing_usage_source="roll_ups")
    rows = await community.rows(
        """SELECT line.band, line.quantity FROM public.invoice_lines AS line
             JOIN public.invoices AS invoice ON invoice.id = line.invoice
            WHERE invoice.status = 'issued' AND line.kind = 'energy' ORDER BY position"""
    )
    assert [tuple(row) for row in rows] == [("night", Decimal("87.4")), ("standard", Decimal("210.6"))]
