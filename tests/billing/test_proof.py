"""Bills can be looked at before, tried at other prices, explained, and computed again."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from billing.community import NOVEMBER_3, OCTOBER, Community
from billing.proofs import findings, pay, preview, printed
from billing.time_of_use import component, night_and_day
from flows_billing.answers import tariff_of
from flows_billing.bills.simulate import Simulation, simulate
from flows_billing.communities.months import months_until
from flows_billing.invoices.explain import explain
from flows_billing.invoices.html import render_html
from flows_billing.invoices.pdf import render
from flows_billing.invoices.status import set_statuses
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import find_escos
from flows_shared.contracts.previews import ProposedTariff
from flows_shared.time import LONDON, Month, Period


async def test_preview_says_what_the_run_then_bills_and_stores_nothing(community: Community) -> None:
    await night_and_day(community)
    home, silent = await community.home(), await community.home()
    await community.measure_month(home)
    looked = await preview(community)
    assert [(account.outcome, account.reason) for account in looked.accounts] == [
        ("billed", None),
        ("failed", "readings_missing"),
    ]
    assert looked.accounts[1].account == silent.account
    stored = "SELECT (SELECT count(*) FROM public.invoices) + (SELECT count(*) FROM public.billing_runs)"
    assert await community.value(stored) == 0
    await community.bill()
    invoice = await community.invoice(home)
    assert looked.total_pence == invoice["total_pence"]
    assert [line.amount_pence for line in looked.accounts[0].lines] == [line[3] for line in await community.lines(home)]


async def test_verification_finds_what_no_longer_follows_from_its_sources(community: Community) -> None:
    await night_and_day(community)
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    assert await findings(community) == []
    await community.execute("UPDATE flows.register_interval_hh SET kwh = 1.2 WHERE timestamp = '2026-10-05 02:00Z'")
    [found] = await findings(community)
    assert (found.invoice, found.expected, found.found) == (
        "WLCE-000001",
        "88.2 kWh, 436 half hours",
        "87.2 kWh, 436 half hours",
    )
    await community.execute("ALTER TABLE public.invoice_lines DISABLE TRIGGER refuse_change")
    await community.execute(
        "UPDATE public.invoice_lines SET amount_pence = amount_pence + 1 WHERE kind = 'standing_charge'"
    )
    assert {finding.check for finding in await findings(community)} >= {"amount of line 3", "net and VAT"}


async def test_what_if_compares_each_account_at_another_tariff(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()  # 298 x 20p + 31 x 50p = 7510p
    proposed = ProposedTariff(
        unit_rate=Decimal("0.1"),
        standing_charge=Decimal("0.6"),
        components=[
            {"kind": "unit_rate", "rate": "0.1", "includes_vat": True},
            {"kind": "unit_rate", "rate": "0.3", "includes_vat": True, "from_kwh": "5", "threshold_period": "day"},
        ],
    )
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    found: Simulation = await simulate(community.billing, esco, [OCTOBER], tariff_of(proposed, OCTOBER), RunSettings())
    # 5 kWh a day at 10p: 155 x 10p; the rest, 298 - 155 = 143, at 30p; 31 x 60p
    assert (found.now_pence, found.proposed_pence) == (7510, 1550 + 4290 + 1860)
    assert found.accounts[0].difference_pence == 190


async def test_what_if_adds_up_the_months_that_have_both_bills(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")
    whole, late = await community.home(), await community.home()
    for month in (OCTOBER, OCTOBER.next()):
        await community.measure_month(whole, month)
    await community.measure_month(late, OCTOBER.next())
    proposed = ProposedTariff(unit_rate=Decimal("0.1"), standing_charge=Decimal("0.6"))
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    months = months_until(OCTOBER, OCTOBER.next())
    found = await simulate(community.billing, esco, months, tariff_of(proposed, OCTOBER), RunSettings())
    pence = {account.account: (account.now_pence, account.proposed_pence) for account in found.accounts}
    # 298 + 288 kWh at 20p or 10p, 31 + 30 days at 50p or 60p; the other home has November's 288 kWh and 30 days alone.
    assert pence == {whole.account: (14770, 9520), late.account: (7260, 4680)}
    [why_not] = [account.why_not for account in found.accounts if account.why_not]
    assert why_not.startswith("2026-10: ")
    assert (found.now_pence, found.proposed_pence) == (22030, 14200)


async def test_explanation_holds_the_arithmetic_of_every_line(community: Community) -> None:
    await community.tariff("0.24500", "0.60000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    said = explain(await printed(community))
    assert [line.arithmetic for line in said.lines] == [
        "298 kWh x 24.5p = 7,301p -> 7301p",
        "31 day x 60p = 1,860p -> 1860p",
    ]
    assert said.lines[0].source.startswith("1490 half hours, 2026-09-30 23:00 to 2026-10-31 23:30 UTC, 0 estimated")
    assert said.vat == ("9161p x 5 / (100 + 5) = 436p within",)
    assert said.balance == "0p before - 0p paid since + 9161p = 9161p due"


async def test_next_bill_takes_over_the_balance_and_payments(community: Community) -> None:
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    november = Month(2026, 11)
    for month in (OCTOBER, november):
        await community.measure_month(home, month)
    await community.bill()  # 298 x 10p = 2980p
    await pay(community, home, 2000)
    await community.bill(november, now=datetime(2026, 12, 1, 9, tzinfo=UTC))  # 288 x 10p = 2880p
    [_, second] = await community.rows("SELECT * FROM public.invoices ORDER BY number")
    assert [second[name] for name in ("previous_balance_pence", "payments_pence", "amount_due_pence")] == [
        2980,
        2000,
        2980 - 2000 + 2880,
    ]
    texts = PdfReader(io.BytesIO(render(await printed(community, "WLCE-000002")))).pages[0].extract_text()
    assert "Balance before" in texts
    assert "£38.60" in texts


@pytest.mark.parametrize(
    ("paid", "after", "status"),
    [(0, 0, "issued"), (1000, 0, "part_paid"), (2980, 0, "paid"), (1000, 15, "overdue"), (3000, 15, "paid")],
)
async def test_status_follows_from_what_was_paid_and_when(
    community: Community, paid: int, after: int, status: str
) -> None:
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    if paid:
        await pay(community, home, paid)
    async with community.billing.transaction() as transaction:
        await set_statuses(transaction, NOVEMBER_3 + timedelta(days=after))
    assert (await community.invoice(home))["status"] == status


async def test_documents_show_what_was_estimated_the_saving_and_the_days(community: Community) -> None:
    await community.execute("INSERT INTO flows.regions (code, name) VALUES ('Z', 'Test') ON CONFLICT DO NOTHING")
    await community.execute("UPDATE flows.escos SET region = 'Z', vat_number = 'GB123'")
    await community.execute(
        """INSERT INTO public.benchmark_tariffs (region, period_start, unit_rate, standing_charge)
           VALUES ('Z', '2026-10-01', 0.30000, 0.50000)"""
    )
    await community.tariff("0.20000", "0.50000")
    home = await community.home(fullname="Zoë <b>Żak</b>")
    await community.measure_month(home)
    await community.execute(
        """WITH gone AS (DELETE FROM flows.register_interval_hh WHERE timestamp = '2026-10-05 12:00Z' RETURNING *)
           INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           SELECT register_id, timestamp, kwh, 'linear' FROM gone"""
    )
    await community.bill()
    invoice = await printed(community)
    assert invoice.saving_pence == 2980  # 298 kWh at 10p less
    pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render(invoice))).pages)
    html = render_html(invoice).decode()
    for text in (pdf, html):
        for said in (
            *("VAT invoice", "GB123", "Tax point", "1 of 1490 half hours", "You saved £29.80"),
            *("£75.10", "to pay by 17 November 2026", "20p a kWh", "5%", "Amount with", "298 kWh in all"),
        ):
            assert said in text
        assert "Electricity (in part estimated)" in " ".join(text.split())
    assert html.count("<rect") == 31
    assert html.count('class="estimated"') == 1
    assert "<b>Żak" not in html
    assert len(invoice.usage) == 31
    assert sum(day.kwh for day in invoice.usage) == 298
    assert [day.day for day in invoice.usage if day.is_estimated] == [date(2026, 10, 5)]


async def test_bill_of_a_seller_who_is_not_registered_does_not_speak_of_vat(community: Community) -> None:
    await community.execute("UPDATE flows.escos SET vat_registered = false, vat_number = 'GB123'")
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    invoice = await printed(community)
    pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render(invoice))).pages)
    html = render_html(invoice).decode().partition("</style>")[2]
    for text in (pdf, html):
        assert "energy bill" in text.lower()
        assert "No VAT: the seller is not registered for it." in text
        for unsaid in ("without VAT", "VAT invoice", "GB123", "%"):
            assert unsaid not in text


async def test_tariff_whose_blocks_leave_a_hole_fails_its_account_alone(community: Community) -> None:
    tariff = await community.tariff("0.20000", "0.50000")
    await component(community, tariff, "unit_rate", "0.1", from_kwh=Decimal(5), threshold_period="day")
    home = await community.home(start_date=date(2026, 10, 31))
    await community.measure(home.registers["SINGLE"], Period(*_last_day()), "0.2")
    other = await community.home(start_date=date(2026, 10, 31), tariff={"unit_rate": "0.1", "standing_charge": "0.1"})
    await community.measure(other.registers["SINGLE"], Period(*_last_day()), "0.2")
    await community.bill()
    assert await community.outcome(home) == ("failed", "tariff_invalid", "its lowest block starts at 5 kWh, not at 0")
    assert (await community.outcome(other))[0] == "billed"


def _last_day() -> tuple[datetime, datetime]:
    end = OCTOBER.period(LONDON).end
    return end - timedelta(days=1), end
