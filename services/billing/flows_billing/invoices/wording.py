"""What a bill says in words and numbers, whether on paper or on a screen."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from flows_billing.invoices.documents import MeterReads, PrintedInvoice, PrintedLine
from flows_billing.rating.kinds import KINDS
from flows_billing.rounding import RULES
from flows_billing.vat.summary import VatAmount, net_amounts, vat_summary
from flows_billing.wording import format_day, format_days, format_quantity, format_units
from flows_shared.money import format_pounds
from flows_shared.vocabulary.billing import Unit
from flows_shared.vocabulary.meters import Element

READ_SOURCES: Final = {"meter": " (read by the meter)", "customer": " (read by you)", "estimated": " (estimated)"}
READ_TITLES: Final = ("Meter", "From", "Opening read", "To", "Closing read")
NOTHING_TO_PAY: Final = "There is nothing to pay."
VAT_REASONS: Final = {
    "domestic": "VAT at {rate}%: domestic use.",
    "charity": "VAT at {rate}%: a charity's non-business use, as certified.",
    "small_quantity": "VAT at {rate}%: at most 33 kWh a day counts as domestic use.",
    "mixed_use": "VAT at {rate}%: at least 60% is for qualifying use, as certified.",
    "mixed_qualifying": "VAT at {rate}% on the share for qualifying use, as certified.",
    "mixed_other": "VAT at {rate}% on the share for other use.",
    "business": "VAT at {rate}%: business use.",
    "no_certificate": "VAT at {rate}%: no certificate of qualifying use was valid.",
    "not_registered": "No VAT: the seller is not registered for it.",
    "exporter_registered": "VAT at {rate}% on what you export, as you are registered for it.",
    "exporter_not_registered": "No VAT on what you export, as you are not registered for it.",
    "solar_credit": "No VAT on a solar credit: it is paid for capacity, not for energy.",
}


def how_to_pay(invoice: PrintedInvoice) -> list[str]:
    """What is to be done, and the account for transfers."""
    due = invoice.amount_due_pence
    if invoice.credit_note:
        return [f"Nothing of this bill is to be paid: credit note {invoice.credit_note} takes it back."]
    if invoice.asked_for_by:
        return [
            "Do not pay this bill by itself: it puts an earlier one right. Your last bill, "
            f"{invoice.asked_for_by}, asks for the balance of your account, and the next one for what is different now."
        ]
    if invoice.is_final and due < 0:
        return [f"You are {format_pounds(-due)} in credit. We pay it back to you."]
    if due <= 0:
        return [NOTHING_TO_PAY]
    total, day = format_pounds(due), format_day(invoice.due_date)
    if invoice.is_collected:
        return [f"We collect {total} by Direct Debit on or just after {day}. You need not do anything."]
    if invoice.payment_method == "card":
        portal = f" at {invoice.portal}" if invoice.portal else ""
        return [f"Please pay {total} by card by {day}{portal}.", *_transfer(invoice, "Or pay it by bank transfer")]
    missing = ["There is no active Direct Debit for your account."] if invoice.payment_method == "direct_debit" else []
    return [*missing, *_transfer(invoice, f"Please pay {total} by bank transfer by {day}")]


def _transfer(invoice: PrintedInvoice, asked: str) -> list[str]:
    sort_code = invoice.bank_sort_code and "-".join(invoice.bank_sort_code[i : i + 2] for i in (0, 2, 4))
    said = [
        ("account name", invoice.bank_account_name),
        ("sort code", sort_code),
        ("account number", invoice.bank_account_number),
        ("IBAN", invoice.bank_iban),
        ("BIC", invoice.bank_bic),
    ]
    account = ", ".join(f"{name} {value}" for name, value in said if value)
    where = f" Our account: {account}." if account else ""
    return [f"{asked}, with the payment reference {invoice.payment_reference}.{where}"]


def what_to_pay(invoice: PrintedInvoice) -> tuple[str, str]:
    """The amount, large, and what is to be said of it."""
    if invoice.credit_note:
        return format_pounds(0), "this bill is taken back"
    if invoice.asked_for_by:
        return format_pounds(invoice.total_pence), "for these days; not to be paid by itself"
    if invoice.amount_due_pence > 0:
        return format_pounds(invoice.amount_due_pence), f"to pay by {format_day(invoice.due_date)}"
    if invoice.amount_due_pence < 0:
        return format_pounds(-invoice.amount_due_pence), "in credit" + (
            ", which we pay back" if invoice.is_final else ""
        )
    return format_pounds(0), "there is nothing to pay"


def who_to_ask(invoice: PrintedInvoice) -> list[str]:
    """Whom a customer turns to, first with a question and last with a complaint."""
    address = ", ".join((invoice.contact_address or "").splitlines())
    contact = ", ".join(way for way in (invoice.contact_phone, invoice.contact_email, address) if way)
    said = [
        ("Contact", contact),
        ("Complaints", invoice.complaint_route),
        ("If we do not settle your complaint", invoice.redress_body),
    ]
    return [f"{name}: {value}" for name, value in said if value]


def use_over_time(invoice: PrintedInvoice) -> list[str]:
    """The last year, and the same month of the year before, as far as they were billed to the customer."""
    if invoice.past is None:
        return []
    past, end = invoice.past, format_day(invoice.period_end - timedelta(days=1))
    first = invoice.period_start.replace(day=1)
    a_year_ago = f"{first:%B} {first.year - 1}"
    year_before = (first.year - (first.month < 12), first.month % 12 + 1)
    is_whole = past.same_month_kwh is not None or (past.since.year, past.since.month) == year_before
    start = "In the 12 months" if is_whole else f"From {format_day(past.since)}, the first day billed to you,"
    same_month = (
        f"In {a_year_ago} you used {_kwh(past.same_month_kwh)}, this time {_kwh(invoice.kwh)}."
        if past.same_month_kwh is not None
        else f"We have no bill of yours for {a_year_ago} to compare with."
    )
    return [f"{start} to {end} you used {_kwh(past.year_kwh)}.", same_month]


def read_cells(read: MeterReads) -> tuple[str, str, str, str, str]:
    """As `READ_TITLES` name them."""
    element = "" if read.element == Element.SINGLE else f", element {read.element}"
    return (
        f"{read.serial}{element}",
        format_day(read.first_day),
        _read(read.opening_read, read.opening_source),
        format_day(read.last_day),
        _read(read.closing_read, read.closing_source),
    )


def _read(read: Decimal | None, source: str | None) -> str:
    if read is None or source is None:
        return "not read"
    return f"{format_quantity(read)} kWh{READ_SOURCES[source]}"


def _kwh(kwh: Decimal) -> str:
    return f"{format_quantity(round(kwh, 1))} kWh"


def usage_heading(invoice: PrintedInvoice) -> str:
    """Above the chart: all of it, and a day's mean."""
    total = sum((day.kwh for day in invoice.usage), Decimal(0))
    mean = total / max(len(invoice.usage), 1)
    return f"What you used each day: {format_quantity(round(total, 1))} kWh in all, {mean:.1f} kWh a day on average"


