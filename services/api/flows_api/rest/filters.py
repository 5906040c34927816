"""`column=operator.value`: which rows."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from flows_api.rest.errors import NotEmbedded, NotSupported
from flows_api.rest.scanner import QUOTED, Scanner, unescape

Comparison: TypeAlias = Literal["eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch", "isdistinct"]
Truth: TypeAlias = Literal["null", "not_null", "true", "false", "unknown"]

COMPARISONS: Final = ("eq", "neq", "gte", "gt", "lte", "lt", "like", "ilike", "match", "imatch", "isdistinct")
TRUTHS: Final = ("null", "not_null", "true", "false", "unknown")
ELSEWHERE: Final = ("fts", "plfts", "phfts", "wfts", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj")
WORD: Final = re.compile(r"[a-z]+")
ELEMENT: Final = re.compile(r"[^,)]*")
QUOTED_ELEMENT: Final = re.compile(QUOTED.pattern + r"(?=[,)])", re.DOTALL)
OPERATOR: Final = '"not" or operator (eq, gt, ...)'


@dataclass(frozen=True)
class Compared:
    operator: Comparison
    value: str


@dataclass(frozen=True)
class OneOf:
    """`in.(...)`"""

    values: tuple[str, ...]


@dataclass(frozen=True)
class Is:
    truth: Truth


Test: TypeAlias = Compared | OneOf | Is


@dataclass(frozen=True)
class Filter:
    column: str
    test: Test
    negated: bool = False


def parse_filter(key: str, value: str) -> Filter:
    column = _column(key)
    scanner = Scanner("filter", value)
    negated = scanner.take("not.")
    return Filter(column, _test(scanner), negated)


def _column(key: str) -> str:
    scanner = Scanner("tree path", key)
    name = scanner.name()
    if scanner.sees("."):
        raise NotEmbedded(name)
    if scanner.sees("->"):
        raise NotSupported("JSON path in a filter")
    return name if scanner.at_end else scanner.fail('"->>", "->", delimiter (.) or end of input')


def _test(scanner: Scanner) -> Test:
    start = scanner.position
    operator = scanner.match(WORD)
    if operator in (*COMPARISONS, *ELSEWHERE) and scanner.sees("("):
        raise NotSupported(f"modifier of the operator {operator!r}")
    if operator in ELSEWHERE:
        raise NotSupported(f"operator {operator!r}")
    if operator not in (*COMPARISONS, "in", "is"):
        scanner.position = start
        scanner.fail(OPERATOR if start == 0 else "operator (eq, gt, ...)")
    if not scanner.take("."):
        scanner.fail("delimiter (.)")
    match operator:
        case "in":
            return OneOf(_list(scanner))
        case "is":
            return Is(_truth(scanner))
        case _:
            return Compared(cast(Comparison, operator), scanner.rest)


def _truth(scanner: Scanner) -> Truth:
    word = scanner.rest.lower()
    return cast(Truth, word) if word in TRUTHS else scanner.fail(f"isVal: ({', '.join(TRUTHS)})")


def _list(scanner: Scanner) -> tuple[str, ...]:
    scanner.skip_space()
    if not scanner.take("("):
        scanner.fail('"("')
    values = [_element(scanner)]
    while scanner.take(","):
        values.append(_element(scanner))
    if not scanner.take(")"):
        scanner.fail('"," or ")"')
    scanner.skip_space()
    return tuple(values) if scanner.at_end else scanner.fail("end of input")


def _element(scanner: Scanner) -> str:
    quoted = scanner.match(QUOTED_ELEMENT)
    return unescape(quoted) if quoted is not None else scanner.match(ELEMENT) or ""
