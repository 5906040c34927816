"""Reports: what a community used, is owed, saved and lacks, made again by the billing service's own role."""

import asyncio
import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import CollectorRegistry

from access import acting_as
from billing.community import NOVEMBER_3, OCTOBER, Community, Home
from billing.proofs import pay
from billing.sharers import FIRST_OF_OCTOBER, exchanged, make_group
from builders import insert, make_admin, make_customer
from flows_billing.reports.refresh import ReportAges, refresh_reports
from flows_shared.reports import (
    REPORTS,
    Asked,
    ReportHasNoDates,
    UnknownReport,
    csv_cell,
    find_report,
    report_csv,
    report_rows,
    report_states,
)
from flows_shared.time import LONDON, Period, local_date, local_midnight, utc_now

NOT_SHOWN = ("esco_code", "esco")


async def refresh(community: Community) -> None:
    async with community.billing.connection() as connection:
        await refresh_reports(connection, utc_now())


async def rows(community: Community, name: str, *columns: str, **asked: Any) -> list[tuple[Any, ...]]:
    """These columns of a report that was just made."""
    await refresh(community)
    async with community.billing.connection() as connection:
        found = await report_rows(connection, Asked(find_report(name), **asked), 10_000)
    return [tuple(row[column] for column in columns) for row in found]


def days(first: date, last: date) -> Period:
    """Local days, both included."""
    return Period(local_midnight(first, LONDON), local_midnight(last + timedelta(days=1), LONDON))


async def solar_home(community: Community, capacity_kw: str) -> tuple[UUID, UUID]:
    """A property with an installation, and the register of its solar meter."""
    async with community.db.connection() as db:
        meter = await insert(db, "flows.meter_registry", serial=f"S{capacity_kw}", esco=community.esco)
        register = await insert(
            db, "flows.meter_registers", meter_id=meter["id"], element="SINGLE", nature="solar", start_time=NOVEMBER_3
        )
        home = await insert(db, "public.properties", plot="Barn", esco=community.esco, solar_meter=meter["id"])
        await insert(
            db,
            "public.solar_installation",
            property=home["id"],
            declared_net_capacity=Decimal(capacity_kw),
            commissioning_date=date(2025, 1, 1),
        )
    return home["id"], register["register_id"]


async def read_export(community: Community, home: Home, *reads: tuple[datetime, str]) -> None:
    for at, kwh in reads:
        await community.execute(
            "INSERT INTO flows.register_export (register_id, timestamp, read) VALUES ($1, $2, $3)",
            next(iter(home.registers.values())),
            at,
            Decimal(kwh),
        )


async def estimate(community: Community, register: UUID, at: datetime, kwh: str) -> None:
    await community.execute(
        """INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           VALUES ($1, $2, $3, 'linear')""",
        register,
        at,
        Decimal(kwh),
    )


async def test_energy_is_summed_by_local_day_and_nature_with_its_estimates(community: Community) -> None:
    first, second = await community.home(elements=("A", "B")), await community.home()
    change = days(date(2026, 10, 25), date(2026, 10, 25))  # 50 half hours
    await community.measure(first.registers["A"], change, "0.1")
    await community.measure(first.registers["B"], change, "0.4")
    await community.measure(second.registers["SINGLE"], Period(change.start, change.end - timedelta(hours=1)), "0.2")
    await estimate(community, second.registers["SINGLE"], change.end - timedelta(minutes=30), "0.7")
    assert await rows(community, "energy", "day", "nature", "kwh", "estimated_kwh") == [
        (date(2026, 10, 25), "heat", Decimal("20.0"), Decimal(0)),  # 50 x 0.4
        (date(2026, 10, 25), "power", Decimal("15.3"), Decimal("0.7")),  # 50 x 0.1 + 48 x 0.2 + 0.7
    ]


async def test_export_is_the_advance_of_the_register_from_day_to_day(community: Community) -> None:
    home = await community.home()
    await read_export(
        community,
        home,
        (datetime(2026, 10, 1, 6, tzinfo=UTC), "100"),
        (datetime(2026, 10, 1, 20, tzinfo=UTC), "103.5"),
        (datetime(2026, 10, 2, 22, 59, tzinfo=UTC), "108"),  # 23:59 of the 2nd in London
        (datetime(2026, 10, 2, 23, 30, tzinfo=UTC), "108.25"),  # 00:30 of the 3rd
        (datetime(2026, 10, 5, 12, tzinfo=UTC), "110"),
    )
    await community.measure(home.registers["SINGLE"], days(date(2026, 10, 2), date(2026, 10, 2)), "0.5")
    _, solar = await solar_home(community, "4")
    await community.measure(solar, days(date(2026, 10, 2), date(2026, 10, 2)), "0.25")
    columns = "day", "imported_kwh", "generated_kwh", "exported_kwh"
    assert await rows(community, "exchange", *columns) == [
        (date(2026, 10, 1), 0, 0, Decimal("3.5")),
        (date(2026, 10, 2), 24, 12, Decimal("4.5")),
        (date(2026, 10, 3), 0, 0, Decimal("0.25")),
        (date(2026, 10, 4), 0, 0, 0),
        (date(2026, 10, 5), 0, 0, Decimal("1.75")),
    ]


