"""The schema cache: what PostgreSQL's catalog says of the exposed tables and views, and the names of types."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, TypeVar

import asyncpg

RELATIONS = """
    SELECT relation.oid, namespace.nspname AS schema, relation.relname AS name,
           relation.relkind IN ('v', 'm') AS is_view, obj_description(relation.oid, 'pg_class') AS comment,
           ARRAY(SELECT rolname::text FROM pg_roles
                  WHERE rolname = ANY($2) AND has_any_column_privilege(oid, relation.oid, 'SELECT')
                  ORDER BY array_position($2, rolname::text)) AS readers
      FROM pg_class AS relation
      JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
     WHERE namespace.nspname = ANY($1) AND relation.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relation.relispartition
     ORDER BY array_position($1, namespace.nspname::text), relation.relname
"""

# format_type with -1 gives a name that a cast can use without a length: bpchar, and not character(1).
COLUMNS = """
    SELECT attrelid AS relation, attname AS name, format_type(atttypid, -1) AS type, attnotnull AS not_null,
           col_description(attrelid, attnum) AS comment,
           EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY(indkey)) AS in_key
      FROM pg_attribute
     WHERE attrelid = ANY($1) AND attnum > 0 AND NOT attisdropped
     ORDER BY attrelid, attnum
"""

TYPES = """
    SELECT typname AS name, format_type(oid, -1) AS type
      FROM pg_type
     WHERE pg_type_is_visible(oid) AND typtype IN ('b', 'd', 'e', 'r', 'm') AND typname !~ '^reg'
"""

# Names that PostgreSQL's grammar knows and its catalog does not.
GRAMMAR_TYPES: Final = {"int": "integer", "decimal": "numeric", "float": "double precision", "char": "bpchar"}
CLOSE_ENOUGH: Final = 0.75

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """`type` is SQL that casts to the column's type."""

    name: str
    type: str
    not_null: bool
    in_key: bool
    comment: str | None


@dataclass(frozen=True)
class Relation:
    """A table or view; `readers` are those of the asked roles that may select from it."""

    schema: str
    name: str
    is_view: bool
    comment: str | None
    readers: tuple[str, ...]
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Catalog:
    """`types` maps what a cast may say to SQL."""

    relations: Mapping[tuple[str, str], Relation]
    types: Mapping[str, str]

    def closest_relation(self, schema: str, name: str) -> str | None:
        return closest(name, [relation for in_schema, relation in self.relations if in_schema == schema])


def closest(name: str, names: Sequence[str]) -> str | None:
    """What was probably meant."""
    return next(iter(get_close_matches(name, names, 1, CLOSE_ENOUGH)), None)


async def load_catalog(
    connection: "asyncpg.Connection[asyncpg.Record]", schemas: Sequence[str], roles: Sequence[str]
) -> Catalog:
    """The catalog as it is now, in one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        relations = await connection.fetch(RELATIONS, schemas, roles)
        columns = await connection.fetch(COLUMNS, [row["oid"] for row in relations])
        types = await connection.fetch(TYPES)
    by_relation: defaultdict[int, dict[str, Column]] = defaultdict(dict)
    for row in columns:
        values = {name: value for name, value in row.items() if name != "relation"}
        by_relation[row["relation"]][row["name"]] = Column(**values)
    return Catalog(
        {(row["schema"], row["name"]): _relation(row, by_relation[row["oid"]]) for row in relations},
        {row["type"]: row["type"] for row in types} | {row["name"]: row["type"] for row in types} | GRAMMAR_TYPES,
    )


def _relation(row: asyncpg.Record, columns: Mapping[str, Column]) -> Relation:
    return Relation(row["schema"], row["name"], row["is_view"], row["comment"], tuple(row["readers"]), columns)
