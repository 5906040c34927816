"""`column=operator.value` and trees of them, `or=(a.eq.1,not.and(b.gt.2,c.is.null))`."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flows_api.rest.request.fields import FieldName, parse_field
from flows_api.rest.request.limits import Limits
from flows_api.rest.request.scanner import WORD, Scanner

Quantifier: TypeAlias = Literal["any", "all"]
Truth: TypeAlias = Literal["null", "not_null", "true", "false", "unknown"]
Joint: TypeAlias = Literal["and", "or"]

# In the order in which they are tried: no name comes after one that it starts with.
SIMPLE: Final = ("neq", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj")
QUANTIFIABLE: Final = ("eq", "gte", "gt", "lte", "lt", "like", "ilike", "match", "imatch")
TEXT_SEARCHES: Final = ("fts", "plfts", "phfts", "wfts")
TRUTHS: Final[tuple[Truth, ...]] = ("null", "not_null", "true", "false", "unknown")
# All of them at once, with what stands in the parenthesis of those that take one.
OPERATION: Final = re.compile(
    rf"(?:(in|is|isdistinct|{'|'.join(SIMPLE)})|({'|'.join(TEXT_SEARCHES)})(?:\(({WORD.pattern})\))?"
    rf"|({'|'.join(QUANTIFIABLE)})(?:\((any|all)\))?)\."
)
OPERATOR: Final = "operator (eq, gt, ...)"
LONGEST_TRUTH: Final = max(map(len, TRUTHS))
TRUTH: Final = "isVal: (null, not_null, true, false, unknown)"
LIST_ELEMENT: Final = re.compile(r"[^,)]*")
POSTGRES_ARRAY: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Compared:
    """Also `isdistinct`; `quantifier` makes the value an array literal of which any or all must do."""

    operator: str
    value: str
    quantifier: Quantifier | None = None


@dataclass(frozen=True)
class OneOf:
    values: tuple[str, ...]


@dataclass(frozen=True)
class Is:
    truth: Truth


@dataclass(frozen=True)
class Searched:
    """Full text search; `operator` says how the query is written."""

    operator: str
    query: str
    language: str | None = None


Test: TypeAlias = Compared | OneOf | Is | Searched


@dataclass(frozen=True)
class Filter:
    field: FieldName
    test: Test
    negated: bool = False


@dataclass(frozen=True)
class Tree:
    joint: Joint
    branches: "tuple[Filter | Tree, ...]"
    negated: bool = False


def parse_test(text: str, limits: Limits) -> tuple[bool, Test]:
    """Whether it is negated, and the test."""
    scanner = Scanner("filter", text, limits)
    return _negation(scanner), _test(scanner, whole=True)


def has_test(text: str, limits: Limits) -> bool:
    """Whether a parameter of a function call is a filter of its rows: it starts with an operator."""
    scanner = Scanner("filter", text, limits)
    _negation(scanner)
    return _operator(scanner) is not None


def parse_tree(joint: str, text: str, limits: Limits) -> Tree:
    """`joint` is `and` or `or`, perhaps after `not.`, and stands before the parenthesis in `text`."""
    scanner = Scanner("logic tree", joint + text, limits, shown=text)
    return _tree(scanner)


def _tree(scanner: Scanner) -> Tree:
    scanner.deeper()
    since = len(scanner.misses)
    negated = _negation(scanner)
    scanner.call_misses(since, "negation operator (not)")
    since = len(scanner.misses)
    joint: Joint | None = "and" if scanner.take("and") else "or" if scanner.take("or") else None
    if joint is None:
        scanner.call_misses(since, "logic operator (and, or)")
        scanner.refuse()
    scanner.skip_space()
    if not scanner.take("("):
        scanner.refuse()
    branches = [_branch(scanner)]
    while scanner.another():
        branches.append(_branch(scanner))
    if not scanner.take(")"):
        scanner.refuse()
    scanner.skip_space()
    scanner.depth -= 1
    return Tree(joint, tuple(branches), negated)


def _branch(scanner: Scanner) -> Filter | Tree:
    scanner.skip_space()
    filter_ = _filter(scanner)
    branch = filter_ if filter_ is not None else _tree(scanner)
    scanner.skip_space()
    return branch


def _filter(scanner: Scanner) -> Filter | None:
    """Nothing is read where a tree stands: `and(`, or a name without an operator after it."""
    start, since = scanner.position, len(scanner.misses)
    if scanner.optional_name() is None:
        return None
    scanner.position = start
    field = parse_field(scanner)
    if scanner.delimiter():
        negated = _negation(scanner)
        operator = _operator(scanner)
        if operator is not None:
            scanner.position = operator
            return Filter(field, _test(scanner, whole=False), negated)
    scanner.position = start
    if scanner.starts("and", "or", "not."):
        del scanner.misses[since:]
    return None


def _negation(scanner: Scanner) -> bool:
    start = scanner.position
    if scanner.take("not") and scanner.delimiter():
        return True
    scanner.position = start
    return False


def _operator(scanner: Scanner) -> int | None:
    """The position of the operator that stands here, which is left unread."""
    if OPERATION.match(scanner.text, scanner.position):
        return scanner.position
    start = scanner.position
    since = len(scanner.misses)
    for name in ("in", "is", "isdistinct", *SIMPLE):
        _miss(scanner, name)
    for name in TEXT_SEARCHES:
        _miss(scanner, name, called=None)
    for name in QUANTIFIABLE:
        _miss(scanner, name, called=("any", "all"))
    scanner.position = start
    scanner.call_misses(since, OPERATOR)
    return None


def _test(scanner: Scanner, *, whole: bool) -> Test:
    found = OPERATION.match(scanner.text, scanner.position)
    if found is None:
        _operator(scanner)
        scanner.refuse()
    scanner.position = found.end()
    plain, search, language, quantifiable, quantifier = found.groups()
    if plain == "in":
        return OneOf(_list(scanner))
    if plain == "is":
        return Is(_truth(scanner))
    value = _value(scanner, whole=whole)
    if search:
        return Searched(search, value, (language or "").strip() or None)
    return Compared(plain or quantifiable, value, _quantifier(quantifier or ""))


def _quantifier(word: str) -> Quantifier | None:
    return "any" if word == "any" else "all" if word == "all" else None


def _miss(scanner: Scanner, name: str, called: tuple[str, ...] | None = ()) -> None:
    """Remember how far `name.` or `name(word).` could be read; `called` are the words, None for any identifier."""
    start = scanner.position
    if scanner.take(name):
        if called is None or called:
            _parenthesis(scanner, called)
        scanner.delimiter()
    scanner.position = start


def _parenthesis(scanner: Scanner, words: tuple[str, ...] | None) -> None:
    start = scanner.position
    if scanner.take("("):
        word = next((word for word in words if scanner.take(word)), None) if words else scanner.match(WORD)
        if word is None:
            scanner.miss("letter")
        elif scanner.take(")"):
            return
    scanner.position = start


def _truth(scanner: Scanner) -> Truth:
    text = scanner.text[scanner.position : scanner.position + LONGEST_TRUTH].lower()
    for truth in TRUTHS:
        if text.startswith(truth):
            scanner.position += len(truth)
            return truth
    agreed = max(_common_length(text, truth) for truth in TRUTHS)
    scanner.position += agreed
    return scanner.fail(TRUTH)


def _common_length(text: str, word: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(text, word, strict=False)) if a != b), min(len(text), len(word)))


def _list(scanner: Scanner) -> tuple[str, ...]:
    scanner.skip_space()
    if not scanner.take("("):
        scanner.refuse()
    scanner.skip_space()
    values = [_element(scanner)]
    while scanner.comma():
        values.append(_element(scanner))
    scanner.skip_space()
    if not scanner.take(")"):
        scanner.refuse()
    scanner.skip_space()
    return tuple(values)


def _element(scanner: Scanner) -> str:
    """A quoted text that ends where the element does; everything else is taken as it stands."""
    start = scanner.position
    quoted = scanner.quoted()
    if quoted is not None and _element_ends(scanner):
        return quoted
    scanner.position = start
    return scanner.match(LIST_ELEMENT) or ""


def _element_ends(scanner: Scanner) -> bool:
    return scanner.position == len(scanner.text) or scanner.starts(",", ")")


def _value(scanner: Scanner, *, whole: bool) -> str:
    """The rest of the text; within a tree up to the comma or parenthesis, unless quoted or an array's braces."""
    if whole:
        value = scanner.text[scanner.position :]
        scanner.position = len(scanner.text)
        return value
    start = scanner.position
    quoted = scanner.quoted()
    if quoted is not None and _element_ends(scanner):
        return quoted
    scanner.position = start
    array = scanner.match(POSTGRES_ARRAY)
    return array if array is not None else scanner.match(LIST_ELEMENT) or ""
