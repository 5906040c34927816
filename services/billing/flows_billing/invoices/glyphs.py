"""Text in any script as outlines of glyphs, shaped by HarfBuzz and in the order of the Unicode bidirectional algorithm.

A character is set in the first font that has it; what no font has is a box, and an error in the log.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, TypeAlias, assert_never

import uharfbuzz
from bidi import algorithm
from reportlab.pdfgen.canvas import Canvas

from flows_shared.logs import get_logger

EM: Final = 1000
WEIGHTS: Final = {False: 400.0, True: 700.0}
FIRST: Final = "NotoSans[wght].ttf"
SIMPLIFIED_CHINESE: Final = 2  # of the faces of the collection: they differ in the style of Han characters
BOX_WIDTH: Final = 600
NON_ZERO: Final = 1  # the winding rule: strokes of a glyph may overlap
# Explicit embeddings, overrides and isolates: a name has no use for them but to look like another.
DIRECTIONAL: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

Point: TypeAlias = tuple[float, float]
Step: TypeAlias = Literal["move", "line", "curve", "close"]
Stroke: TypeAlias = tuple[Step, tuple[Point, ...]]

log = get_logger()


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a font, or a box for the character that is `missing`; places are in thousandths of the size."""

    font: "Font | None"
    number: int
    x: float
    y: float
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Shaped:
    """`seen` is the text from left to right: readers of PDFs turn what is right to left around again."""

    glyphs: tuple[Glyph, ...]
    width: float
    seen: str


class Font:
    """A font file at one weight, mapped into memory and read where it is used."""

    def __init__(self, path: Path, face: int, weight: float) -> None:
        self.face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), face)
        self.font = uharfbuzz.Font(self.face)
        self.font.scale = EM, EM
        self.font.set_variations({"wght": weight})
        self._outlines: dict[int, tuple[Stroke, ...]] = {}

    def has(self, character: str) -> bool:
        return self.font.get_nominal_glyph(ord(character)) is not None

    def outline(self, number: int) -> tuple[Stroke, ...]:
        if number not in self._outlines:
            pen = _Pen()
            self.font.draw_glyph_with_pen(number, pen)
            self._outlines[number] = tuple(pen.strokes)
        return self._outlines[number]


def shape(text: str, bold: bool = False) -> Shaped:
    """Glyphs from left to right, as a reader sees them."""
    glyphs: list[Glyph] = []
    x, seen = 0.0, ""
    for run, font, is_right_to_left in _runs(text.translate(DIRECTIONAL), bold):
        seen += run[::-1] if is_right_to_left else run
        if font is None:
            for character in run:
                glyphs.append(Glyph(None, 0, x, 0, character))
                x += BOX_WIDTH
            continue
        buffer = uharfbuzz.Buffer()
        buffer.add_str(run)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_right_to_left else "ltr"
        uharfbuzz.shape(font.font, buffer)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(Glyph(font, info.codepoint, x + place.x_offset, place.y_offset))
            x += place.x_advance
    return Shaped(tuple(glyphs), x, seen)


def draw(canvas: Canvas, x: float, y: float, shaped: Shaped, size: float) -> None:
    """Fill the outlines, in the colour that the canvas has."""
    scale = size / EM
    path = canvas.beginPath()
    for glyph in shaped.glyphs:
        left, base = x + glyph.x * scale, y + glyph.y * scale
        if glyph.font is None:
            log.error("glyph_missing", character=f"U+{ord(glyph.missing):04X}")
            _box(canvas, left, base, scale)
            continue
        for name, points in glyph.font.outline(glyph.number):
            places = [place for px, py in points for place in (left + px * scale, base + py * scale)]
            match name:
                case "move":
                    path.moveTo(*places)
                case "line":
                    path.lineTo(*places)
                case "curve":
                    path.curveTo(*places)
                case "close":
                    path.close()
                case _:
                    assert_never(name)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=NON_ZERO)


def _box(canvas: Canvas, x: float, y: float, scale: float) -> None:
    canvas.setLineWidth(40 * scale)
    canvas.setStrokeGray(0)
    canvas.rect(x + 60 * scale, y, (BOX_WIDTH - 120) * scale, 700 * scale, stroke=1, fill=0)


