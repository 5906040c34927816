"""Text on a page: in the built-in font where that knows all of its characters, and otherwise in outlines."""

import unicodedata
from functools import cache
from typing import Final, Literal, TypeAlias

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from flows_billing.invoices.glyphs import EM, draw, shape
from flows_billing.invoices.text_layer import write_hidden

BUILT_IN: Final = "Helvetica"
Align: TypeAlias = Literal["L", "R"]


def put(canvas: Canvas, x: float, y: float, text: str, size: float, *, bold: bool = False, align: Align = "L") -> None:
    """From `x` on, or up to it."""
    text = printable(text)
    if _is_built_in(text):
        canvas.setFont(_built_in(bold), size)
        (canvas.drawRightString if align == "R" else canvas.drawString)(x, y, text)
        return
    shaped = shape(text, bold)
    width = shaped.width * size / EM
    left = x - width if align == "R" else x
    draw(canvas, left, y, shaped, size)
    write_hidden(canvas, left, y, shaped.seen, size, width)


def text_width(text: str, size: float, bold: bool = False) -> float:
    if _is_built_in(text):
        return stringWidth(text, _built_in(bold), size)
    return shape(text, bold).width * size / EM


def split_lines(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Lines that fit: broken between words, and within one that is wider than a line."""
    text = printable(text)
    if text_width(text, size, bold) <= width:
        return [text]
    space = text_width(" ", size, bold)
    lines: list[str] = []
    used = width
    for word in text.split():
        wide = text_width(word, size, bold)
        if used + space + wide <= width:
            lines[-1] += f" {word}"
            used += space + wide
            continue
        lines += [word] if wide <= width else _pieces(word, size, width, bold)
        used = text_width(lines[-1], size, bold)
    return lines


def printable(text: str) -> str:
    """A line break or another control character is a space."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") else sign for sign in text)


def _pieces(word: str, size: float, width: float, bold: bool) -> list[str]:
    """A mark or joiner stays with what it is on."""
    pieces = [""]
    for sign in word:
        is_bound = unicodedata.category(sign) in ("Mn", "Mc", "Me", "Cf")
        if pieces[-1] and not is_bound and text_width(pieces[-1] + sign, size, bold) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _is_built_in(text: str) -> bool:
    return text.isascii() or all(sign <= "\x7e" or "\xa0" <= sign <= "\xff" for sign in text)


@cache
def _built_in(bold: bool) -> str:
    return f"{BUILT_IN}-Bold" if bold else BUILT_IN