def facts(invoice: PrintedInvoice) -> list[tuple[str, str]]:
    """What identifies the bill; a VAT invoice names its tax point."""
    rows = [
        ("Account", str(invoice.account_number)),
        ("Payment reference", invoice.payment_reference),
        ("Invoice", invoice.number),
        ("Date", format_day(invoice.issue_date)),
        ("Tax point", format_day(invoice.tax_point) if invoice.tax_point and invoice.vat_number else ""),
        ("Replaces", f"invoice {invoice.replaces}" if invoice.replaces else ""),
        ("Bill for", format_days(invoice.period_start, invoice.period_end)),
        ("Supply number", f"{invoice.mpan} (MPAN)" if invoice.mpan else ""),
        ("Tariff", "; ".join(dict.fromkeys(_tariff(line) for line in invoice.lines if line.tariff_from))),
    ]
    return [(name, value) for name, value in rows if value]


def line_rows(lines: Sequence[PrintedLine]) -> list[tuple[str, ...]]:
    """As `line_titles` name them."""
    shows_net = _shows_net(lines)
    return [
        (*cells[:-1], format_pounds(net) if line.is_taxable else "", cells[-1]) if shows_net else cells
        for line, cells, net in zip(lines, map(line_cells, lines), net_amounts(lines), strict=True)
    ]


