"""What outlines say, as text that can be found, copied and read aloud: it lies over them and is not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

NAME: Final = "TextLayer"
BUILT_IN: Final = "Helvetica"
FIRST_CODE, LAST_CODE = 33, 255
INVISIBLE: Final = 3
# ISO 32000-1, 9.10.3.
TO_UNICODE: Final = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /{name} def /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange
{ranges}
endcmap CMapName currentdict /CMap defineresource pop end end"""


class PdfDocument(Protocol):
    """What a font asks of reportlab's document."""

    fontMapping: dict[str, str]  # noqa: N815
    delayedFonts: list["TextLayer"]  # noqa: N815
    idToObject: Mapping[str, pdfdoc.PDFDictionary]  # noqa: N815

    def Reference(self, object: object, name: str) -> pdfdoc.PDFObjectReference: ...  # noqa: N802


@dataclass
class _Codes:
    """A document's characters; each hundred or two have a font of their own."""

    name: str
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def place_of(self, character: str) -> tuple[int, int]:
        if character not in self.places:
            subset, code = divmod(len(self.places), LAST_CODE - FIRST_CODE + 1)
            self.places[character] = subset, code + FIRST_CODE
        return self.places[character]


class TextLayer:
    """A font without glyphs of its own whose codes mean any character, as reportlab wants its fonts."""

    shapable = _multiByte = False  # noqa: N815
    _dynamicFont = True  # noqa: N815

    def __init__(self) -> None:
        self.fontName, self.encName = NAME, "WinAnsiEncoding"
        self.face = pdfmetrics.getTypeFace(BUILT_IN)
        self.codes: WeakKeyDictionary[PdfDocument, _Codes] = WeakKeyDictionary()

    def splitString(self, text: str, doc: PdfDocument, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802
        codes = self._of(doc)
        return [(subset, bytes([code])) for subset, code in map(codes.place_of, text)]

    def getSubsetInternalName(self, subset: int, doc: PdfDocument) -> str:  # noqa: N802
        return f"/{self._of(doc).name}+{subset}"

    def stringWidth(self, text: str, size: float, encoding: str = "utf-8") -> float:  # noqa: N802
        return stringWidth("n" * len(text), BUILT_IN, size)

    def addObjects(self, doc: PdfDocument) -> None:  # noqa: N802
        codes = self.codes.pop(doc)
        for subset in sorted({subset for subset, _ in codes.places.values()}):
            name = f"{codes.name}+{subset}"
            meant = {code: sign for sign, (place, code) in codes.places.items() if place == subset}
            stream = pdfdoc.PDFStream()
            stream.content = _to_unicode(name, meant)
            entries = {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type1"),
                "BaseFont": pdfdoc.PDFName(BUILT_IN),
                "ToUnicode": doc.Reference(stream, f"toUnicodeCMap:{name}"),
            }
            doc.idToObject["BasicFonts"].dict[name] = doc.Reference(pdfdoc.PDFDictionary(entries), name)

    def _of(self, doc: PdfDocument) -> _Codes:
        if doc not in self.codes:
            self.codes[doc] = _Codes(f"F{len(doc.fontMapping) + 1}")
            doc.fontMapping[NAME] = f"/{self.codes[doc].name}"
            doc.delayedFonts.append(self)
        return self.codes[doc]


def write_hidden(canvas: Canvas, x: float, y: float, text: str, size: float, width: float) -> None:
    """In the order in which it is read, as wide as it is seen."""
    if NAME not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TextLayer())
    canvas.saveState()
    hidden = canvas.beginText(x, y)
    hidden.setFont(NAME, size)
    hidden.setTextRenderMode(INVISIBLE)
    hidden.setHorizScale(100 * width / (pdfmetrics.stringWidth(text, NAME, size) or 1))
    hidden.textOut(text)
    canvas.drawText(hidden)
    canvas.restoreState()


def _to_unicode(name: str, meant: dict[int, str]) -> str:
    lines = [f"<{code:02X}> <{sign.encode('utf-16-be').hex().upper()}>" for code, sign in meant.items()]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    ranges = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return TO_UNICODE.format(name=name.replace("+", "-"), ranges=ranges)
