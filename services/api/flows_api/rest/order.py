"""`order=`: by which columns, in which direction."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from flows_api.rest.errors import NotSupported
from flows_api.rest.scanner import Scanner

Direction: TypeAlias = Literal["asc", "desc"]
Nulls: TypeAlias = Literal["nullsfirst", "nullslast"]
DIRECTION: Final = re.compile(r"\.(asc|desc)(?=[.,]|$)")
NULLS: Final = re.compile(r"\.(nullsfirst|nullslast)(?=,|$)")


@dataclass(frozen=True)
class OrderTerm:
    column: str
    direction: Direction | None = None
    nulls: Nulls | None = None


def parse_order(text: str) -> tuple[OrderTerm, ...]:
    scanner = Scanner("order", text)
    terms = [_term(scanner)]
    while scanner.take(","):
        terms.append(_term(scanner))
    return tuple(terms)


def _term(scanner: Scanner) -> OrderTerm:
    scanner.skip_space()
    column = scanner.name()
    for token, feature in (("->", "JSON path"), ("(", "column of another table")):
        if scanner.sees(token):
            raise NotSupported(f"{feature} in order")
    direction = scanner.match(DIRECTION)
    nulls = scanner.match(NULLS)
    scanner.skip_space()
    if not scanner.at_end and not scanner.sees(","):
        after = '"nullsfirst" or "nullslast"' if direction else '"asc", "desc", "nullsfirst" or "nullslast"'
        scanner.fail(after if scanner.sees(".") else 'delimiter (.), "," or end of input')
    return OrderTerm(column, cast(Direction | None, direction), cast(Nulls | None, nulls))
