"""A control's answer as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from flows_shared.db import Connection


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """`about` says to a person what it holds."""

    name: str
    about: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    @classmethod
    async def of(cls, db: Connection, name: str, about: str, statement: str, *values: object) -> Self:
        """What a statement answers."""
        prepared = await db.prepare(statement)
        columns = [attribute.name for attribute in prepared.get_attributes()]
        return cls(name, about, columns, [tuple(row) for row in await prepared.fetch(*values)])

    def column(self, name: str) -> list[Any]:
        place = list(self.columns).index(name)
        return [row[place] for row in self.rows]

    def total(self, name: str) -> int:
        return sum(int(value) for value in self.column(name) if value is not None)
