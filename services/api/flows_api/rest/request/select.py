"""`select=`: which columns, under which names, as which types, with which related rows."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flows_api.rest.errors import QueryStringWrong
from flows_api.rest.request.fields import FieldName, parse_field
from flows_api.rest.request.limits import Limits
from flows_api.rest.request.scanner import Scanner

Aggregate: TypeAlias = Literal["sum", "avg", "count", "max", "min"]
Join: TypeAlias = Literal["left", "inner"]

AGGREGATES: Final[tuple[Aggregate, ...]] = ("sum", "avg", "count", "max", "min")
# A column by its name alone, as most are: nothing else has to be tried there.
PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}(?=[,)]|\Z)")
EVERY_COLUMN: Final = FieldName("*")


@dataclass(frozen=True)
class SelectedField:
    """`alias:name->path::cast.aggregate()::cast`"""

    field: FieldName
    alias: str | None = None
    cast: str | None = None
    aggregate: Aggregate | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True)
class SelectedRelation:
    """`alias:relation!hint!inner(...)`, or `...relation(...)` whose columns go into the row itself."""

    name: str
    items: "tuple[SelectItem, ...]"
    alias: str | None = None
    hint: str | None = None
    join: Join | None = None
    spread: bool = False


SelectItem: TypeAlias = SelectedField | SelectedRelation


def parse_select(text: str, limits: Limits) -> tuple[SelectItem, ...]:
    """The items in their order; an empty text selects no column at all."""
    return _items(Scanner("select parameter", text, limits))


def _items(scanner: Scanner) -> tuple[SelectItem, ...]:
    if scanner.position == len(scanner.text) or scanner.starts(")"):
        return ()
    items = [_item(scanner)]
    while _comma(scanner):
        items.append(_item(scanner))
    return tuple(items)


def _comma(scanner: Scanner) -> bool:
    scanner.skip_space()
    found = scanner.another()
    scanner.skip_space()
    return found


def _item(scanner: Scanner) -> SelectItem:
    plain = scanner.match(PLAIN)
    if plain is not None:
        return SelectedField(FieldName(plain))
    since = len(scanner.misses)
    return _relation(scanner) or _every_column(scanner) or _count(scanner) or _field(scanner, since)


def _relation(scanner: Scanner) -> SelectedRelation | None:
    """Nothing is read where no relation stands here."""
    start = scanner.position
    scanner.skip_space()
    spread = scanner.take("...")
    alias = None if spread else _alias(scanner)
    name = scanner.name() if spread else scanner.optional_name()
    if name is not None and (spread or name != "count"):
        hint, join = _parameters(scanner)
        if scanner.starts("("):
            return SelectedRelation(name, _inside(scanner), alias, hint, join, spread)
        if spread:
            scanner.fail('"("')
    scanner.position = start
    return None


def _inside(scanner: Scanner) -> tuple[SelectItem, ...]:
    scanner.embedded()
    scanner.position += 1
    items = _items(scanner)
    if not scanner.take(")"):
        scanner.refuse()
    scanner.depth -= 1
    scanner.skip_space()
    if not _ends(scanner):
        scanner.refuse()
    return items


def _parameters(scanner: Scanner) -> tuple[str | None, Join | None]:
    hints: list[str] = []
    joins: list[Join] = []
    for _ in range(2):
        if not scanner.starts("!"):
            break
        scanner.position += 1
        join: Join | None = "left" if scanner.take("left") else "inner" if scanner.take("inner") else None
        if join:
            joins.append(join)
        else:
            hints.append(scanner.name())
    return next(iter(hints), None), next(iter(joins), None)


def _alias(scanner: Scanner) -> str | None:
    start = scanner.position
    name = scanner.optional_name()
    if name is not None and scanner.starts(":") and not scanner.starts("::"):
        scanner.position += 1
        return name
    scanner.position = start
    return None


def _every_column(scanner: Scanner) -> SelectedField | None:
    start = scanner.position
    scanner.skip_space()
    if scanner.take("*"):
        scanner.skip_space()
        if _ends(scanner):
            return SelectedField(EVERY_COLUMN)
    scanner.position = start
    return None


def _count(scanner: Scanner) -> SelectedField | None:
    """`count()` of whole rows."""
    start = scanner.position
    scanner.skip_space()
    alias = _alias(scanner)
    if scanner.take("count()"):
        cast = _cast(scanner)
        scanner.skip_space()
        if _ends(scanner):
            return SelectedField(EVERY_COLUMN, alias, aggregate="count", aggregate_cast=cast)
    scanner.position = start
    return None


def _field(scanner: Scanner, since: int) -> SelectedField:
    """Once a name is read, what else was tried here does not matter any more."""
    scanner.skip_space()
    alias = _alias(scanner)
    if alias is not None or scanner.starts_name():
        del scanner.misses[since:]
    field = parse_field(scanner)
    cast = _cast(scanner)
    aggregate = _aggregate(scanner)
    aggregate_cast = _cast(scanner) if aggregate else None
    scanner.skip_space()
    if not _ends(scanner):
        scanner.refuse()
    return SelectedField(field, alias, cast, aggregate, aggregate_cast)


def _cast(scanner: Scanner) -> str | None:
    return scanner.identifier() if scanner.take("::") else None


def _aggregate(scanner: Scanner) -> Aggregate | None:
    if not scanner.take("."):
        return None
    for name in AGGREGATES:
        if scanner.take(f"{name}()"):
            return name
    raise QueryStringWrong(
        f'"failed to parse {scanner.kind} ({scanner.shown})" (line 1, column {scanner.position + 1})',
        details=f"expecting {', '.join(AGGREGATES[:-1])} or {AGGREGATES[-1]}, followed by ()",
    )


def _ends(scanner: Scanner) -> bool:
    return scanner.sees(")") or scanner.sees(",") or scanner.at_end()
