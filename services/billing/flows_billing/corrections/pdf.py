"""The printed credit note, on the bill's own page."""

from typing import Final

from flows_billing.corrections.documents import PrintedNote
from flows_billing.corrections.wording import (
    DIFFERENCE_TITLES,
    difference_cells,
    note_facts,
    note_totals,
    what_follows,
)
from flows_billing.invoices.page import MARGIN, RIGHT, Column, Page
from flows_billing.invoices.pdf import write_heading, write_lines, write_totals

COLUMNS: Final[tuple[Column, ...]] = (
    (MARGIN, "L", 90.0),
    (144.0, "L", 80.0),
    (298.0, "R", 72.0),
    (372.0, "R", 70.0),
    (406.0, "R", 32.0),
    (450.0, "R", 42.0),
    (496.0, "R", 44.0),
    (RIGHT, "R", 46.0),
)


def render_note(note: PrintedNote) -> bytes:
    """The PDF of a credit note; the same note gives the same bytes."""
    page = Page(note.invoice.seller, f"Credit note {note.number}")
    write_heading(page, note.invoice, note.heading, note_facts(note))
    write_lines(page, note.invoice.lines)
    write_totals(page, note_totals(note))
    page.paragraph("What follows", what_follows(note))
    differences = [difference_cells(line) for line in note.differences] if note.replacement else []
    page.table("What is different", DIFFERENCE_TITLES, differences, COLUMNS)
    return page.finish()
