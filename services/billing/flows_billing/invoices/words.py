"""What a bill says in words and numbers, whether on paper or on a screen."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from flows_billing.invoices.documents import ClosingRead, PrintedInvoice, PrintedLine
from flows_billing.rating.rounding import RULES
from flows_billing.rating.vat import VatAmount, vat_summary
from flows_shared.money import format_pounds

HOW_TO_PAY: Final = {
    "direct_debit": "We collect {total} by Direct Debit on or just after {due}. You need not do anything.",
    "bank_transfer": "Please pay {total} by bank transfer by {due}, with the reference {number}.",
    "card": "Please pay {total} by card by {due}{portal}.",
}
CLOSING_SOURCES: Final = {"meter": "read by the meter", "customer": "read by you", "estimated": "estimated"}
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


def how_to_pay(invoice: PrintedInvoice) -> str:
    if invoice.is_final and invoice.amount_due_pence < 0:
        return f"You are {format_pounds(-invoice.amount_due_pence)} in credit. We pay it back to you."
    if invoice.amount_due_pence <= 0:
        return NOTHING_TO_PAY
    return HOW_TO_PAY.get(invoice.payment_method, HOW_TO_PAY["bank_transfer"]).format(
        total=format_pounds(invoice.amount_due_pence),
        due=format_day(invoice.due_date),
        number=invoice.number,
        portal=f" at {invoice.portal}" if invoice.portal else "",
    )


def what_to_pay(invoice: PrintedInvoice) -> tuple[str, str]:
    """The amount, large, and what is to be said of it."""
    if invoice.amount_due_pence > 0:
        return format_pounds(invoice.amount_due_pence), f"to pay by {format_day(invoice.due_date)}"
    if invoice.amount_due_pence < 0:
        return format_pounds(-invoice.amount_due_pence), "in credit" + (
            ", which we pay back" if invoice.is_final else ""
        )
    return format_pounds(0), "there is nothing to pay"


def usage_heading(invoice: PrintedInvoice) -> str:
    """Above the chart: all of it, and a day's mean."""
    total = sum((day.kwh for day in invoice.usage), Decimal(0))
    mean = total / max(len(invoice.usage), 1)
    return f"What you used each day: {format_quantity(round(total, 1))} kWh in all, {mean:.1f} kWh a day on average"


def facts(invoice: PrintedInvoice) -> list[tuple[str, str]]:
    """What identifies the bill; a VAT invoice names its tax point."""
    rows = [
        ("Account", str(invoice.account_number)),
        ("Invoice", invoice.number),
        ("Date", format_day(invoice.issue_date)),
        ("Tax point", format_day(invoice.tax_point) if invoice.tax_point and invoice.vat_number else ""),
        ("Replaces", f"invoice {invoice.replaces}" if invoice.replaces else ""),
        ("Bill for", format_days(invoice.period_start, invoice.period_end)),
        ("Closing read", ", ".join(_closing_read(read) for read in invoice.closing_reads)),
    ]
    return [(name, value) for name, value in rows if value]


def line_cells(line: PrintedLine) -> tuple[str, str, str, str, str, str]:
    """What, when, quantity, price, rate of VAT and amount, which says it all of an item such as a credit."""
    mark = f" ({'in part ' if line.estimated != line.intervals else ''}estimated)" if line.estimated else ""
    unit = line.unit if line.unit == "kWh" or line.quantity == 1 else line.unit + "s"
    is_item = line.unit == "item"
    return (
        line.description + mark,
        format_days(line.period_start, line.period_end),
        "" if is_item else f"{format_quantity(line.quantity)} {unit}",
        "" if is_item else f"{format_quantity(line.rate * 100)}p a {line.unit}",
        "" if line.vat_reason == "not_registered" else f"{format_quantity(line.vat_rate * 100)}%",
        format_pounds(line.amount_pence),
    )


def line_titles(lines: Sequence[PrintedLine]) -> tuple[str, str, str, str, str, str]:
    """Above the lines: whether their amounts hold VAT, of which only who is registered speaks."""
    kinds = {line.includes_vat for line in lines if line.vat_rate}
    is_taxed = any(line.vat_reason != "not_registered" for line in lines)
    amounts = {frozenset({True}): "Amount with VAT", frozenset({False}): "Amount without VAT"}
    return "What", "When", "Quantity", "Price", "VAT" if is_taxed else "", amounts.get(frozenset(kinds), "Amount")


def totals(invoice: PrintedInvoice) -> list[tuple[str, str]]:
    """From the net amount to what is due; the last row is what to pay. Who is not registered does not speak of VAT."""
    is_taxed = invoice.tax_point is not None
    rows = [("Total without VAT" if is_taxed else "Total", format_pounds(invoice.net_pence))]
    amounts = vat_summary(invoice.lines) if is_taxed else []
    for amount in amounts:
        if amount.vat_rate or len(amounts) > 1:
            rows.append(vat_row(amount))
    if invoice.previous_balance_pence or invoice.payments_pence:
        rows += [
            ("This bill", format_pounds(invoice.total_pence)),
            ("Balance before", format_pounds(invoice.previous_balance_pence)),
            ("Payments and credits since", format_pounds(-invoice.payments_pence)),
        ]
    return [*rows, ("Total to pay", format_pounds(invoice.amount_due_pence))]


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
    """What the same energy would have cost at the regulator's cap."""
    saving = invoice.saving_pence
    if saving is None or invoice.benchmark_pence is None:
        return None
    cost = format_pounds(invoice.benchmark_pence)
    if saving < 0:
        return f"At the regulator's price cap the same would have cost {cost}: {format_pounds(-saving)} less."
    return f"At the regulator's price cap the same would have cost {cost}. You saved {format_pounds(saving)}."


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
    shared = dict.fromkeys(_shared(line) for line in invoice.lines if line.kind == "shared_energy")
    vat_said = [vat] if invoice.vat_pence else []
    return [*_corrected(invoice), measured, *shared, *RULES[:2], *vat_said, *said, *estimated]


def _shared(line: PrintedLine) -> str:
    return (
        f"Shared energy is your part of what {line.shared_by} generated, in the very half hours in which you consumed "
        "it; the rest of your energy is billed at your tariff."
    )


def _closing_read(read: ClosingRead) -> str:
    element = "" if read.element == "SINGLE" else f"{read.element}: "
    return f"{element}{format_quantity(read.read)} kWh ({CLOSING_SOURCES[read.source]})"


def _corrected(invoice: PrintedInvoice) -> list[str]:
    said = []
    if invoice.replaces:
        said.append(f"This bill takes the place of invoice {invoice.replaces}, which a credit note takes back whole.")
    if invoice.credit_note:
        said.append(f"Credit note {invoice.credit_note} takes this bill back: nothing of it is to be paid.")
    return said


def _vat_reason(line: PrintedLine) -> str:
    return VAT_REASONS.get(line.vat_reason or "", "").format(rate=format_quantity(line.vat_rate * 100))


def format_day(day: date) -> str:
    """As in `5 October 2026`."""
    return f"{day.day} {day:%B %Y}"


def format_days(start: date, end: date) -> str:
    """Half-open days as people write them: `1 to 31 October 2026`, `28 March to 3 April 2026`."""
    last = end - timedelta(days=1)
    if start == last:
        return format_day(last)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day} to {format_day(last)}"
    return f"{start.day} {start:%B} to {format_day(last)}"


def format_quantity(quantity: Decimal) -> str:
    """All digits that matter, with thousands: `1,234.5`."""
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
