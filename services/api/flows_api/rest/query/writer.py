"""What is gathered while a statement is written: its parameters, and the aliases that are taken."""

import re
from dataclasses import dataclass
from typing import Final

from flows_api.rest.catalog.relations import Name
from flows_api.rest.errors import NulRefused, QueryStringWrong

LONGEST_NAME: Final = 63
LARGEST: Final = 2**63 - 1
# What is written as it stands is ASCII, which every encoding reads alike, and can neither end a literal nor escape.
UNSAFE: Final = re.compile(r"[^ -&(-\[\]-~]")


@dataclass(frozen=True)
class Statement:
    """`is_single`: its text has values in it, so that it is not worth being prepared for another time."""

    text: str
    parameters: tuple[object, ...]
    is_single: bool = False


class Writer:
    """`json` is the type that related rows are gathered as: rows that are grouped need one that can be compared."""

    def __init__(self, *, grouped: bool = False) -> None:
        self.parameters: list[object] = []
        self.json = "::jsonb" if grouped else ""
        self._has_literals = False
        self._aliases: set[str] = set()

    def bind(self, value: object) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def text(self, value: str) -> str:
        return f"{self.bind(value)}::text"

    def literal(self, value: str) -> str:
        """Of no type yet."""
        if "\0" in value:
            raise NulRefused
        self._has_literals = True
        return f"E'{UNSAFE.sub(_escaped, value)}'"

    def number(self, value: int) -> str:
        """What is too large is PostgreSQL's to refuse."""
        if abs(value) > LARGEST:
            return f"{self.bind(str(value))}::text::bigint"
        return f"{self.bind(value)}::bigint"

    def alias(self, wanted: str) -> str:
        """A quoted name that nothing else in the statement has."""
        name, number = shortened(wanted, LONGEST_NAME - 4), 1
        while name in self._aliases:
            number += 1
            name = f"{shortened(wanted, LONGEST_NAME - 4)}_{number}"
        self._aliases.add(name)
        return quote(name)

    def statement(self, text: str) -> Statement:
        return Statement(text, tuple(self.parameters), self._has_literals)


def _escaped(character: re.Match[str]) -> str:
    return f"\\U{ord(character[0]):08x}"


def quote(name: str) -> str:
    if "\0" in name:
        raise QueryStringWrong("a name cannot hold the character NUL")
    return '"' + name.replace('"', '""') + '"'


def quote_name(name: Name) -> str:
    return f"{quote(name.schema)}.{quote(name.name)}" if name.schema else quote(name.name)


def quote_literal(text: str) -> str:
    """Only for names that the schema cache gave."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def shortened(name: str, bytes_: int) -> str:
    return name if len(name) * 4 <= bytes_ else name.encode()[:bytes_].decode(errors="ignore")
