"""`order=`: by which columns, or by which column of a related row."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from flows_api.rest.errors import QueryStringWrong
from flows_api.rest.request.fields import FieldName, parse_field
from flows_api.rest.request.limits import Limits
from flows_api.rest.request.scanner import Scanner

Direction: TypeAlias = Literal["asc", "desc"]
Nulls: TypeAlias = Literal["nullsfirst", "nullslast"]


@dataclass(frozen=True)
class OrderTerm:
    """`relation(field).direction.nulls`"""

    field: FieldName
    direction: Direction | None = None
    nulls: Nulls | None = None
    relation: str | None = None


def parse_order(text: str, limits: Limits) -> tuple[OrderTerm, ...]:
    scanner = Scanner("order", text, limits)
    terms = [_term(scanner)]
    while scanner.another():
        terms.append(_term(scanner))
    return tuple(terms)


def _term(scanner: Scanner) -> OrderTerm:
    """By a column of a related row where that can be read, and else by a column."""
    scanner.skip_space()
    start, since = scanner.position, len(scanner.misses)
    try:
        related = _related(scanner)
    except QueryStringWrong:
        related = None
    if related is None:
        scanner.position = start
        if scanner.starts_name():
            del scanner.misses[since:]
        return _ended(scanner, parse_field(scanner), None)
    return related


def _related(scanner: Scanner) -> OrderTerm | None:
    relation = scanner.name()
    if not scanner.take("("):
        return None
    field = parse_field(scanner)
    if not scanner.take(")"):
        scanner.refuse()
    return _ended(scanner, field, relation)


def _ended(scanner: Scanner, field: FieldName, relation: str | None) -> OrderTerm:
    direction: Direction | None = "asc" if _word(scanner, "asc") else "desc" if _word(scanner, "desc") else None
    nulls: Nulls | None = (
        "nullsfirst" if _word(scanner, "nullsfirst") else "nullslast" if _word(scanner, "nullslast") else None
    )
    scanner.skip_space()
    if not (scanner.sees(",") or scanner.at_end()):
        scanner.refuse()
    return OrderTerm(field, direction, nulls, relation)


def _word(scanner: Scanner, word: str) -> bool:
    start = scanner.position
    if scanner.delimiter() and scanner.take(word):
        return True
    scanner.position = start
    return False
