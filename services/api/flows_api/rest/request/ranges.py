"""Which rows are wanted: `limit` and `offset`, also of embedded rows, and the `Range` header."""

import re
from dataclasses import dataclass
from typing import Final

from flows_api.rest.errors import RangeWrong

HEADER: Final = re.compile(r"([0-9]+)-([0-9]*)\Z")
NEGATIVE: Final = "Limit should be greater than or equal to zero."
CROSSED: Final = "The lower boundary must be lower than or equal to the upper boundary in the Range header."


@dataclass(frozen=True)
class RowRange:
    """Rows from the `first` to the `last`, both included and counted from 0; without a last one, all that follow."""

    first: int = 0
    last: int | None = None

    @property
    def limit(self) -> int | None:
        return None if self.last is None else self.last - self.first + 1

    @property
    def is_empty(self) -> bool:
        return self.last is not None and self.last < self.first

    def within(self, other: "RowRange") -> "RowRange":
        lasts = [last for last in (self.last, other.last) if last is not None]
        return RowRange(max(self.first, other.first), min(lasts) if lasts else None)

    def at_most(self, rows: int | None) -> "RowRange":
        return self if rows is None else self.within(RowRange(0, self.first + rows - 1))


ALL_ROWS: Final = RowRange()
NO_ROWS: Final = RowRange(0, -1)


def of_parameters(limit: str | None, offset: str | None) -> RowRange:
    """What is no number counts as not given."""
    rows, first = _number(limit), _number(offset) or 0
    return RowRange(first, None if rows is None else first + rows - 1)


def requested(limits: RowRange, *, limit_is_zero: bool, header: str | None) -> RowRange:
    """The range of the whole answer: the header's part of the parameters'. `limit=0` asks for no row, and is fine."""
    of_header = _of_header(header)
    both = of_header.within(limits)
    if limit_is_zero:
        return NO_ROWS
    if both.is_empty:
        raise RangeWrong(CROSSED if of_header.is_empty else NEGATIVE)
    return both


def _of_header(header: str | None) -> RowRange:
    found = HEADER.match(header or "")
    if not found:
        return ALL_ROWS
    return RowRange(int(found[1][:18]), int(found[2][:18]) if found[2] else None)


def _number(text: str | None) -> int | None:
    if text is None or not re.fullmatch(r" *-?[0-9]{1,30} *", text):
        return None
    return int(text)