async def test_what_a_community_shared_is_not_in_what_its_homes_imported(community: Community) -> None:
    await community.tariff("0.30000", "0.50000")
    home = await community.home()
    await community.measure_month(home, kwh="0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home)
    await group.generate("0.075", FIRST_OF_OCTOBER)
    await community.bill()
    found = await rows(community, "exchange", "day", "imported_kwh", "shared_kwh", "generated_kwh")
    assert found[:2] == [
        (date(2026, 10, 1), Decimal("1.2"), Decimal("3.6"), Decimal("3.6")),  # 48 x (0.1 - 0.075)
        (date(2026, 10, 2), Decimal("4.8"), 0, 0),
    ]


async def test_solar_yield_is_energy_a_kw_by_day_and_month(community: Community) -> None:
    property_id, register = await solar_home(community, "4")
    await community.measure(register, days(date(2026, 9, 30), date(2026, 10, 1)), "0.25")
    assert await rows(community, "solar_yield", "day", "property", "kwh", "kwh_per_kw") == [
        (date(2026, 9, 30), property_id, 12, 3),  # 48 x 0.25 = 12 kWh of 4 kW
        (date(2026, 10, 1), property_id, 12, 3),
    ]
    assert await rows(community, "solar_yield_monthly", "month", "plot", "kwh", "kwh_per_kw") == [
        (date(2026, 9, 1), "Barn", 12, 3),
        (date(2026, 10, 1), "Barn", 12, 3),
    ]


async def test_solar_yield_goes_on_over_a_meter_exchange(community: Community) -> None:
    property_id, register = await solar_home(community, "4")
    await community.execute("UPDATE flows.meter_registers SET start_time = '2026-01-01'")
    await community.measure(register, days(date(2026, 9, 30), date(2026, 9, 30)), "0.25")
    change = days(date(2026, 10, 1), date(2026, 10, 1))
    await community.measure(await exchanged(community, register, change.start), change, "0.5")
    assert await rows(community, "solar_yield", "day", "property", "kwh", "kwh_per_kw") == [
        (date(2026, 9, 30), property_id, 12, 3),
        (date(2026, 10, 1), property_id, 24, 6),
    ]


async def test_completeness_counts_what_is_held_estimated_and_missing(community: Community) -> None:
    yesterday = local_date(utc_now(), LONDON) - timedelta(days=1)
    day = days(yesterday, yesterday)
    home = await community.home(register_start=day.start - timedelta(days=1))
    await community.measure(home.registers["SINGLE"], Period(day.start, day.start + timedelta(hours=20)), "0.2")
    await estimate(community, home.registers["SINGLE"], day.start + timedelta(hours=20), "0.2")
    found = await rows(community, "completeness", "day", "expected", "held", "estimated", "missing")
    expected = (day.end - day.start) // timedelta(minutes=30)
    assert found[-1] == (yesterday, expected, 40, 1, expected - 41)
    assert found[0][2:4] == (0, 0)


async def billed_home(community: Community, **home: Any) -> Home:
    """A home of the 31st of October."""
    made = await community.home(start_date=date(2026, 10, 31), **home)
    end = OCTOBER.period(LONDON).end
    await community.measure(made.registers["SINGLE"], Period(end - timedelta(days=1), end), "0.5")
    return made


async def test_arrears_are_by_days_past_due_and_add_up_to_the_balance(community: Community) -> None:
    await community.tariff("0.10000", "0.60000")
    # 24 kWh x 10p + 60p = 300p each; due on the 17th of November, as long after as their community's clock says
    home, paid = await billed_home(community), await billed_home(community)
    await community.bill()
    await pay(community, paid, 350)
    due = (await community.invoice(home))["due_date"]
    columns = "account", "balance_pence", "current_pence", "days_1_30_pence", "days_over_90_pence", "other_pence"
    for late, aged in ((0, (300, 0, 0)), (1, (0, 300, 0)), (30, (0, 300, 0)), (91, (0, 0, 300))):
        await community.execute("ALTER TABLE public.invoices DISABLE TRIGGER refuse_change")
        await community.execute("UPDATE public.invoices SET due_date = $1", _today() - timedelta(days=late))
        assert await rows(community, "arrears", *columns) == [
            (home.account, 300, *aged, 0),
            (paid.account, -50, 0, 0, 0, -50),  # 50p more than was billed
        ], (late, due)


async def test_newest_bills_are_what_an_account_still_lacks(community: Community) -> None:
    await community.tariff("0.10000", "0.60000")
    home = await billed_home(community)
    await community.bill()  # 300p
    await pay(community, home, 100)
    await community.execute("ALTER TABLE public.invoices DISABLE TRIGGER refuse_change")
    await community.execute("UPDATE public.invoices SET due_date = $1", _today() - timedelta(days=45))
    found = await rows(community, "arrears", "balance_pence", "days_31_60_pence", "days_1_30_pence", "other_pence")
    assert found == [(200, 200, 0, 0)]


def _today() -> date:
    return local_date(utc_now(), LONDON)


async def test_revenue_is_what_the_ledger_says_of_a_month(community: Community) -> None:
    await community.tariff("0.10000", "0.60000")
    home = await billed_home(community)
    await billed_home(community)
    await community.bill()  # on the 3rd of November; 300p each: 300 x 5 / 105 = 14p VAT
    await pay(community, home, 100)
    columns = "month", "invoices", "revenue_pence", "vat_pence", "invoiced_pence", "received_pence", "credited_pence"
    assert await rows(community, "revenue", *columns) == [(date(2026, 11, 1), 2, 572, 28, 600, 100, 0)]


async def test_savings_are_against_what_the_benchmark_would_have_cost(community: Community) -> None:
    await community.execute("INSERT INTO flows.regions (code, name) VALUES ('Z', 'Test') ON CONFLICT DO NOTHING")
    await community.execute("UPDATE flows.escos SET region = 'Z'")
    await community.execute(
        """INSERT INTO public.benchmark_tariffs (region, period_start, unit_rate, standing_charge)
           VALUES ('Z', '2026-10-01', 0.25000, 0.50000)"""
    )
    await community.tariff("0.10000", "0.60000")
    home = await billed_home(community, fullname="Jo Bloggs")
    await community.bill()  # 300p; at the benchmark 24 x 25p + 50p = 650p
    columns = "month", "account", "fullname", "supply_pence", "benchmark_pence", "saving_pence"
    assert await rows(community, "savings", *columns) == [(date(2026, 10, 1), home.account, "Jo Bloggs", 300, 650, 350)]


async def test_prepay_balances_name_those_that_are_low(community: Community) -> None:
    low, well = await community.home(prepay_meter=True), await community.home(prepay_meter=True)
    await community.home()
    for home, balance in ((low, "14.99"), (well, "15")):
        await community.execute(
            "UPDATE flows.meter_shadows SET balance = $2 WHERE id = $1", home.meter, Decimal(balance)
        )
    assert await rows(community, "prepay_balances", "meter", "plot", "balance", "is_low") == [
        (low.meter, "1 Sun Street", Decimal("14.99"), True),
        (well.meter, "2 Sun Street", Decimal(15), False),
    ]


async def test_days_and_communities_can_be_chosen(community: Community) -> None:
    other = await Community.make(community.db, community.billing, code="OTHER")
    for each in (community, other):
        home = await each.home()
        await each.measure(home.registers["SINGLE"], days(date(2026, 10, 1), date(2026, 10, 4)), "0.5")
    asked = {"escos": [other.esco], "start": date(2026, 10, 2), "end": date(2026, 10, 3)}
    assert await rows(community, "energy", "esco_code", "day", **asked) == [
        ("OTHER", date(2026, 10, 2)),
        ("OTHER", date(2026, 10, 3)),
    ]


def test_what_cannot_be_asked_for_is_said() -> None:
    with pytest.raises(UnknownReport, match="there is no report 'nothing'; there are energy"):
        find_report("nothing")
    with pytest.raises(ReportHasNoDates, match="arrears"):
        Asked(find_report("arrears"), start=date(2026, 10, 1))


# Refreshing


async def test_run_that_is_done_has_the_reports_made_again(community: Community) -> None:
    await community.tariff("0.10000", "0.60000")
    await billed_home(community)
    await community.bill()
    jobs = await community.rows("SELECT service, job FROM flows.outbox WHERE job = 'refresh_reports'")
    assert [tuple(job) for job in jobs] == [("billing", "refresh_reports")]


async def test_two_refreshes_at_once_are_one(community: Community) -> None:
    """Whoever waited finds that what they asked for was begun after they asked."""
    async with community.billing.connection() as one, community.billing.connection() as two:
        asked_at = utc_now()
        made = await asyncio.gather(
            *(db.fetchval("SELECT flows.refresh_report('energy', $1)", asked_at) for db in (one, two))
        )
    assert sorted(made) == [False, True]


async def test_refresh_that_fails_leaves_the_report_as_it_was_and_says_why(community: Community) -> None:
    home = await community.home()
    await community.measure(home.registers["SINGLE"], days(date(2026, 10, 1), date(2026, 10, 1)), "0.5")
    before = await rows(community, "energy", "kwh")
    async with community.billing.connection() as connection:
        made_at = {state.name: state.refreshed_at for state in await report_states(connection)}
    await community.execute("UPDATE flows.register_interval_daily SET kwh = 1")
    await community.execute("DROP INDEX reports.energy_esco_day_nature_idx")  # without it nothing is made concurrently
    async with community.billing.connection() as connection:
        states = {state.name: state for state in await refresh_reports(connection, utc_now())}
        found = await report_rows(connection, Asked(find_report("energy")), 10)
    assert [(row["kwh"],) for row in found] == before
    assert "concurrently" in (states["energy"].error or "")
    assert states["energy"].refreshed_at == made_at["energy"]
    assert states["arrears"].error is None
    assert states["arrears"].refreshed_at > made_at["arrears"]  # type: ignore[operator]


async def test_age_of_each_report_is_a_metric(community: Community) -> None:
    await refresh(community)
    ages, registry = ReportAges(), CollectorRegistry()
    registry.register(ages)
    async with community.billing.connection() as connection:
        await ages.measure(connection)
        states = await report_states(connection)
    assert {state.name for state in states} == set(REPORTS)
    for state in states:
        assert state.refreshed_at is not None
        shown = registry.get_sample_value("flows_report_refreshed_timestamp_seconds", {"report": state.name})
        assert shown == state.refreshed_at.timestamp()


# CSV


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'),
        ("+44 1", "'+44 1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Jo = Bloggs", "Jo = Bloggs"),
        (Decimal("-0.50"), "-0.50"),
        (Decimal("1E+3"), "1000"),
        (-5, -5),
        (True, "true"),
        (None, None),
        (date(2026, 10, 1), date(2026, 10, 1)),
    ],
)
def test_text_is_never_a_formula_and_numbers_stay_numbers(value: Any, cell: Any) -> None:
    assert csv_cell(value) == cell


