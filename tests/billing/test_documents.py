"""A bill that can be checked and paid: what stands on paper and on the screen, read back as its reader does."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from structlog.testing import capture_logs

from billing.community import NOVEMBER_3, OCTOBER, Community, Home, insert
from billing.corrections import rebilled
from billing.printed import benchmarked, both, printed, text_of, words_of
from flows_billing.corrections.documents import printed_note
from flows_billing.corrections.html import render_note_html
from flows_billing.corrections.pdf import render_note
from flows_billing.invoices.documents import PrintedInvoice
from flows_billing.invoices.html import render_html
from flows_billing.invoices.pdf import render
from flows_billing.invoices.wording import (
    comparison,
    how_to_pay,
    line_rows,
    line_titles,
    totals,
    use_over_time,
    what_to_pay,
)
from flows_shared.time import LONDON, Month, Period, local_midnight

SEPTEMBER, NOVEMBER = Month(2026, 9), Month(2026, 11)
OCTOBER_1, NOVEMBER_1 = local_midnight(date(2026, 10, 1), LONDON), local_midnight(date(2026, 11, 1), LONDON)
DECEMBER_3 = datetime(2026, 12, 3, 9, tzinfo=UTC)
SELLER = {
    "vat_number": "GB123",
    "address": "1 Water Lane",
    "contact_email": "hello@water-lane.example",
    "contact_phone": "01632 960 123",
    "complaint_route": "write to us",
    "redress_body": "the Energy Ombudsman",
    "bank_account_name": "Water Lane Ltd",
    "bank_sort_code": "123456",
    "bank_account_number": "98765432",
    "bank_iban": "GB82WEST12345698765432",
    "bank_bic": "WESTGB2L",
}


def drawn(pdf: bytes) -> bytes:
    """What the first page is drawn with."""
    content = PdfReader(io.BytesIO(pdf)).pages[0].get_contents()
    assert content is not None
    return content.get_data()


async def describe_seller(community: Community, **columns: Any) -> None:
    values = {**SELLER, **columns}
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, start=1))
    await community.execute(f"UPDATE flows.escos SET {places}", *values.values())


async def read(community: Community, register: Any, at: datetime, kwh: str) -> None:
    await insert(
        community.db, "flows.register_import", key="read", register_id=register, timestamp=at, read=Decimal(kwh)
    )


async def mandate(community: Community, home: Home, status: str = "active", **dates: Any) -> None:
    values = {"valid_from": date(2026, 1, 1), **dates}
    await insert(
        community.db, "public.direct_debit_mandates", account=home.account, reference=f"M{home.account_number}",
        status=status, **values,
    )  # fmt: skip


async def priced(community: Community, **columns: Any) -> None:
    await community.tariff("0.20000", "0.50000", **columns)


async def test_bill_names_meter_reads_tariff_reference_and_whom_to_ask(community: Community) -> None:
    await describe_seller(community)
    await priced(community, name="Water Lane Saver")
    await community.tariff("0.21000", "0.50000", period_start=date(2027, 1, 1))
    home = await community.home(payment_method="bank_transfer")
    await community.execute("UPDATE public.properties SET mpan = '2200000000014'")
    await community.execute("UPDATE public.accounts SET account_number = 539007547034")
    await community.measure_month(home)
    await read(community, home.registers["SINGLE"], OCTOBER_1, "1200.5")
    await read(community, home.registers["SINGLE"], NOVEMBER_1, "1498.5")
    await community.bill()
    for said in await both(community):
        for fact in (
            "1,200.5 kWh",
            "1,498.5 kWh",
            "2200000000014 (MPAN)",
            "RF18539007547034",  # the example of ISO 11649
            "Water Lane Saver, from 1 January 2026 to 31 December 2026",
            "Our account: account name Water Lane Ltd, sort code 12-34-56, account number 98765432, "
            "IBAN GB82WEST12345698765432, BIC WESTGB2L.",
            "Contact: 01632 960 123, hello@water-lane.example",
            "Complaints: write to us",
            "If we do not settle your complaint: the Energy Ombudsman",
            "Please pay £75.10 by bank transfer by 17 November 2026, with the payment reference RF18539007547034.",
        ):
            assert fact in said, fact


async def test_new_version_of_a_tariff_keeps_its_name(community: Community) -> None:
    await priced(community, name="Water Lane Saver")
    await community.tariff("0.30000", "0.50000", period_start=date(2026, 7, 1))
    names = await community.rows("SELECT name FROM public.microgrid_tariffs")
    assert [row["name"] for row in names] == ["Water Lane Saver"] * 2


async def test_exchange_in_the_month_shows_two_serials_and_four_reads(community: Community) -> None:
    await priced(community)
    home = await community.home()
    old, at = home.registers["SINGLE"], datetime(2026, 10, 16, 12, tzinfo=UTC)
    await community.measure(old, Period(OCTOBER_1, at), "0.2")
    new = await insert(community.db, "flows.meter_registry", serial="NEW-1", esco=community.esco)
    await read(community, old, OCTOBER_1, "500")
    statement = "SELECT flows.exchange_meter($1, $2, $3, '{\"SINGLE\": 650}', '{\"SINGLE\": 3.25}')"
    follower = await community.value(statement, home.meter, new, at)
    await community.measure(follower, Period(at, NOVEMBER_1), "0.2")
    await read(community, follower, NOVEMBER_1, "152.25")
    await community.bill()
    paper, screen = await both(community)
    assert "000001 1 October 2026 500 kWh (read by the meter) 16 October 2026 650 kWh (read by the meter)" in screen
    assert "NEW-1 16 October 2026 3.25 kWh (read by the meter) 31 October 2026 152.25 kWh" in screen
    for fact in ("000001", "500 kWh", "650 kWh", "NEW-1", "3.25 kWh", "152.25 kWh"):
        assert fact in paper, fact


async def test_closing_read_is_estimated_where_half_hours_since_the_last_read_were(community: Community) -> None:
    await priced(community)
    home = await community.home()
    register = home.registers["SINGLE"]
    await read(community, register, OCTOBER_1, "100")
    await community.measure(register, Period(OCTOBER_1, datetime(2026, 10, 31, 12, tzinfo=UTC)), "0.2")
    await community.execute(
        """INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           SELECT $1, at, 0.2, 'linear'
             FROM generate_series('2026-10-31 12:00Z'::timestamptz, '2026-10-31 23:30Z', '30 min') AS at""",
        register,
    )
    await community.bill()
    # 1,490 half hours of 0.2 kWh
    for said in await both(community):
        assert "398 kWh (estimated)" in said


async def test_register_that_was_never_read_says_so(community: Community) -> None:
    await priced(community)
    await community.measure_month(await community.home())
    await community.bill()
    for said in await both(community):
        assert "000001 1 October 2026 not read 31 October 2026 not read" in said


async def test_read_after_the_month_began_is_counted_back(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    await read(community, home.registers["SINGLE"], datetime(2026, 10, 1, 11, tzinfo=UTC), "104.8")
    await community.bill()
    # 12 hours after local midnight: 24 half hours of 0.2 kWh before it, 1,466 after it
    _, screen = await both(community)
    assert "1 October 2026 100 kWh (read by the meter) 31 October 2026 398 kWh (read by the meter)" in screen


async def test_reads_of_a_bill_stay_when_later_ones_come(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    await read(community, home.registers["SINGLE"], OCTOBER_1, "100")
    await community.bill()
    first = render(await printed(community))
    await read(community, home.registers["SINGLE"], NOVEMBER_1, "399")
    await community.execute("UPDATE flows.meter_registry SET serial = 'OTHER'")
    assert render(await printed(community)) == first


@pytest.mark.parametrize(
    ("status", "dates", "collected"),
    [
        ("active", {}, True),
        ("active", {"valid_to": date(2026, 11, 17)}, True),  # the due date
        ("active", {"valid_to": date(2026, 11, 16)}, False),
        ("pending", {}, False),
        ("cancelled", {}, False),
        (None, {}, False),
    ],
)
async def test_bill_is_collected_only_where_a_mandate_is_active(
    community: Community, status: str | None, dates: dict[str, date], collected: bool
) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    if status:
        await mandate(community, home, status, **dates)
    await community.bill()
    invoice = await printed(community)
    said = " ".join(how_to_pay(invoice))
    assert ("We collect £75.10 by Direct Debit on or just after 17 November 2026" in said) == collected
    assert (invoice.payment_reference in said) == (not collected)


async def test_use_is_compared_with_the_year_and_the_month_a_year_before(community: Community) -> None:
    await community.tariff("0.20000", "0.50000", period_start=date(2025, 1, 1))
    home = await community.home()
    for month, kwh in ((Month(2025, 10), "0.1"), (Month(2025, 11), "0.2"), (OCTOBER, "0.3")):
        await community.measure_month(home, month, kwh)
        await community.bill(month)
    # 1,490 half hours in October, 1,440 in November
    assert use_over_time(await printed(community, "WLCE-000003")) == [
        "In the 12 months to 31 October 2026 you used 735 kWh.",
        "In October 2025 you used 149 kWh, this time 447 kWh.",
    ]
    assert use_over_time(await printed(community)) == [
        "From 1 October 2025, the first day billed to you, to 31 October 2025 you used 149 kWh.",
        "We have no bill of yours for October 2024 to compare with.",
    ]


async def test_inclusive_prices_show_each_line_without_vat_and_add_up(community: Community) -> None:
    await community.execute("UPDATE flows.escos SET vat_small_quantities = false, vat_mixed_use = false")
    await priced(community)
    home = await community.home()
    await insert(
        community.db, "public.vat_statuses", customer=home.customer, valid_from=date(2026, 1, 1), use="mixed",
        qualifying_percent=Decimal(40), certificate="C1", certificate_from=date(2026, 1, 1),
    )  # fmt: skip
    await community.measure_month(home)
    await community.bill()
    invoice = await printed(community)
    assert line_titles(invoice.lines)[4:] == ("VAT", "Without VAT", "Amount with VAT")
    # 298 kWh and 31 days, 40% at 5% and 60% at 20%: 3004p / 1.05 = 2860.95, 4506p / 1.2 = 3755
    assert [cells[-3:] for cells in line_rows(invoice.lines)] == [
        ("5%", "£22.71", "£23.84"),  # 2270.48 + 590.48 are 28.61 together: the first has the penny
        ("20%", "£29.80", "£35.76"),
        ("5%", "£5.90", "£6.20"),
        ("20%", "£7.75", "£9.30"),
    ]
    assert totals(invoice)[:3] == [
        ("Total without VAT", "£66.16"),
        ("VAT 20% on £37.55", "£7.51"),
        ("VAT 5% on £28.61", "£1.43"),
    ]


async def test_solar_credit_is_outside_the_scope_of_vat_and_not_at_0_percent(community: Community) -> None:
    await priced(community)
    home = await community.home()
    premises = await community.value("SELECT id FROM public.properties")
    await insert(
        community.db, "public.solar_installation", key="property", property=premises,
        declared_net_capacity=Decimal(2), commissioning_date=date(2025, 1, 1),
    )  # fmt: skip
    await insert(
        community.db, "public.solar_credit_allocation", key="ratio", installation_property=premises,
        allocation_property=premises, ratio=Decimal(1),
    )  # fmt: skip
    await insert(
        community.db, "public.solar_credit_tariffs", esco=community.esco, period_start=date(2026, 1, 1),
        credit_pence_per_year=Decimal(3650), credit_pence_per_day=Decimal(10),
    )  # fmt: skip
    await community.measure_month(home)
    await community.bill()
    invoice = await printed(community)
    # 5960p + 1550p = 7510p, of which 357.62p VAT; 2 kW x 31 days x 10p = 620p
    assert totals(invoice) == [
        ("Total without VAT", "£71.52"),
        ("VAT 5% on £71.52", "£3.58"),
        ("Outside the scope of VAT", "-£6.20"),
        ("Total to pay", "£68.90"),
    ]
    assert line_rows(invoice.lines)[-1][-3:] == ("outside scope", "", "-£6.20")
    for said in await both(community):
        assert "0% " not in said.replace("10% ", "")


async def test_after_a_correction_only_the_last_bill_asks_for_the_balance(community: Community) -> None:
    await priced(community)
    home = await community.home(payment_method="bank_transfer")
    for month, now in ((OCTOBER, NOVEMBER_3), (NOVEMBER, DECEMBER_3)):
        await community.measure_month(home, month)
        await community.bill(month, now=now)
    await community.measure_more(home, "7.2")
    await rebilled(community, confirm=True)
    wrong, last, right = [await printed(community, f"WLCE-00000{number}") for number in (1, 2, 3)]
    # October 7510p and 7 kWh x 20p more; November 288 kWh x 20p + 15 days' 1500p and the 7510p before
    assert what_to_pay(right) == ("£76.50", "for these days; not to be paid by itself")
    assert totals(right)[-1] == ("Total of this bill", "£76.50")
    assert how_to_pay(right)[0].startswith("Do not pay this bill by itself: it puts an earlier one right.")
    assert what_to_pay(last) == ("£147.70", "to pay by 17 December 2026")
    assert what_to_pay(wrong) == ("£0.00", "this bill is taken back")
    assert [text_of(render(bill)).count("Please pay") for bill in (wrong, last, right)] == [0, 1, 0]


async def test_credit_note_has_pounds_and_pence_units_and_one_sign(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    await community.measure_more(home, "7.2")
    await rebilled(community, confirm=True)
    async with community.billing.connection() as connection:
        note = await printed_note(connection, "WLCE-C000001")
    assert note
    assert "298 to 305 kWh £0.20 5%" in words_of(render_note_html(note))
    for said in (text_of(render_note(note)), words_of(render_note_html(note))):
        assert "£0.20 5%" in said
        assert "31 days £0.50 5%" in said
        credited = said.split("What follows")[0]
        assert "£59.60" in credited
        assert "-£" not in credited
        assert "Total credit £75.10" in credited


async def test_saving_says_what_it_counts_and_is_none_of_a_business(community: Community) -> None:
    await benchmarked(community)
    await priced(community)
    homes = [await community.home() for _ in range(2)]
    await insert(
        community.db, "public.vat_statuses", customer=homes[1].customer, valid_from=date(2026, 1, 1), use="business"
    )
    for home in homes:
        await community.measure_month(home)
    await community.bill()
    # 298 kWh x 25p + 31 x 60p = 9310p, for 7510p
    assert comparison(await printed(community)) == (
        "At the regulator's price cap, 298 kWh and 31 days of standing charge would have cost £93.10 with VAT; "
        "here they cost £75.10. You saved £18.00."
    )
    assert comparison(await printed(community, "WLCE-000002")) is None
    assert "cap" not in " ".join(await both(community, "WLCE-000002"))


NAMES = (
    "王小明",
    "محمد علي",
    "שלום כהן",
    "Ἀλέξανδρος Παπαδόπουλος",
    "हिन्दी नाम",
    "김철수",
    "ชื่อไทย",
    "Nguyễn Thị Ánh",
    "Sam 😀",
    "Zoë Żak",
)


@pytest.fixture(scope="module")
def named() -> PrintedInvoice:
    """A bill without a database: what it says beside the name does not matter."""
    none = dict.fromkeys(PrintedInvoice.__dataclass_fields__)
    known: dict[str, Any] = {
        "number": "WLCE-1", "issue_date": date(2026, 11, 3), "due_date": date(2026, 11, 17), "lines": (), "usage": (),
        "period_start": date(2026, 10, 1), "period_end": date(2026, 11, 1), "reads": (), "seller": "West", "plot": "1",
        "use": "domestic",
        "is_final": False, "account_number": 1, "payment_method": "card", "payment_reference": "RF", "customer": "",
        **{name: 0 for name in none if name.endswith("_pence") and name != "benchmark_pence"},
    }  # fmt: skip
    return PrintedInvoice(**{**none, **known})


@pytest.mark.parametrize("name", NAMES)
def test_name_in_any_script_is_drawn_and_can_be_read_back(named: PrintedInvoice, name: str) -> None:
    with capture_logs() as logs:
        pdf = render(replace(named, customer=name))
    assert name in text_of(pdf)
    assert logs == []
    # outlines, not only text that nobody sees
    assert len(drawn(pdf)) > len(drawn(render(replace(named, customer="")))) + 500
    assert f"<bdi>{name}</bdi>" in render_html(replace(named, customer=name)).decode()


def test_character_that_no_font_has_is_a_box_and_an_error_in_the_log(named: PrintedInvoice) -> None:
    with capture_logs() as logs:
        pdf = render(replace(named, customer="A\U000f0000"))
    assert [(entry["event"], entry["log_level"], entry["character"]) for entry in logs] == [
        ("glyph_missing", "error", "U+F0000")
    ]
    assert b" re S" in b" ".join(drawn(pdf).split())


def test_very_long_name_is_broken_into_lines(named: PrintedInvoice) -> None:
    for name in ("Wolfeschlegel" * 30, "王小明" * 100, "Ann Beth " * 40):
        said = text_of(render(replace(named, customer=name, plot="", payment_reference="")))
        assert said.replace(" ", "").count(name.replace(" ", "").strip()) == 1