def _shows_net(lines: Sequence[PrintedLine]) -> bool:
    """Whether a line's amount without VAT is another than its price says."""
    return any(line.includes_vat and line.vat_rate for line in lines)


def line_cells(line: PrintedLine) -> tuple[str, ...]:
    """What, when, quantity, price, rate of VAT and amount, which says it all of an item such as a credit."""
    mark = f" ({'in part ' if line.estimated != line.intervals else ''}estimated)" if line.estimated else ""
    is_item = line.unit == Unit.ITEM
    return (
        line.description + mark,
        format_days(line.period_start, line.period_end),
        "" if is_item else format_units(line.quantity, line.unit),
        "" if is_item else f"{format_quantity(line.rate * 100)}p a {line.unit}",
        _vat_cell(line),
        format_pounds(line.amount_pence),
    )


def _vat_cell(line: PrintedLine) -> str:
    if line.vat_reason == "not_registered":
        return ""
    return f"{format_quantity(line.vat_rate * 100)}%" if line.is_taxable else "outside scope"


def line_titles(lines: Sequence[PrintedLine]) -> tuple[str, ...]:
    """Above the lines: whether their amounts hold VAT, of which only who is registered speaks."""
    kinds = {line.includes_vat for line in lines if line.vat_rate}
    is_taxed = any(line.vat_reason != "not_registered" for line in lines)
    amounts = {frozenset({True}): "Amount with VAT", frozenset({False}): "Amount without VAT"}
    amount = amounts.get(frozenset(kinds), "Amount")
    net = ("Without VAT",) if _shows_net(lines) else ()
    return "What", "When", "Quantity", "Price", "VAT" if is_taxed else "", *net, amount


def totals(invoice: PrintedInvoice) -> list[tuple[str, str]]:
    """From the net amount to what is due; the last row is what to pay. Who is not registered speaks of no own VAT."""
    theirs = [vat_row(amount) for amount in vat_summary(invoice.lines) if amount.vat_rate]
    rows = vat_rows(invoice) if invoice.tax_point else [("Total", format_pounds(invoice.net_pence)), *theirs]
    if invoice.credit_note or invoice.asked_for_by:
        return [*rows, ("Total of this bill", format_pounds(invoice.total_pence))]
    if invoice.previous_balance_pence or invoice.payments_pence:
        rows += [
            ("This bill", format_pounds(invoice.total_pence)),
            ("Balance before", format_pounds(invoice.previous_balance_pence)),
            ("Payments and credits since", format_pounds(-invoice.payments_pence)),
        ]
    return [*rows, ("Total to pay", format_pounds(invoice.amount_due_pence))]


def vat_rows(invoice: PrintedInvoice, title: str = "Total without VAT") -> list[tuple[str, str]]:
    """What is taxed, without VAT; its VAT by rate and by who supplies; and what is outside the scope of VAT."""
    rows = [(title, format_pounds(invoice.net_pence - invoice.outside_pence))]
    rows += [vat_row(amount) for amount in vat_summary(invoice.taxable)]
    if any(not line.is_taxable for line in invoice.lines):
        rows.append(("Outside the scope of VAT", format_pounds(invoice.outside_pence)))
    return rows


def vat_row(amount: VatAmount) -> tuple[str, str]:
    """Of a rate: what it is charged on, and the VAT."""
    what = f"VAT {format_quantity(amount.vat_rate * 100)}% on {format_pounds(amount.net_pence)}"
    return f"{what} that you sold us" if amount.is_bought else what, format_pounds(amount.vat_pence)


