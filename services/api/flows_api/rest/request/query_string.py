"""The query string, taken apart: what is selected, filtered, ordered and paged, at the top and in embedded rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Final, TypeAlias
from urllib.parse import quote, unquote_plus

from flows_api.rest.errors import QueryStringWrong
from flows_api.rest.request.fields import FieldName, parse_json_path
from flows_api.rest.request.filters import Filter, Tree, has_test, parse_test, parse_tree
from flows_api.rest.request.limits import Limits
from flows_api.rest.request.order import OrderTerm, parse_order
from flows_api.rest.request.ranges import RowRange, of_parameters
from flows_api.rest.request.scanner import Scanner
from flows_api.rest.request.select import SelectItem, parse_select

Path: TypeAlias = tuple[str, ...]

RESERVED: Final = ("select", "columns", "on_conflict")
EMBEDDABLE: Final = ("order", "limit", "offset", "and", "or")
MAX_PARAMETERS: Final = 1_000
ROOT: Final[Path] = ()
# Nothing to decode, and nothing to quote.
PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]*")


@dataclass(frozen=True)
class Query:
    """Each part with the path of the embedded relation that it is for, which is empty at the top.

    `arguments` are those of a function; `filtered` are the parameters that were taken as filters or arguments.
    """

    select: tuple[SelectItem, ...]
    filters: tuple[tuple[Path, Filter], ...] = ()
    trees: tuple[tuple[Path, Tree], ...] = ()
    orders: tuple[tuple[Path, tuple[OrderTerm, ...]], ...] = ()
    ranges: Mapping[Path, RowRange] = field(default_factory=dict)
    limit_is_zero: bool = False
    arguments: tuple[tuple[str, str], ...] = ()
    filtered: frozenset[str] = frozenset()
    columns: frozenset[str] | None = None
    on_conflict: tuple[str, ...] | None = None


def parse_query(text: bytes, limits: Limits, *, for_function: bool) -> Query:
    """With `for_function` a parameter without an operator is an argument."""
    pairs = _pairs(text)
    first = dict(reversed(pairs))
    filters: list[tuple[Path, Filter]] = []
    arguments: list[tuple[str, str]] = []
    rest = [(name, value) for name, value in pairs if name not in RESERVED and _last(name) not in EMBEDDABLE]
    for name, value in rest:
        if for_function and not has_test(value, limits):
            arguments.append((name, value))
        else:
            filters.append(_filter(name, value, limits))
    return Query(
        select=parse_select(first.get("select", "*"), limits),
        filters=tuple(filters),
        trees=tuple(_tree(name, value, limits) for name, value in pairs if _last(name) in ("and", "or")),
        orders=tuple(
            (_before(name, limits), parse_order(value, limits)) for name, value in pairs if _last(name) == "order"
        ),
        ranges=_ranges(pairs, limits),
        limit_is_zero=(first.get("limit") or "").strip() == "0",
        arguments=tuple(arguments),
        filtered=frozenset(name for name, _ in rest),
        columns=frozenset(_names("columns", first["columns"], limits)) if "columns" in first else None,
        on_conflict=tuple(_names("on_conflict", first["on_conflict"], limits)) if "on_conflict" in first else None,
    )


def _pairs(text: bytes) -> list[tuple[str, str]]:
    """Those with a value; what is no UTF-8 is shown as such."""
    parts = text.decode("latin-1").split("&")
    if len(parts) > MAX_PARAMETERS:
        raise QueryStringWrong(f"the query string has more than {MAX_PARAMETERS} parameters")
    split = [part.partition("=") for part in parts if part]
    return [(decode(name), decode(value)) for name, equals, value in split if equals]


def decode(text: str) -> str:
    return unquote_plus(text.encode("latin-1").decode(errors="replace"), errors="replace")


def canonical(text: bytes) -> str:
    """Sorted by name, for `Content-Location`."""
    parts = text.decode("latin-1").split("&")
    if len(parts) == 1:
        return _quoted(parts[0])[1] if text else ""
    return "&".join(shown for _, shown in sorted((_quoted(part) for part in parts if part), key=itemgetter(0)))


def _quoted(part: str) -> tuple[str, str]:
    """Its name, and how it is shown."""
    return (part.partition("=")[0], part) if PLAIN.fullmatch(part) else _requoted(part)


@lru_cache
def _requoted(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    name = decode(name)
    return name, f"{quote(name, safe='')}={quote(decode(value), safe='')}"


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _before(name: str, limits: Limits) -> Path:
    """The path before the parameter's own name."""
    path, _ = _tree_path(name, limits)
    return path


def _tree_path(name: str, limits: Limits) -> tuple[Path, FieldName]:
    scanner = Scanner("tree path", name, limits)
    names = _path_names(scanner)
    return tuple(names[:-1]), FieldName(names[-1], parse_json_path(scanner))


def _path_names(scanner: Scanner) -> list[str]:
    names = [scanner.name()]
    while scanner.delimiter():
        scanner.deeper()
        names.append(scanner.name())
    return names


def _filter(name: str, value: str, limits: Limits) -> tuple[Path, Filter]:
    path, field_name = _tree_path(name, limits)
    negated, test = parse_test(value, limits)
    return path, Filter(field_name, test, negated)


def _tree(name: str, value: str, limits: Limits) -> tuple[Path, Tree]:
    """`not.and=`, `clients.or=`, `clients.not.or=`: the `not` may stand anywhere before."""
    scanner = Scanner("logic path", name, limits)
    names = _path_names(scanner)
    path = tuple(part for part in names[:-1] if part != "not")
    return path, parse_tree(f"not.{names[-1]}" if "not" in names else names[-1], value, limits)


def _ranges(pairs: list[tuple[str, str]], limits: Limits) -> dict[Path, RowRange]:
    given: dict[Path, dict[str, str]] = {}
    for name, value in pairs:
        if _last(name) in ("limit", "offset"):
            given.setdefault(_before(name, limits), {}).setdefault(_last(name), value)
    return {path: of_parameters(both.get("limit"), both.get("offset")) for path, both in given.items()}


def _names(parameter: str, text: str, limits: Limits) -> list[str]:
    scanner = Scanner(f"{parameter} parameter", text, limits)
    names = [scanner.name()]
    while True:
        scanner.skip_space()
        if not scanner.another():
            return names
        scanner.skip_space()
        names.append(scanner.name())