class _Pen:
    """What HarfBuzz draws with; PDF has no quadratic curves."""

    def __init__(self) -> None:
        self.strokes: list[Stroke] = []
        self.at: Point = 0.0, 0.0

    def moveTo(self, point: Point) -> None:  # noqa: N802, the names that HarfBuzz calls
        self._add("move", point)

    def lineTo(self, point: Point) -> None:  # noqa: N802
        self._add("line", point)

    def curveTo(self, *points: Point) -> None:  # noqa: N802
        self._add("curve", *points)

    def qCurveTo(self, control: Point, end: Point) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2) = self.at, control, end
        first = x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0)
        self._add("curve", first, (x2 + 2 / 3 * (x1 - x2), y2 + 2 / 3 * (y1 - y2)), end)

    def closePath(self) -> None:  # noqa: N802
        self.strokes.append(("close", ()))

    def _add(self, name: Step, *points: Point) -> None:
        self.strokes.append((name, points))
        self.at = points[-1]


def _runs(text: str, bold: bool) -> Iterator[tuple[str, Font | None, bool]]:
    """Stretches of one font and direction, in the order in which they are seen."""
    levels = _levels(text)
    fonts: list[Font | None] = []
    for character in text:
        fonts.append(_font_after(fonts[-1] if fonts else None, character, bold))
    places = [list(group) for _, group in groupby(range(len(text)), lambda place: (levels[place], fonts[place]))]
    for level in range(max(levels, default=0), 0, -1):
        places = _reversed_from(places, levels, level)
    for run in places:
        yield "".join(text[place] for place in run), fonts[run[0]], levels[run[0]] % 2 == 1


def _reversed_from(runs: Sequence[list[int]], levels: Sequence[int], level: int) -> list[list[int]]:
    """Rule L2: what is at the level or above it is turned around."""
    turned: list[list[int]] = []
    for is_above, group in groupby(runs, lambda run: levels[run[0]] >= level):
        stretch = list(group)
        turned += stretch[::-1] if is_above else stretch
    return turned


def _levels(text: str) -> list[int]:
    """How deep each character is embedded; odd is right to left. Joiners go with what is before them."""
    storage = algorithm.get_empty_storage()
    storage["base_level"] = base = algorithm.get_base_level(text)
    storage["base_dir"] = "LR"[base]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    known = iter(storage["chars"])
    levels: list[int] = []
    for character in text:
        is_left_out = unicodedata.bidirectional(character) in ("BN", "PDF", "")
        levels.append((levels[-1] if levels else base) if is_left_out else next(known)["level"])
    return levels


def _font_after(before: Font | None, character: str, bold: bool) -> Font | None:
    """Marks, joiners and what all scripts share stay in the font of what they follow, where it has them."""
    category = unicodedata.category(character)
    if category == "Cf" or (category[0] == "M" and before and before.has(character)):
        return before or _fonts(bold)[0]
    if before and category[0] in "ZPN" and before.has(character):
        return before
    return _font_of(character, bold)


@lru_cache(maxsize=20_000)
def _font_of(character: str, bold: bool) -> Font | None:
    return next((font for font in _fonts(bold) if font.has(character)), None)


@cache
def _fonts(bold: bool) -> tuple[Font, ...]:
    """Noto Sans, its sisters for other scripts, symbols and emoji, then Chinese, Japanese and Korean."""
    with as_file(files("manimgx_fonts")) as folder, as_file(files("manimgx_fonts_cjk")) as east_asian:
        sisters = sorted(path for path in folder.glob("*.ttf") if path.name != FIRST and "Italic" not in path.name)
        several = [(folder / FIRST, 0), *((path, 0) for path in sisters if "Emoji" not in path.name)]
        several += [(path, SIMPLIFIED_CHINESE) for path in east_asian.glob("*.ttc")]
        several += [(path, 0) for path in sisters if "Emoji" in path.name]
        return tuple(Font(path, face, WEIGHTS[bold]) for path, face in several)
