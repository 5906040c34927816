"""`select=`: which columns, under which names, as which types."""

from dataclasses import dataclass

from flows_api.rest.errors import NotSupported
from flows_api.rest.scanner import Scanner


@dataclass(frozen=True)
class EveryColumn:
    """`*`"""


@dataclass(frozen=True)
class SelectedColumn:
    """`alias:name::cast`"""

    name: str
    alias: str | None = None
    cast: str | None = None


SelectItem = EveryColumn | SelectedColumn


def parse_select(text: str) -> tuple[SelectItem, ...]:
    """The items in their order; an empty text selects no column at all."""
    scanner = Scanner("select parameter", text)
    if not text:
        return ()
    items = [_item(scanner)]
    while not scanner.at_end:
        if not scanner.take(","):
            scanner.fail('"::", "," or end of input')
        items.append(_item(scanner))
    return tuple(items)


def _item(scanner: Scanner) -> SelectItem:
    scanner.skip_space()
    if scanner.take("*"):
        return EveryColumn()
    if scanner.sees("..."):
        raise NotSupported("spread of an embedded resource")
    alias, name = None, scanner.name()
    if scanner.sees(":") and not scanner.sees("::"):
        scanner.take(":")
        alias, name = name, scanner.name()
    _refuse_more_than_a_column(scanner)
    cast = scanner.identifier() if scanner.take("::") else None
    _refuse_more_than_a_column(scanner)
    scanner.skip_space()
    return SelectedColumn(name, alias, cast)


def _refuse_more_than_a_column(scanner: Scanner) -> None:
    for token, feature in (("->", "JSON path"), ("(", "embedding"), ("!", "embedding"), (".", "aggregate function")):
        if scanner.sees(token):
            raise NotSupported(f"{feature} in select")