async def test_csv_holds_the_whole_report(community: Community) -> None:
    await community.tariff("0.10000", "0.60000")
    home = await billed_home(community, fullname='=cmd|"/c calc"!A1')
    await community.bill()
    await refresh(community)
    async with community.billing.transaction() as transaction:
        text = "".join([part async for part in report_csv(transaction, Asked(find_report("arrears")))])
    [row] = csv.DictReader(io.StringIO(text))
    assert row["fullname"] == '\'=cmd|"/c calc"!A1'
    assert (row["account_number"], row["balance_pence"]) == (str(home.account_number), "300")


# Who reads them


async def test_admins_read_their_communities_programs_all_and_customers_none(community: Community) -> None:
    other = await Community.make(community.db, community.billing, code="OTHER")
    for each in (community, other):
        await each.tariff("0.10000", "0.60000")
        await billed_home(each)
        await each.bill()
    await refresh(community)
    both = {community.esco, other.esco}
    async with community.db.connection() as db:
        admin, operator, customer = await make_admin(db, other.esco), await make_admin(db), await make_customer(db)
        for name in ("energy", "exchange", "revenue", "arrears", "completeness"):
            query = f"SELECT esco FROM public.report_{name}"
            assert await _escos(db, "admin", admin, query) == {other.esco}
            assert await _escos(db, "admin", operator, query) == both
            assert await _escos(db, "service", None, query) == both
            assert await _escos(db, "reporting", None, query) == both
            assert await _escos(db, "admin", None, query) == set()
        for role, subject in (("customer", customer.login), ("anon", None)):
            for report in REPORTS:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await _escos(db, role, subject, f"SELECT esco FROM public.report_{report}")
        for kept in ("energy", "arrears"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _escos(db, "admin", admin, f"SELECT esco FROM reports.{kept}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _escos(db, "admin", admin, "SELECT flows.refresh_report('energy', now())")


async def _escos(db: Any, role: str, subject: UUID | None, query: str) -> set[UUID]:
    async with acting_as(db, role, subject):
        found: Sequence[asyncpg.Record] = await db.fetch(query)
    return {row[0] for row in found}
