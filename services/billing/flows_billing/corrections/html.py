"""The credit note as a page of its own, with the same words as on paper."""

from flows_billing.corrections.documents import PrintedNote
from flows_billing.corrections.wording import (
    DIFFERENCE_TITLES,
    difference_cells,
    note_facts,
    note_totals,
    what_follows,
)
from flows_billing.invoices.html import TEMPLATES
from flows_billing.invoices.wording import line_rows, line_titles


def render_note_html(note: PrintedNote) -> bytes:
    """The same credit note gives the same page."""
    page = TEMPLATES.get_template("credit_note.html").render(
        note=note,
        invoice=note.invoice,
        facts=note_facts(note),
        line_titles=line_titles(note.invoice.lines),
        lines=line_rows(note.invoice.lines),
        totals=note_totals(note),
        what_follows=what_follows(note),
        titles=DIFFERENCE_TITLES,
        differences=[difference_cells(line) for line in note.differences] if note.replacement else [],
    )
    return page.encode()
