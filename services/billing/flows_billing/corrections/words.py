"""What a credit note says in words and numbers, whether on paper or on a screen."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from flows_billing.corrections.documents import PrintedNote
from flows_billing.invoices.words import vat_rows
from flows_billing.wording import format_day, format_days, format_quantity, format_rate, format_units
from flows_shared.contracts.corrections import LineDifference
from flows_shared.money import format_pounds

DIFFERENCE_TITLES: Final = ("What", "When", "Quantity", "Price", "VAT", "Before", "After", "Difference")


def note_facts(note: PrintedNote) -> list[tuple[str, str]]:
    """What identifies it, and the invoice that it takes back."""
    invoice = note.invoice
    rows = [
        ("Account", str(invoice.account_number)),
        ("Credit note", note.number),
        ("Date", format_day(note.issue_date)),
        ("Tax point", format_day(note.tax_point) if note.tax_point and note.vat_number else ""),
        ("Credits", f"invoice {invoice.number} of {format_day(invoice.issue_date)}"),
        ("For", format_days(invoice.period_start, invoice.period_end)),
        ("Replaced by", f"invoice {note.replacement.number}" if note.replacement else ""),
        ("Reason", note.reason),
    ]
    return [(name, value) for name, value in rows if value]


def note_totals(note: PrintedNote) -> list[tuple[str, str]]:
    """The VAT is that of the invoice, rate by rate. What is credited has the sign that it had on the invoice."""
    rows = vat_rows(note.invoice, "Credit without VAT") if note.tax_point else []
    return [*rows, ("Total credit", format_pounds(note.total_pence))]


def difference_cells(line: LineDifference) -> tuple[str, ...]:
    """As `DIFFERENCE_TITLES` name them."""
    return (
        line.description,
        format_days(line.period_start, line.period_end),
        "" if line.unit == "item" else _quantities(line),
        "" if line.unit == "item" else _change(line.rate_before, line.rate_after, format_rate),
        _change(line.vat_rate_before, line.vat_rate_after, lambda rate: f"{format_quantity(rate * 100)}%"),
        format_pounds(line.amount_before_pence),
        format_pounds(line.amount_after_pence),
        format_pounds(line.difference_pence),
    )


def what_follows(note: PrintedNote) -> str:
    """Where the money goes."""
    whole = f"Invoice {note.invoice.number} is taken back whole: {format_pounds(note.total_pence)}."
    if note.replacement is None:
        return f"{whole} Nothing takes its place. What you paid of it stays on your account as credit."
    new, difference = note.replacement, note.replacement.total_pence - note.total_pence
    change = f"{format_pounds(abs(difference))} {'more' if difference > 0 else 'less'}" if difference else "the same"
    return (
        f"{whole} In its place comes invoice {new.number} of {format_pounds(new.total_pence)}: {change}. "
        "What you have paid counts towards it."
    )


def _quantities(line: LineDifference) -> str:
    """The unit once, behind them."""
    last = line.quantity_before if line.quantity_after is None else line.quantity_after
    unit = "" if last is None else format_units(last, line.unit).partition(" ")[2]
    return f"{_change(line.quantity_before, line.quantity_after, format_quantity)} {unit}"


def _change(before: Decimal | None, after: Decimal | None, say: Callable[[Decimal], str]) -> str:
    shown = ["-" if value is None else say(value) for value in (before, after)]
    return shown[0] if shown[0] == shown[1] else " to ".join(shown)
