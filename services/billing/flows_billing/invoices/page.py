"""A4 pages written from the top down, and the tables and paragraphs on them."""

import io
from collections.abc import Sequence
from typing import Final, TypeAlias

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from flows_billing.invoices.text import Align, put, split_lines

WIDTH, HEIGHT = A4
MARGIN: Final = 51.0
RIGHT: Final = WIDTH - MARGIN
LEADING: Final = 1.35
GREY: Final = 0.43
# Compressed pages are bytes; as ASCII they are a quarter longer, and take a seventh of the time.
rl_config.useA85 = 0
# Where a column begins or, aligned to the right, ends, and its width.
Column: TypeAlias = tuple[float, Align, float]


class Page:
    """The page that is being written; `y` is the line that it is at."""

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
        put(self.canvas, RIGHT, MARGIN - 24, text, 8, align="R")
        self.canvas.setFillGray(0)
        self.canvas.showPage()

    def write(self, text: str, size: float = 10, *, bold: bool = False, width: float = RIGHT - MARGIN) -> None:
        for line in split_lines(text, size, width, bold):
            self.need(size * LEADING)
            self.y -= size * LEADING
            put(self.canvas, MARGIN, self.y, line, size, bold=bold)

    def at(self, x: float, text: str, size: float = 9.5, *, align: Align = "L", bold: bool = False) -> None:
        """On the line that the page is at."""
        put(self.canvas, x, self.y, text, size, bold=bold, align=align)

    def paragraph(self, title: str, *sentences: str) -> None:
        self.need(40)
        self.y -= 10
        self.write(title, bold=True)
        for sentence in sentences:
            self.write(sentence, 8.5)

    def row(self, cells: Sequence[str], columns: Sequence[Column], *, bold: bool = False) -> None:
        """A line of a table, as high as its highest cell, and a rule below it."""
        placed = zip(cells, columns, strict=True)
        texts = [(split_lines(cell, 9, width, bold), x, align) for cell, (x, align, width) in placed]
        height = max(len(lines) for lines, *_ in texts)
        self.need(12.0 * height + 6)
        self.y -= 6
        for number in range(height):
            self.y -= 12
            for lines, x, align in texts:
                if number < len(lines):
                    self.at(x, lines[number], 9, align=align, bold=bold)
        self.rule()

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> None:
        """Nothing where there are no rows."""
        if not rows:
            return
        self.y -= 10
        self.need(60)
        self.write(title, bold=True)
        self.row(heads, columns, bold=True)
        for cells in rows:
            self.row(cells, columns)

    def rule(self) -> None:
        self.canvas.setLineWidth(0.4)
        self.canvas.setStrokeGray(0.75)
        self.canvas.line(MARGIN, self.y - 4, RIGHT, self.y - 4)

    def finish(self) -> bytes:
        self.end()
        self.canvas.save()
        return self.file.getvalue()
