"""The printed bill: who, which home and time, what was used at which price, VAT, what to pay, by when and how."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import fontpkg_noto_sans
from fpdf import FPDF, Align
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from flows_billing.invoices.documents import PrintedInvoice, PrintedLine
from flows_billing.rating.vat import vat_summary
from flows_shared.money import format_pounds

BUILT_IN: Final = "Helvetica"
UNICODE: Final = "Noto Sans"
UNICODE_FILE: Final = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
GREY: Final = (110, 110, 110)
HEADINGS: Final = FontFace(emphasis="BOLD", color=(0, 0, 0), fill_color=(235, 240, 236))
MARGIN_MM: Final = 18
LINE_MM: Final = 5

HOW_TO_PAY: Final = {
    "direct_debit": "We collect {total} by Direct Debit on or just after {due}. You need not do anything.",
    "bank_transfer": "Please pay {total} by bank transfer by {due}, with the reference {number}.",
    "card": "Please pay {total} by card by {due}{portal}.",
}
NOTHING_TO_PAY: Final = "There is nothing to pay."


def render(invoice: PrintedInvoice) -> bytes:
    """The PDF of an invoice; the same invoice gives the same text."""
    page = _Page(f"Invoice {invoice.number}")
    _heading(page, invoice)
    _lines(page, invoice)
    _totals(page, invoice)
    page.paragraph("How to pay", how_to_pay(invoice))
    page.paragraph("How it was computed", _explanation(invoice))
    return bytes(page.output())


def how_to_pay(invoice: PrintedInvoice) -> str:
    if invoice.total_pence <= 0:
        return NOTHING_TO_PAY
    return HOW_TO_PAY.get(invoice.payment_method, HOW_TO_PAY["bank_transfer"]).format(
        total=format_pounds(invoice.total_pence),
        due=format_day(invoice.due_date),
        number=invoice.number,
        portal=f" at {invoice.portal}" if invoice.portal else "",
    )


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


class _Page(FPDF):
    """A4 with the built-in font, and one that knows more scripts for the texts that need it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.set_title(title)
        self.set_margin(MARGIN_MM)
        self.add_page()

    def use_font_for(self, text: str, style: str = "", size: float = 10) -> None:
        if _is_latin_1(text):
            self.set_font(BUILT_IN, "B" if style == "B" else "", size)
            return
        if UNICODE.lower().replace(" ", "") not in self.fonts:
            self.add_font(UNICODE, fname=UNICODE_FILE)
        self.set_font(UNICODE, "", size)

    def write_line(self, text: str, *, style: str = "", size: float = 10, align: Align = Align.L) -> None:
        self.use_font_for(text, style, size)
        self.multi_cell(0, LINE_MM * size / 10, text, align=align, new_x="LMARGIN", new_y="NEXT")

    def paragraph(self, title: str, text: str) -> None:
        self.ln(4)
        self.write_line(title, style="B")
        self.write_line(text)


def _heading(page: _Page, invoice: PrintedInvoice) -> None:
    page.write_line(invoice.seller, style="B", size=16)
    page.set_text_color(*GREY)
    for text in (invoice.seller_address, invoice.vat_number and f"VAT number {invoice.vat_number}"):
        if text:
            page.write_line(text, size=9)
    page.set_text_color(0)
    page.ln(6)
    page.write_line(invoice.customer, style="B", size=11)
    for text in (invoice.plot, invoice.property):
        if text:
            page.write_line(text)
    page.ln(6)
    page.write_line("Your energy bill", style="B", size=14)
    facts = [
        ("Account", str(invoice.account_number)),
        ("Invoice", invoice.number),
        ("Date", format_day(invoice.issue_date)),
        ("Bill for", format_days(invoice.period_start, invoice.period_end)),
        ("To pay", format_pounds(invoice.total_pence)),
        ("By", format_day(invoice.due_date)),
    ]
    _table(page, facts, widths=(25, 149), aligns=("LEFT", "LEFT"), borders=TableBordersLayout.NONE)
    page.ln(4)


def _lines(page: _Page, invoice: PrintedInvoice) -> None:
    titles = ("What", "When", "Quantity", "Price", "Amount")
    rows = [_line_cells(line) for line in invoice.lines]
    aligns = ("LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT")
    _table(page, rows, titles=titles, widths=(40, 52, 28, 32, 22), aligns=aligns)


def _line_cells(line: PrintedLine) -> tuple[str, ...]:
    unit = line.unit if line.unit == "kWh" or line.quantity == 1 else f"{line.unit}s"
    return (
        line.description,
        format_days(line.period_start, line.period_end),
        f"{format_quantity(line.quantity)} {unit}",
        f"£{line.rate:f} a {line.unit}",
        format_pounds(line.amount_pence),
    )


def format_quantity(quantity: Decimal) -> str:
    """All digits that matter, with thousands: `1,234.5`."""
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _totals(page: _Page, invoice: PrintedInvoice) -> None:
    page.ln(3)
    rows = [("Total without VAT", format_pounds(invoice.net_pence))]
    for amount in vat_summary(invoice.lines):
        rate = format_quantity(amount.vat_rate * 100)
        rows.append((f"VAT {rate}% on {format_pounds(amount.net_pence)}", format_pounds(amount.vat_pence)))
    rows.append(("Total to pay", format_pounds(invoice.total_pence)))
    _table(page, rows, widths=(60, 30), aligns=("LEFT", "RIGHT"), place=Align.R, last_bold=True)


def _explanation(invoice: PrintedInvoice) -> str:
    kinds = {line.includes_vat for line in invoice.lines}
    vat = {
        frozenset({True}): "The prices include VAT, which is shown above as part of the total.",
        frozenset({False}): "The prices are without VAT, which is added to their sum.",
    }.get(frozenset(kinds), "Some of the prices include VAT and some do not; to those it is added.")
    return (
        "Energy is the sum of the half hours that your meter measured on these days. Each amount is quantity times "
        f"price, rounded to the nearest penny. {vat}"
    )


def _table(
    page: _Page,
    rows: Sequence[tuple[str, ...]],
    *,
    widths: tuple[int, ...],
    aligns: tuple[str, ...],
    titles: tuple[str, ...] | None = None,
    borders: TableBordersLayout = TableBordersLayout.HORIZONTAL_LINES,
    place: Align = Align.L,
    last_bold: bool = False,
) -> None:
    page.use_font_for("".join(cell for cells in rows for cell in cells), size=9.5)
    with page.table(
        width=sum(widths),
        col_widths=widths,
        text_align=aligns,
        align=place,
        borders_layout=borders,
        headings_style=HEADINGS,
        first_row_as_headings=titles is not None,
        line_height=LINE_MM + 0.5,
    ) as table:
        for number, cells in enumerate([titles, *rows] if titles else rows, start=1):
            style = FontFace(emphasis="BOLD") if last_bold and number == len(rows) else None
            table.row(cells, style=style)


def _is_latin_1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
