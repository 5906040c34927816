"""How a credit note came about: what it takes back, and line by line what is different."""

from flows_billing.corrections.documents import PrintedNote
from flows_billing.corrections.words import what_follows
from flows_billing.invoices.explain import explain
from flows_shared.contracts.explanations import CreditNoteExplanation


def explain_note(note: PrintedNote) -> CreditNoteExplanation:
    """The VAT is taken back as it was charged, rate by rate."""
    wrong = explain(note.invoice)
    return CreditNoteExplanation(
        number=note.number,
        invoice=note.invoice.number,
        replacement=note.replacement.number if note.replacement else None,
        reason=note.reason,
        credited=wrong.lines,
        vat=wrong.vat,
        differences=note.differences,
        sentences=(what_follows(note),),
    )
