"""How a credit note came about: what it takes back, and line by line what is different."""

from dataclasses import dataclass

from flows_billing.corrections.difference import LineDifference
from flows_billing.corrections.documents import PrintedNote
from flows_billing.corrections.words import what_follows
from flows_billing.invoices.explain import ExplainedLine, explain


@dataclass(frozen=True, slots=True)
class NoteExplanation:
    """`credited` is how the invoice that is taken back was computed; `differences` are to the one in its place."""

    number: str
    invoice: str
    replacement: str | None
    reason: str
    credited: tuple[ExplainedLine, ...]
    vat: tuple[str, ...]
    differences: tuple[LineDifference, ...]
    sentences: tuple[str, ...]


def explain_note(note: PrintedNote) -> NoteExplanation:
    """The VAT is taken back as it was charged, rate by rate."""
    wrong = explain(note.invoice)
    return NoteExplanation(
        number=note.number,
        invoice=note.invoice.number,
        replacement=note.replacement.number if note.replacement else None,
        reason=note.reason,
        credited=wrong.lines,
        vat=wrong.vat,
        differences=note.differences,
        sentences=(what_follows(note),),
    )
