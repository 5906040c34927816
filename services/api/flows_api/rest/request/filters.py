"""`column=operator.value` and trees of them, `or=(a.eq.1,not.and(b.gt.2,c.is.null))`."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flows_api.rest.request.fields import FieldName, parse_field
from flows_api.rest.request.scanner import WORD, Scanner

Quantifier: TypeAlias = Literal["any", "all"]
Truth: TypeAlias = Literal["null", "not_null", "true", "false", "unknown"]
Joint: TypeAlias = Literal["and", "or"]

# In the order in which they are tried: no name comes after one that it starts with.
SIMPLE: Final = ("neq", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj")
QUANTIFIABLE: Final = ("eq", "gte", "gt", "lte", "lt", "like", "ilike", "match", "imatch")
TEXT_SEARCHES: Final = ("fts", "plfts", "phfts", "wfts")
TRUTHS: Final[tuple[Truth, ...]] = ("null", "not_null", "true", "false", "unknown")
OPERATOR: Final = "operator (eq, gt, ...)"
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


def parse_test(text: str) -> tuple[bool, Test]:
    """Whether it is negated, and the test."""
    scanner = Scanner("filter", text)
    return _negation(scanner), _test(scanner, whole=True)


def has_test(text: str) -> bool:
    """Whether a parameter of a function call is a filter of its rows: it starts with an operator."""
    scanner = Scanner("filter", text)
    _negation(scanner)
    return _operator(scanner) is not None


def parse_tree(joint: str, text: str) -> Tree:
    """`joint` is `and` or `or`, perhaps after `not.`, and stands before the parenthesis in `text`."""
    scanner = Scanner("logic tree", joint + text, shown=text)
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
    while scanner.take(","):
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
    if scanner.rest.startswith(("and", "or", "not.")):
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
    start = scanner.position
    since = len(scanner.misses)
    found = any(_named(scanner, name) for name in ("in", "is", "isdistinct", *SIMPLE))
    found = found or any(_called(scanner, name, None) is not None for name in TEXT_SEARCHES)
    found = found or any(_called(scanner, name, ("any", "all")) is not None for name in QUANTIFIABLE)
    scanner.position = start
    if found:
        return start
    scanner.call_misses(since, OPERATOR)
    return None


def _test(scanner: Scanner, *, whole: bool) -> Test:
    if _operator(scanner) is None:
        scanner.refuse()
    if _named(scanner, "in"):
        return OneOf(_list(scanner))
    if _named(scanner, "is"):
        return Is(_truth(scanner))
    for name in ("isdistinct", *SIMPLE):
        if _named(scanner, name):
            return Compared(name, _value(scanner, whole=whole))
    for name in TEXT_SEARCHES:
        language = _called(scanner, name, None)
        if language is not None:
            return Searched(name, _value(scanner, whole=whole), language or None)
    for name in QUANTIFIABLE:
        quantifier = _called(scanner, name, ("any", "all"))
        if quantifier is not None:
            return Compared(name, _value(scanner, whole=whole), _quantifier(quantifier))
    raise AssertionError("an operator was seen here")


def _quantifier(word: str) -> Quantifier | None:
    return "any" if word == "any" else "all" if word == "all" else None


def _named(scanner: Scanner, name: str) -> bool:
    start = scanner.position
    if scanner.take(name) and scanner.delimiter():
        return True
    scanner.position = start
    return False


def _called(scanner: Scanner, name: str, words: tuple[str, ...] | None) -> str | None:
    """`name.` gives an empty text, `name(word).` the word: one of `words`, or any identifier."""
    start = scanner.position
    if scanner.take(name):
        word = _parenthesis(scanner, words)
        if scanner.delimiter():
            return word
    scanner.position = start
    return None


def _parenthesis(scanner: Scanner, words: tuple[str, ...] | None) -> str:
    start = scanner.position
    if scanner.take("("):
        word = next((word for word in words if scanner.take(word)), None) if words else scanner.match(WORD)
        if word is None:
            scanner.miss("letter")
        elif scanner.take(")"):
            return word.strip()
    scanner.position = start
    return ""


def _truth(scanner: Scanner) -> Truth:
    text = scanner.rest.lower()
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
    while scanner.take(","):
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
    if quoted is not None and scanner.rest[:1] in (",", ")", ""):
        return quoted
    scanner.position = start
    return scanner.match(LIST_ELEMENT) or ""


def _value(scanner: Scanner, *, whole: bool) -> str:
    """The rest of the text; within a tree up to the comma or parenthesis, unless quoted or an array's braces."""
    if whole:
        value = scanner.rest
        scanner.position = len(scanner.text)
        return value
    start = scanner.position
    quoted = scanner.quoted()
    if quoted is not None and scanner.rest[:1] in (",", ")", ""):
        return quoted
    scanner.position = start
    array = scanner.match(POSTGRES_ARRAY)
    return array if array is not None else scanner.match(LIST_ELEMENT) or ""