def self_billing(invoice: PrintedInvoice) -> str | None:
    """What a bill has to say that is an invoice of the customer's too: VAT Notice 700/62."""
    bought = [amount for amount in vat_summary(invoice.lines) if amount.is_bought and amount.vat_rate]
    if not bought:
        return None
    vat = format_pounds(-sum(amount.vat_pence for amount in bought))
    return (
        f"Self-billing: you supply us with what you export, and this bill is your VAT invoice for it. Your VAT "
        f"registration number is {invoice.exporter_vat_number}. The VAT shown on it, {vat}, is your output tax due to "
        "HMRC."
    )


def comparison(invoice: PrintedInvoice) -> str | None:
    """What the same energy and days would have cost at the regulator's cap."""
    saving = invoice.saving_pence
    if saving is None or invoice.benchmark_pence is None or not invoice.is_homes:
        return None
    days = format_units(invoice.supplied_days, "day")
    cost, paid = format_pounds(invoice.benchmark_pence), format_pounds(invoice.supplied_pence)
    credits = " Credits are not counted." if any(line.is_credit for line in invoice.lines) else ""
    found = f"You saved {format_pounds(saving)}" if saving >= 0 else f"That is {format_pounds(-saving)} less than here"
    return (
        f"At the regulator's price cap, {format_units(invoice.kwh, 'kWh')} and {days} of standing charge would have "
        f"cost {cost} with VAT; here they cost {paid}. {found}.{credits}"
    )


def explanation(invoice: PrintedInvoice) -> list[str]:
    """How it was computed, in sentences."""
    kinds = frozenset(line.includes_vat for line in invoice.lines)
    vat = {
        frozenset({True}): "The prices include VAT, which is shown above as part of the total.",
        frozenset({False}): "The prices are without VAT, which is added to their sum.",
    }.get(kinds, "Some of the prices include VAT and some do not; to those it is added.")
    said = list(dict.fromkeys(_vat_reason(line) for line in invoice.lines if line.vat_reason))
    estimated = [
        f"{line.description}: {line.estimated} of {line.intervals} half hours were estimated, as the meter did not "
        "answer; a correction follows when its readings come."
        for line in invoice.lines
        if line.estimated
    ]
    measured = "Energy is the sum of the half hours that your meter measured on these days."
    of_kinds = dict.fromkeys(sentence for line in invoice.lines if (sentence := _of_its_kind(line)))
    vat_said = [vat] if invoice.vat_pence else []
    based = [f"{line.description}: {line.basis}." for line in invoice.lines if line.basis]
    return [*_corrected(invoice), measured, *of_kinds, *RULES[:2], *vat_said, *said, *based, *estimated]


def _of_its_kind(line: PrintedLine) -> str | None:
    sentence = KINDS[line.kind].sentence
    return sentence and sentence.format(shared_by=line.shared_by)


def _tariff(line: PrintedLine) -> str:
    """Its name, or whose it is, and its first and last day."""
    name = line.tariff_name or ("Your own tariff" if line.tariff_owner == "customer" else "Community tariff")
    assert line.tariff_from is not None
    until = f" to {format_day(line.tariff_until - timedelta(days=1))}" if line.tariff_until else ""
    return f"{name}, from {format_day(line.tariff_from)}{until}"


def _corrected(invoice: PrintedInvoice) -> list[str]:
    said = []
    if invoice.replaces:
        said.append(f"This bill takes the place of invoice {invoice.replaces}, which a credit note takes back whole.")
    if invoice.credit_note:
        said.append(f"Credit note {invoice.credit_note} takes this bill back: nothing of it is to be paid.")
    return said


def _vat_reason(line: PrintedLine) -> str:
    return VAT_REASONS.get(line.vat_reason or "", "").format(rate=format_quantity(line.vat_rate * 100))
