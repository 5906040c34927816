"""The printed bill, drawn by reportlab: four times as fast as fpdf2's tables when it was measured."""

from collections.abc import Sequence
from typing import Final

from flows_billing.invoices.documents import PrintedInvoice, PrintedLine
from flows_billing.invoices.page import GREY, MARGIN, RIGHT, Column, Page
from flows_billing.invoices.text import BUILT_IN, put, split_lines
from flows_billing.invoices.wording import (
    READ_TITLES,
    comparison,
    explanation,
    facts,
    how_to_pay,
    line_rows,
    line_titles,
    read_cells,
    self_billing,
    totals,
    usage_heading,
    use_over_time,
    what_to_pay,
    who_to_ask,
)

GREEN: Final = (0.20, 0.48, 0.32)
AMBER: Final = (0.93, 0.66, 0.20)
CHART_HEIGHT: Final = 62.0
COLUMNS: Final[tuple[Column, ...]] = (
    (MARGIN, "L", 138.0),
    (195.0, "L", 100.0),
    (362.0, "R", 66.0),
    (440.0, "R", 76.0),
    (482.0, "R", 38.0),
    (RIGHT, "R", 60.0),
)
# What there is room for where a line has its amount without VAT too.
NARROW_COLUMNS: Final[tuple[Column, ...]] = (
    (MARGIN, "L", 127.0),
    (180.0, "L", 90.0),
    (329.0, "R", 57.0),
    (397.0, "R", 66.0),
    (434.0, "R", 35.0),
    (484.0, "R", 46.0),
    (RIGHT, "R", 57.0),
)
READ_COLUMNS: Final[tuple[Column, ...]] = (
    (MARGIN, "L", 68.0),
    (122.0, "L", 80.0),
    (331.0, "R", 133.0),
    (338.0, "L", 71.0),
    (RIGHT, "R", 134.0),
)
FACTS_AT: Final = MARGIN + 95
FACTS_WIDTH: Final = 192.0
PANEL_WIDTH: Final = 200.0
PANEL_HEIGHT: Final = 58.0
PALE_GREEN: Final = (0.93, 0.96, 0.94)


def render(invoice: PrintedInvoice) -> bytes:
    """The PDF of an invoice; the same invoice gives the same bytes."""
    page = Page(invoice.seller, f"Invoice {invoice.number}")
    title = "Your energy bill" if invoice.heading == "Energy bill" else invoice.heading
    write_heading(page, invoice, title, facts(invoice), what_to_pay(invoice))
    write_lines(page, invoice.lines)
    write_totals(page, totals(invoice))
    if text := self_billing(invoice):
        page.paragraph("What you sold us", text)
    page.paragraph("How to pay", *how_to_pay(invoice))
    page.table("Your meter", READ_TITLES, [read_cells(read) for read in invoice.reads], READ_COLUMNS)
    if text := comparison(invoice):
        page.paragraph("Compared with the price cap", text)
    _chart(page, invoice)
    if sentences := use_over_time(invoice):
        page.paragraph("What you used before", *sentences)
    if sentences := who_to_ask(invoice):
        page.paragraph("Questions and complaints", *sentences)
    page.paragraph("How it was computed", *explanation(invoice))
    return page.finish()


def write_heading(
    page: Page,
    invoice: PrintedInvoice,
    title: str,
    rows: Sequence[tuple[str, str]],
    panel: tuple[str, str] | None = None,
) -> None:
    """Who sells, to whom, and what identifies the document; `panel` is what matters most, large."""
    page.write(invoice.seller, 16, bold=True)
    page.canvas.setFillGray(GREY)
    address = ", ".join((invoice.seller_address or "").splitlines())
    for text in (address, invoice.vat_number and f"VAT number {invoice.vat_number}"):
        if text:
            page.write(text, 9)
    page.canvas.setFillGray(0)
    page.y -= 14
    page.write(invoice.customer, 11, bold=True)
    for text in (invoice.plot, invoice.home):
        if text:
            page.write(text)
    page.y -= 14
    page.write(title, 14, bold=True)
    page.y -= 4
    if panel:
        page.need(PANEL_HEIGHT + 4)
        _panel(page, panel)
    _facts(page, rows)
    page.y -= 12


def _facts(page: Page, rows: Sequence[tuple[str, str]]) -> None:
    """Beside the panel, and as wide further down."""
    for name, value in rows:
        for number, line in enumerate(split_lines(value, 9.5, FACTS_WIDTH)):
            page.need(14)
            page.y -= 12 if number else 14
            if not number:
                page.at(MARGIN, name)
            page.at(FACTS_AT, line)


def _panel(page: Page, said: tuple[str, str]) -> None:
    """What is to be paid, beside the facts, so that nobody has to look for it."""
    left, top = RIGHT - PANEL_WIDTH, page.y - 4
    page.canvas.setFillColorRGB(*PALE_GREEN)
    page.canvas.rect(left, top - PANEL_HEIGHT, PANEL_WIDTH, PANEL_HEIGHT, stroke=0, fill=1)
    page.canvas.setFillGray(0)
    for text, size, depth in ((said[0], 20, 27), (said[1], 9.5, 46)):
        put(page.canvas, left + 12, top - depth, text, size, bold=size == 20)


def write_lines(page: Page, lines: Sequence[PrintedLine]) -> None:
    titles = line_titles(lines)
    columns = COLUMNS if len(titles) == len(COLUMNS) else NARROW_COLUMNS
    page.row(titles, columns, bold=True)
    for cells in line_rows(lines):
        page.row(cells, columns)


def write_totals(page: Page, rows: Sequence[tuple[str, str]]) -> None:
    page.need(15.0 * len(rows) + 10)
    page.y -= 6
    for number, (name, amount) in enumerate(rows, start=1):
        page.y -= 15
        page.at(300, name, bold=number == len(rows))
        page.at(RIGHT, amount, align="R", bold=number == len(rows))


def _chart(page: Page, invoice: PrintedInvoice) -> None:
    """A bar a day; amber where some of it was estimated."""
    usage = invoice.usage
    most = max((day.kwh for day in usage), default=0)
    if not most:
        return
    page.need(CHART_HEIGHT + 60)
    page.y -= 10
    page.write(usage_heading(invoice), bold=True)
    base, step = page.y - CHART_HEIGHT - 14, (RIGHT - MARGIN) / max(len(usage), 28)
    for is_estimated, colour in ((False, GREEN), (True, AMBER)):
        bars = page.canvas.beginPath()
        for number, day in enumerate(usage):
            if day.is_estimated == is_estimated:
                height = max(float(day.kwh / most) * CHART_HEIGHT, 0.3)
                bars.rect(MARGIN + number * step, base, step * 0.78, height)
        page.canvas.setFillColorRGB(*colour)
        page.canvas.drawPath(bars, stroke=0, fill=1)
    page.canvas.setFillGray(GREY)
    page.canvas.setFont(BUILT_IN, 7)
    for number, day in enumerate(usage[::5]):
        page.canvas.drawCentredString(MARGIN + (number * 5 + 0.39) * step, base - 9, f"{day.day.day} {day.day:%b}")
    page.canvas.drawRightString(RIGHT, base + CHART_HEIGHT + 3, f"highest: {most:.1f} kWh")
    page.canvas.setFillGray(0)
    page.y = base - 14
    if any(day.is_estimated for day in usage):
        page.write("Amber days are in part estimated.", 8)
