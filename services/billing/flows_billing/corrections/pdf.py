"""The printed credit note, on the bill's own page."""

from typing import Final

from flows_billing.corrections.documents import PrintedNote
from flows_billing.corrections.words import (
    DIFFERENCE_TITLES,
    difference_cells,
    note_facts,
    note_totals,
    what_follows,
)
from flows_billing.invoices.pdf import (
    MARGIN,
    RIGHT,
    Column,
    Page,
    write_heading,
    write_lines,
    write_row,
    write_totals,
)

PLACES: Final = (
    (MARGIN, "L", 96.0),
    (150.0, "L", 84.0),
    (302.0, "R", 64.0),
    (378.0, "R", 72.0),
    (414.0, "R", 34.0),
    (454.0, "R", 38.0),
    (496.0, "R", 40.0),
    (RIGHT, "R", 46.0),
)
COLUMNS: Final[tuple[Column, ...]] = tuple(
    (title, *place) for title, place in zip(DIFFERENCE_TITLES, PLACES, strict=True)
)


def render_note(note: PrintedNote) -> bytes:
    """The PDF of a credit note; the same note gives the same bytes."""
    page = Page(f"Credit note {note.number}")
    write_heading(page, note.invoice, note.heading, note_facts(note))
    write_lines(page, note.credited)
    write_totals(page, note_totals(note))
    page.paragraph("What follows", what_follows(note))
    if note.replacement:
        page.y -= 10
        page.need(60)
        page.write("What is different", bold=True)
        write_row(page, DIFFERENCE_TITLES, COLUMNS, bold=True)
        for line in note.differences:
            write_row(page, difference_cells(line), COLUMNS)
    return page.finish()
