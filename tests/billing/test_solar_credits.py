"""Solar credits: computed with a pencil, made once, and landing on bills and prepay meters."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.community import OCTOBER, Community, Home, insert
from billing.corrections import rebilled
from billing.proofs import findings, preview, printed
from flows_billing import jobs
from flows_billing.invoices.explain import explain
from flows_billing.invoices.wording import line_cells
from flows_billing.solar.credits import Installation, SolarTariff, installation_pence, share_credit
from flows_billing.stores.solar import grant_solar_credits
from flows_shared.time import Month

HERE, THERE, BEYOND = UUID(int=1), UUID(int=2), UUID(int=3)
RATE = [SolarTariff(date(2024, 1, 1), Decimal("2.5"))]


def installation(*ratios: str, kw: str = "3.6", commissioned_on: date = date(2020, 1, 1)) -> Installation:
    homes = (HERE, THERE, BEYOND)
    return Installation(
        HERE, Decimal(kw), commissioned_on, tuple(zip(homes, map(Decimal, ratios or ("1",)), strict=False))
    )


@pytest.mark.parametrize(
    ("month", "commissioned_on", "pence"),
    [
        (Month(2026, 2), date(2020, 1, 1), 252),  # 3.6 kW x 28 days x 2.5p
        (Month(2028, 2), date(2020, 1, 1), 261),  # 29 days of a leap year
        (OCTOBER, date(2020, 1, 1), 279),  # 31 days, whatever the clocks do
        (OCTOBER, date(2026, 10, 16), 144),  # from the day of its commissioning on: 16 days
        (OCTOBER, date(2026, 11, 1), 0),
    ],
)
def test_credit_is_capacity_times_days_times_pence(month: Month, commissioned_on: date, pence: int) -> None:
    assert installation_pence(installation(commissioned_on=commissioned_on), month, RATE) == pence


def test_credit_is_cut_to_whole_pence_once() -> None:
    # 3.33 x 31 x 2.5 = 258.075; a change of the rate on the 11th: 3.33 x (10 x 2.5 + 21 x 2.7) = 272.061
    assert installation_pence(installation(kw="3.33"), OCTOBER, RATE) == 258
    changed = [*RATE, SolarTariff(date(2026, 10, 11), Decimal("2.7"))]
    assert installation_pence(installation(kw="3.33"), OCTOBER, changed) == 272


def test_pence_that_cutting_leaves_go_to_who_lost_most() -> None:
    # 279p by 0.5, 0.3, 0.2: 139.5, 83.7, 55.8; of the two pence left the last lost .8, the second .7
    assert [c.pence for c in share_credit(installation("0.5", "0.3", "0.2"), OCTOBER, RATE)] == [139, 84, 56]


def test_ratios_that_do_not_sum_to_1_give_nothing() -> None:
    assert share_credit(installation("0.5", "0.4"), OCTOBER, RATE) == []


@given(parts=st.lists(st.integers(1, 50), min_size=1, max_size=3), kw=st.decimals("0.1", "99", places=2))
def test_shares_add_up_to_the_installations_pence(parts: list[int], kw: Decimal) -> None:
    ratios = [Decimal(part) / 1000 for part in parts]
    ratios[-1] += 1 - sum(ratios)
    whole = installation(*map(str, ratios), kw=str(kw))
    credits = share_credit(whole, OCTOBER, RATE)
    assert sum(credit.pence for credit in credits) == installation_pence(whole, OCTOBER, RATE)


async def solar_home(community: Community, source: Home, *receivers: tuple[Home, str], kw: str = "3.6") -> None:
    homes = {home.account: await home_of(community, home) for home in (source, *(home for home, _ in receivers))}
    await insert(
        community.db,
        "public.solar_installation",
        key="property",
        property=homes[source.account],
        declared_net_capacity=Decimal(kw),
        commissioning_date=date(2025, 1, 1),
    )
    for home, ratio in receivers:
        await insert(
            community.db,
            "public.solar_credit_allocation",
            installation_property=homes[source.account],
            allocation_property=homes[home.account],
            ratio=Decimal(ratio),
        )


async def home_of(community: Community, home: Home) -> UUID:
    found: UUID = await community.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    return found


async def priced(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    await insert(
        community.db,
        "public.solar_credit_tariffs",
        esco=community.esco,
        period_start=date(2026, 1, 1),
        credit_pence_per_year=Decimal("912.5"),
        credit_pence_per_day=Decimal("2.5"),
    )


async def test_credit_lands_on_the_bill_without_vat_and_is_an_expense_in_the_ledger(community: Community) -> None:
    await priced(community)
    home, neighbour = await community.home(), await community.home()
    for each in (home, neighbour):
        await community.measure_month(each)
    await solar_home(community, home, (home, "0.75"), (neighbour, "0.25"))
    looked = await preview(community)
    await community.bill()
    # 279p: 209.25 and 69.75 -> 209 and 70
    assert await community.lines(home) == [
        ("Electricity", Decimal("298.0"), "0.20000", 5960),
        ("Standing charge", Decimal(31), "0.50000", 1550),
        ("Solar credit October 2026, 75% of an installation's", Decimal(1), "-2.09000", -209),
    ]
    assert (await community.lines(neighbour))[2][3] == -70
    invoice = await community.invoice(home)
    # 7510p hold VAT of 7510 x 5 / 105 = 357.6 -> 358p; the credit holds none: 7510 - 209 = 7301p
    assert (invoice["net_pence"], invoice["vat_pence"], invoice["total_pence"]) == (7152 - 209, 358, 7301)
    assert looked.accounts[0].total_pence == 7301
    postings = await community.rows(
        """SELECT ledger.code, posting.amount_pence
             FROM public.ledger_entries AS entry
             JOIN public.ledger_postings AS posting ON posting.entry = entry.id
             JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
            WHERE entry.invoice = $1 ORDER BY ledger.code""",
        invoice["id"],
    )
    assert [tuple(row) for row in postings] == [
        ("receivable", 7301),
        ("sales", -7152),
        ("solar_credits", 209),
        ("vat", -358),
    ]
    applied = await community.rows("SELECT * FROM public.monthly_solar_credits ORDER BY credit_pence")
    assert [row["credit_pence"] for row in applied] == [70, 209]
    assert all(row["applied_at"] for row in applied)
    assert await findings(community) == []
    bill = await printed(community, invoice["number"])
    assert line_cells(bill.lines[2])[2:] == ("", "", "outside scope", "-£2.09")
    said = explain(bill)
    assert said.lines[2].source == "the declared capacity, its days and the ratio of the month's solar credit"
    assert "No VAT on a solar credit: it is paid for capacity, not for energy." in said.sentences


async def test_month_asked_again_credits_nothing_twice(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await solar_home(community, home, (home, "1"))
    await community.bill()
    assert (await community.outcome(home))[1] == "readings_missing"
    await community.measure_month(home)
    await community.bill()
    await community.bill()
    assert [line[3] for line in await community.lines(home)] == [5960, 1550, -279]
    assert await community.value("SELECT count(*) FROM public.monthly_solar_credits") == 1


async def test_prepay_meter_gets_its_credit_as_a_top_up(community: Community) -> None:
    await priced(community)
    home = await community.home(prepay_meter=True)
    await solar_home(community, home, (home, "1"))
    for _ in range(2):
        async with community.billing.connection() as connection:
            await grant_solar_credits(connection, community.esco, OCTOBER)
    await community.bill()
    [topup] = await community.rows(
        """SELECT topup.*, credit.applied_at, credit.invoice
             FROM public.topups AS topup
             JOIN public.topups_monthly_solar_credits AS link ON link.topup_id = topup.id
             JOIN public.monthly_solar_credits AS credit ON credit.id = link.month_solar_credit_id"""
    )
    assert (topup["meter"], topup["amount_pence"], topup["source"], topup["status"]) == (
        home.meter,
        279,
        "solar_credit",
        "pending",
    )
    assert topup["notes"] == "Solar credit October 2026"
    assert topup["applied_at"] is not None
    assert topup["invoice"] is None


async def test_home_that_changes_hands_has_its_credit_on_the_last_bill_of_the_month(community: Community) -> None:
    await priced(community)
    leaver = await community.home(end_date=date(2026, 10, 20), status="closed")
    place = await home_of(community, leaver)
    account = await insert(
        community.db,
        "public.accounts",
        property=place,
        start_date=date(2026, 10, 21),
        type="supply",
        status="open",
    )
    customer = await insert(community.db, "public.customers", fullname="Ny Tenant", esco=community.esco)
    await insert(community.db, "public.customer_accounts", customer=customer, account=account, role="occupier")
    await community.measure_month(leaver)
    await solar_home(community, leaver, (leaver, "1"))
    await community.bill()
    credited = await community.rows(
        """SELECT invoice.account
             FROM public.invoice_lines AS line JOIN public.invoices AS invoice ON invoice.id = line.invoice
            WHERE line.kind = 'solar_credit'"""
    )
    assert [row["account"] for row in credited] == [account]


async def test_credit_that_was_changed_after_it_was_billed_is_found(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    await solar_home(community, home, (home, "1"))
    await community.bill()
    await community.execute("UPDATE public.monthly_solar_credits SET credit_pence = 300")
    found = [(finding.check[:13], finding.expected, finding.found) for finding in await findings(community)]
    assert {("solar credits", "300", "279"), ("solar credits", "279", "300")} <= set(found)


async def test_worker_credits_the_month_that_ended_on_the_first_days_of_the_next(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await solar_home(community, home, (home, "1"))
    made = "SELECT count(*) FROM public.monthly_solar_credits WHERE month = '2026-10-01'"
    # In London it is November only from midnight on; on the 4th a person decides.
    for now, credits in (
        (datetime(2026, 10, 31, 22, 10, tzinfo=UTC), 0),
        (datetime(2026, 11, 4, 0, 10, tzinfo=UTC), 0),
        (datetime(2026, 11, 1, 0, 10, tzinfo=UTC), 1),
        (datetime(2026, 11, 1, 1, 10, tzinfo=UTC), 1),
    ):
        worker = SimpleNamespace(db=community.billing, now=lambda now=now: now)
        await jobs.credit_solar(cast(jobs.BillingWorker, worker))
        assert await community.value(made) == credits


async def test_bill_in_place_of_another_has_its_solar_credit_once(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    await solar_home(community, home, (home, "1"))
    await community.bill()
    await community.execute(
        "UPDATE flows.register_interval_hh SET kwh = 1.2 WHERE register_id = $1 AND timestamp = '2026-10-05 12:00Z'",
        home.registers["SINGLE"],
    )
    done = await rebilled(community, confirm=True)
    assert [account.outcome for account in done.accounts] == ["corrected"]
    rows = await community.rows(
        """SELECT invoice.number, invoice.status, line.amount_pence, credit.id IS NOT NULL AS holds
             FROM public.invoices AS invoice
             JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.kind = 'solar_credit'
             LEFT JOIN public.monthly_solar_credits AS credit ON credit.invoice = invoice.id
            ORDER BY invoice.number"""
    )
    assert [tuple(row) for row in rows] == [
        ("WLCE-000001", "void", -279, False),
        ("WLCE-000002", "issued", -279, True),
    ]
    spent = """SELECT sum(posting.amount_pence) FROM public.ledger_postings AS posting
                 JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
                WHERE ledger.code = 'solar_credits'"""
    assert await community.value(spent) == 279
    assert await findings(community) == []
