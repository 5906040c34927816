"""What a registered exporter charges is input tax: beside what is charged to them, in the books and on the bill."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.community import Community, Home
from billing.corrections import esco_of, findings, rebilled
from billing.printed import benchmarked
from billing.time_of_use import JULY_3, JUNE, component
from flows_billing.closings.final import Closing, final_bill
from flows_billing.errors import SellerWithoutVatNumber
from flows_billing.invoices.documents import PrintedInvoice, printed_invoice
from flows_billing.invoices.explain import explain
from flows_billing.invoices.html import render_html
from flows_billing.invoices.pdf import render
from flows_billing.invoices.wording import self_billing, totals
from flows_billing.reports.refresh import refresh_reports
from flows_billing.settings import RunSettings
from flows_billing.vat.summary import vat_summary
from flows_shared.money import format_pounds
from flows_shared.time import utc_now

EXPORTER = "GB987654321"


@dataclass(frozen=True)
class Taxed:
    amount_pence: int
    vat_rate: Decimal
    includes_vat: bool
    vat_reason: str | None


async def exports_priced(community: Community, *, includes_vat: bool = True) -> None:
    """298 kWh x 10p = 2980p and 31 x 52.226p = 1619p; 100 kWh x 6p = 600p are credited."""
    tariff = await community.tariff("0.10000", "0.52226", includes_vat=includes_vat)
    await component(community, tariff, "export_credit", "0.06000", includes_vat=includes_vat)


async def exporting_home(community: Community, number: str | None = EXPORTER) -> Home:
    home = await community.home()
    await community.measure_month(home)
    for at, read in (
        (datetime(2026, 9, 30, 22, 15, tzinfo=UTC), "500"),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), "600"),
    ):
        await community.execute(
            "INSERT INTO flows.register_export VALUES ($1, $2, $3)", home.registers["SINGLE"], at, Decimal(read)
        )
    await community.execute(
        "INSERT INTO public.vat_registrations (customer, valid_from, vat_number) VALUES ($1, '2026-01-01', $2)",
        home.customer,
        number,
    )
    return home


async def printed(community: Community, number: str = "WLCE-000001") -> PrintedInvoice:
    async with community.billing.connection() as connection:
        invoice = await printed_invoice(connection, number)
    assert invoice is not None
    return invoice


async def posted(community: Community) -> dict[str, int]:
    rows = await community.rows(
        """SELECT ledger.code, sum(amount_pence)::integer AS pence
             FROM public.ledger_postings AS posting
             JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
            GROUP BY ledger.code HAVING sum(amount_pence) <> 0"""
    )
    return {row["code"]: row["pence"] for row in rows}


async def test_output_and_input_vat_are_posted_by_themselves(community: Community) -> None:
    await exports_priced(community)
    await exporting_home(community)
    await community.bill()
    # 4599 x 5 / 105 = 219 on what we sell, 600 x 20 / 120 = 100 on what we buy: 4380 - 500 of sales
    assert await posted(community) == {"receivable": 3999, "sales": -3880, "vat": -219, "input_vat": 100}
    assert await findings(community) == []


async def test_export_of_who_is_not_registered_has_no_vat(community: Community) -> None:
    await exports_priced(community)
    await exporting_home(community, None)
    await community.bill()
    assert await posted(community) == {"receivable": 3999, "sales": -3780, "vat": -219}
    assert self_billing(await printed(community)) is None


async def test_credit_note_takes_back_both(community: Community) -> None:
    await exports_priced(community)
    home = await exporting_home(community)
    await community.bill()
    await community.measure_more(home, "10.2")  # 10 kWh more: 5 x 10p of them VAT within, 4699 x 5 / 105 = 223.76
    await rebilled(community, confirm=True)
    assert await posted(community) == {"receivable": 4099, "sales": -3975, "vat": -224, "input_vat": 100}
    assert await findings(community) == []


async def test_bill_is_the_exporters_invoice_and_says_so(community: Community) -> None:
    await exports_priced(community)
    await exporting_home(community)
    await community.bill()
    invoice = await printed(community)
    said = self_billing(invoice)
    assert said == (
        "Self-billing: you supply us with what you export, and this bill is your VAT invoice for it. Your VAT "
        "registration number is GB987654321. The VAT shown on it, £1.00, is your output tax due to HMRC."
    )
    assert totals(invoice)[1:3] == [("VAT 5% on £43.80", "£2.19"), ("VAT 20% on -£5.00 that you sold us", "-£1.00")]
    assert said in render_html(invoice).decode()
    assert render(invoice).startswith(b"%PDF")
    assert explain(invoice).vat == (
        "4599p x 5 / (100 + 5) = 219p within",
        "-600p x 20 / (100 + 20) = -100p within, your output tax",
    )


async def test_bill_of_who_is_not_registered_shows_the_exporters_vat(community: Community) -> None:
    await exports_priced(community)
    await exporting_home(community)
    await community.execute("UPDATE flows.escos SET vat_registered = false")
    await community.bill()
    # 4599 without VAT, less 600 of which 100 are theirs: 4599 - 500 = 4099
    assert totals(await printed(community)) == [
        ("Total", "£40.99"),
        ("VAT 20% on -£5.00 that you sold us", "-£1.00"),
        ("Total to pay", "£39.99"),
    ]


def test_what_is_bought_at_a_rate_is_not_netted_with_what_is_sold_at_it() -> None:
    """58 x 20 / 120 = 9.67 and 56 x 20 / 120 = 9.33, not 2 x 20 / 120 = 0.33."""
    twenty = Decimal("0.20")
    lines = [Taxed(58, twenty, True, "business"), Taxed(-56, twenty, True, "exporter_registered")]
    assert [(amount.is_bought, amount.vat_pence) for amount in vat_summary(lines)] == [(False, 10), (True, -9)]


reasons = st.sampled_from(["domestic", "business", "exporter_registered", "exporter_not_registered", None])
taxed_lines = st.lists(
    st.builds(
        Taxed, st.integers(-10**6, 10**6), st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.20")]),
        st.booleans(), reasons,
    )
)  # fmt: skip


@given(lines=taxed_lines)
def test_sum_with_vat_is_that_of_the_lines_and_their_order_does_not_matter(lines: list[Taxed]) -> None:
    amounts = vat_summary(lines)
    assert amounts == vat_summary(reversed(lines))
    included = [line for line in lines if line.includes_vat]
    gross = sum(amount.net_pence + amount.vat_pence for amount in amounts if amount.includes_vat)
    assert gross == sum(line.amount_pence for line in included)
    bought = sum(line.amount_pence for line in included if (line.vat_reason or "").startswith("exporter"))
    assert bought == sum(x.net_pence + x.vat_pence for x in amounts if x.includes_vat and x.is_bought)


async def bills(community: Community, home: Home) -> Any:
    return await community.bill()


async def rebills(community: Community, home: Home) -> Any:
    return await rebilled(community)


async def closes(community: Community, home: Home) -> Any:
    asked = Closing(home.account_number, date(2026, 10, 31), {}, "a test")
    now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    return await final_bill(community.billing, await esco_of(community), asked, RunSettings(), now)


@pytest.mark.parametrize("number", [None, "", "  "])
@pytest.mark.parametrize("ask", [bills, rebills, closes])
async def test_registered_seller_without_a_number_is_refused(
    community: Community, ask: Callable[[Community, Home], Awaitable[Any]], number: str | None
) -> None:
    await community.tariff("0.10000", "0.10000")
    home = await community.home()
    await community.measure_month(home)
    await community.execute("UPDATE flows.escos SET vat_number = $1", number)
    with pytest.raises(SellerWithoutVatNumber, match="WLCE cannot bill: it is registered for VAT"):
        await ask(community, home)
    assert await community.value("SELECT count(*) FROM public.invoices") == 0
    assert await community.value("SELECT status FROM public.accounts WHERE id = $1", home.account) == "open"
    await community.execute("UPDATE flows.escos SET vat_registered = false")
    await ask(community, home)


async def test_run_that_is_refused_says_why_and_goes_on_once_the_number_is_there(community: Community) -> None:
    await community.tariff("0.10000", "0.10000")
    home = await community.home()
    await community.measure_month(home)
    await community.execute("UPDATE flows.escos SET vat_number = NULL")
    with pytest.raises(SellerWithoutVatNumber):
        await community.bill()
    [run] = await community.rows("SELECT status, error FROM public.billing_runs")
    assert run["status"] == "failed"
    assert "its VAT number is missing" in run["error"]
    await community.execute("UPDATE flows.escos SET vat_number = 'GB123456789'")
    assert (await community.bill()).billed == 1
    assert (await community.invoice(home))["vat_number"] == "GB123456789"


async def test_explanation_says_how_a_minimum_and_a_small_quantity_were_judged(community: Community) -> None:
    tariff = await community.tariff("0.10000", "0.10000")
    await component(community, tariff, "minimum_charge", "31.00000")
    home = await community.home()
    await community.execute(
        """INSERT INTO public.vat_statuses (property, valid_from, use)
           SELECT property, '2026-01-01', 'business' FROM public.accounts WHERE id = $1""",
        home.account,
    )
    await community.measure_month(home, JUNE, "0.1")  # 144 kWh x 10p and 30 x 10p
    await community.bill(JUNE, now=JULY_3)
    minimum = explain(await printed(community)).lines[-1]
    assert minimum.source == (
        "the minimum of £31.00 a month for 30 of 30 days with VAT, less energy and days: 1360p; "
        "the community's tariff from 2026-01-01"
    )
    assert minimum.vat == "5% within the price (small_quantity: 144 kWh in 30 days are at most 990, 33 a day)"


async def test_explanation_says_how_much_was_not_charged(community: Community) -> None:
    await community.tariff("0.10000", "0.10000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill(now=datetime(2027, 10, 20, 9, tzinfo=UTC))
    left_out = explain(await printed(community)).lines[-1]
    # 19 days x (48 x 0.2 kWh x 10p + 10p) = 19 x 106p
    assert left_out.source.startswith(
        "what was used on the days that are too old comes to 2014p; 0p were billed for it before"
    )
    assert (await community.invoice(home))["total_pence"] == 2980 + 310 - 2014


@pytest.mark.parametrize("includes_vat", [True, False])
async def test_saving_does_not_move_with_the_vat_on_an_export(community: Community, includes_vat: bool) -> None:
    """298 kWh at 25p and 31 days at 60p: 7450p + 1860p = 9310p with VAT at the cap.

    Here 298 kWh x 10p and 31 x 52.226p are 4599p, or without VAT 4599p x 1.05 = 4828.95p; neither the 600p that are
    credited nor the 20% upon them count.
    """
    await benchmarked(community)
    await exports_priced(community, includes_vat=includes_vat)
    for number in (EXPORTER, None):
        await exporting_home(community, number)
    assert (await community.bill()).billed == 2
    async with community.db.connection() as connection:
        await refresh_reports(connection, utc_now())
    supplied = 4599 if includes_vat else 4829
    reported = await community.rows("SELECT supply_pence, saving_pence FROM reports.savings")
    assert [tuple(row) for row in reported] == [(supplied, 9310 - supplied)] * 2
    for number in ("WLCE-000001", "WLCE-000002"):
        invoice = await printed(community, number)
        assert (invoice.supplied_pence, invoice.saving_pence) == (supplied, 9310 - supplied)
        assert f"You saved {format_pounds(9310 - supplied)}. Credits are not counted." in render_html(invoice).decode()
