"""The printed bill, drawn by reportlab: four times as fast as fpdf2's tables when it was measured."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Final, TypeAlias

import fontpkg_noto_sans
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from flows_billing.invoices.documents import PrintedInvoice, PrintedLine
from flows_billing.invoices.words import (
    comparison,
    explanation,
    facts,
    how_to_pay,
    line_cells,
    line_titles,
    self_billing,
    totals,
    usage_heading,
    what_to_pay,
)

BUILT_IN: Final = "Helvetica"
UNICODE: Final = "NotoSans"
WIDTH, HEIGHT = A4
MARGIN: Final = 51.0
RIGHT: Final = WIDTH - MARGIN
LEADING: Final = 1.35
GREY: Final = 0.43
GREEN: Final = (0.20, 0.48, 0.32)
AMBER: Final = (0.93, 0.66, 0.20)
CHART_HEIGHT: Final = 62.0
# Title, where the column begins or, aligned to the right, ends, and its width.
Column: TypeAlias = tuple[str, float, str, float]
COLUMNS: Final[tuple[Column, ...]] = (
    ("What", MARGIN, "L", 138.0),
    ("When", 195.0, "L", 112.0),
    ("Quantity", 368.0, "R", 70.0),
    ("Price", 452.0, "R", 82.0),
    ("VAT", 482.0, "R", 28.0),
    ("Amount", RIGHT, "R", 60.0),
)
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
    if text := comparison(invoice):
        page.paragraph("Compared with the price cap", text)
    _chart(page, invoice)
    page.paragraph("How to pay", how_to_pay(invoice))
    page.paragraph("How it was computed", *explanation(invoice))
    return page.finish()


class Page:
    """A4 pages written from the top down, with the built-in font where it knows all characters."""

    def __init__(self, author: str, title: str) -> None:
        self.file = io.BytesIO()
        self.canvas = Canvas(self.file, pagesize=A4, pageCompression=1, invariant=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.title = title
        self.y = HEIGHT - MARGIN

    def need(self, height: float) -> None:
        """Go on with a new page where the rest of this one is too short."""
        if self.y - height < MARGIN:
            self.end()
            self.y = HEIGHT - MARGIN

    def end(self) -> None:
        """Number the page, so that none is missed."""
        text = f"{self.title}, page {self.canvas.getPageNumber()}"
        self.canvas.setFillGray(GREY)
        self.canvas.setFont(_font(text, False), 8)
        self.canvas.drawRightString(RIGHT, MARGIN - 24, text)
        self.canvas.setFillGray(0)
        self.canvas.showPage()

    def write(self, text: str, size: float = 10, *, bold: bool = False, width: float = RIGHT - MARGIN) -> None:
        font = _font(text, bold)
        for line in simpleSplit(text, font, size, width):
            self.need(size * LEADING)
            self.y -= size * LEADING
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN, self.y, line)

    def at(self, x: float, text: str, size: float = 9.5, *, align: str = "L", bold: bool = False) -> None:
        """On the line that the page is at."""
        self.canvas.setFont(_font(text, bold), size)
        (self.canvas.drawRightString if align == "R" else self.canvas.drawString)(x, self.y, text)

    def paragraph(self, title: str, *sentences: str) -> None:
        self.need(40)
        self.y -= 10
        self.write(title, bold=True)
        for sentence in sentences:
            self.write(sentence, 8.5)

    def rule(self) -> None:
        self.canvas.setLineWidth(0.4)
        self.canvas.setStrokeGray(0.75)
        self.canvas.line(MARGIN, self.y - 4, RIGHT, self.y - 4)

    def finish(self) -> bytes:
        self.end()
        self.canvas.save()
        return self.file.getvalue()


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
        _panel(page, panel)
    for name, value in rows:
        page.y -= 14
        page.at(MARGIN, name)
        page.at(MARGIN + 75, value)
    page.y -= 12


def _panel(page: Page, said: tuple[str, str]) -> None:
    """What is to be paid, beside the facts, so that nobody has to look for it."""
    left, top = RIGHT - PANEL_WIDTH, page.y - 4
    page.canvas.setFillColorRGB(*PALE_GREEN)
    page.canvas.rect(left, top - PANEL_HEIGHT, PANEL_WIDTH, PANEL_HEIGHT, stroke=0, fill=1)
    page.canvas.setFillGray(0)
    for text, size, depth in ((said[0], 20, 27), (said[1], 9.5, 46)):
        page.canvas.setFont(_font(text, bold=size == 20), size)
        page.canvas.drawString(left + 12, top - depth, text)


def write_lines(page: Page, lines: Sequence[PrintedLine]) -> None:
    write_row(page, line_titles(lines), bold=True)
    for line in lines:
        write_row(page, line_cells(line))


def write_row(page: Page, cells: Sequence[str], columns: Sequence[Column] = COLUMNS, *, bold: bool = False) -> None:
    placed = list(zip(cells, columns, strict=True))
    texts = [(simpleSplit(cell, _font(cell, bold), 9, width), x, align) for cell, (_, x, align, width) in placed]
    height = max(len(lines) for lines, *_ in texts)
    page.need(12.0 * height + 6)
    page.y -= 6
    for number in range(height):
        page.y -= 12
        for lines, x, align in texts:
            if number < len(lines):
                page.at(x, lines[number], 9, align=align, bold=bold)
    page.rule()


def write_totals(page: Page, rows: Sequence[tuple[str, str]]) -> None:
    page.need(15.0 * len(rows) + 10)
    page.y -= 6
    for number, (name, amount) in enumerate(rows, start=1):
        page.y -= 15
        page.at(330, name, bold=number == len(rows))
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
    for number, day in enumerate(usage):
        x, height = MARGIN + number * step, float(day.kwh / most) * CHART_HEIGHT
        page.canvas.setFillColorRGB(*(AMBER if day.is_estimated else GREEN))
        page.canvas.rect(x, base, step * 0.78, max(height, 0.3), stroke=0, fill=1)
        page.canvas.setFillGray(GREY)
        if number % 5 == 0:
            page.canvas.setFont(BUILT_IN, 7)
            page.canvas.drawCentredString(x + step * 0.39, base - 9, f"{day.day.day} {day.day:%b}")
    page.canvas.setFont(BUILT_IN, 7)
    page.canvas.drawRightString(RIGHT, base + CHART_HEIGHT + 3, f"highest: {most:.1f} kWh")
    page.canvas.setFillGray(0)
    page.y = base - 14
    if any(day.is_estimated for day in usage):
        page.write("Amber days are in part estimated.", 8)


def _font(text: str, bold: bool) -> str:
    if _is_latin_1(text):
        return f"{BUILT_IN}-Bold" if bold else BUILT_IN
    return _unicode_font()


@cache
def _unicode_font() -> str:
    """Read once a process, and only where a text needs it."""
    file = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
    pdfmetrics.registerFont(TTFont(UNICODE, str(file)))
    return UNICODE


def _is_latin_1(text: str) -> bool:
    return text.isascii() or all(character <= "\xff" for character in text)
