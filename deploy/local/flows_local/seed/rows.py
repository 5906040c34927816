"""Seeded rows: plain values by column, in tables, with ids that follow from what a row is about."""

from collections.abc import Iterable
from typing import TypeAlias
from uuid import UUID, uuid5

from flows_shared.db import JSON

Row: TypeAlias = dict[str, JSON]
# Table -> rows, in the order in which they can be inserted.
Tables: TypeAlias = dict[str, list[Row]]

NAMESPACE = UUID("5a1d6bd2-7d0c-4f0e-9a53-1f2f4c0e7d11")


def row_id(*parts: object) -> str:
    """The same id each time for the same parts."""
    return str(uuid5(NAMESPACE, ":".join(str(part) for part in parts)))


def merge(parts: Iterable[Tables]) -> Tables:
    """The rows of all parts by table; a table's place is its first part's."""
    merged: Tables = {}
    for part in parts:
        for table, rows in part.items():
            merged.setdefault(table, []).extend(rows)
    return merged
