"""Tables and views with their columns and keys."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import asyncpg

from flows_api.rest.catalog.view_columns import Origins

RELATIONS = """
    SELECT relation.oid, namespace.nspname AS schema, relation.relname AS name,
           relation.relkind IN ('v', 'm') AS is_view, obj_description(relation.oid, 'pg_class') AS comment,
           relation.relkind IN ('r', 'p') OR changes & 8 <> 0 AS insertable,
           relation.relkind IN ('r', 'p') OR changes & 4 <> 0 AS updatable,
           relation.relkind IN ('r', 'p') OR changes & 16 <> 0 AS deletable,
           ARRAY(SELECT rolname::text FROM pg_roles
                  WHERE rolname = ANY($2) AND has_any_column_privilege(oid, relation.oid, 'SELECT')
                  ORDER BY array_position($2, rolname::text)) AS readers
      FROM pg_class AS relation
      JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
     CROSS JOIN LATERAL (SELECT CASE WHEN relation.relkind IN ('v', 'f')
                                     THEN pg_relation_is_updatable(relation.oid, true) ELSE 0 END AS changes) AS writes
     WHERE namespace.nspname = ANY($1) AND relation.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relation.relispartition
     ORDER BY array_position($1, namespace.nspname::text), relation.relname
"""

# What each domain is made of in the end.
DOMAINS: Final = """domains (domain, base) AS (
        SELECT oid, base FROM steps WHERE next = 0
    ), steps (oid, base, next) AS (
        SELECT domain.oid, type.oid, type.typbasetype
          FROM pg_type AS domain JOIN pg_type AS type ON type.oid = domain.typbasetype
         WHERE domain.typtype = 'd'
        UNION
        SELECT steps.oid, type.oid, type.typbasetype FROM steps JOIN pg_type AS type ON type.oid = steps.next
    )"""

# `type` is the base type of a domain, without a length, so that a cast can use it: bpchar, and not character(1).
COLUMNS = f"""
    WITH RECURSIVE {DOMAINS}
    SELECT attrelid AS relation, attname AS name, format_type(coalesce(base, atttypid), -1) AS type,
           format_type(atttypid, atttypmod) AS full_type, attnum AS position,
           attnotnull OR type.typnotnull AS not_null,
           attgenerated <> '' OR attidentity = 'a' AS generated, col_description(attrelid, attnum) AS comment,
           CASE WHEN type.typbasetype <> 0 AND default_.adbin IS NULL THEN pg_get_expr(type.typdefaultbin, 0)
                WHEN attidentity = 'd' THEN format('nextval(%L)', (SELECT objid::regclass FROM pg_depend
                                                                   WHERE refobjid = attrelid AND refobjsubid = attnum
                                                                     AND deptype = 'i' LIMIT 1))
                WHEN attgenerated <> '' THEN NULL
                ELSE pg_get_expr(default_.adbin, default_.adrelid) END AS default_value,
           CASE WHEN atttypmod > 4 AND coalesce(base, atttypid) IN ('varchar'::regtype, 'bpchar'::regtype)
                THEN atttypmod - 4 END AS max_length,
           ARRAY(SELECT enumlabel::text FROM pg_enum
                  WHERE enumtypid = coalesce(base, atttypid) ORDER BY enumsortorder) AS labels,
           EXISTS (SELECT FROM pg_index
                    WHERE indrelid = attrelid AND indisprimary AND attnum = ANY(indkey)) AS in_key
      FROM pg_attribute
      JOIN pg_type AS type ON type.oid = atttypid
      LEFT JOIN domains ON domain = atttypid
      LEFT JOIN pg_attrdef AS default_ ON default_.adrelid = attrelid AND default_.adnum = attnum
     WHERE attrelid = ANY($1) AND attnum > 0 AND NOT attisdropped
     ORDER BY attrelid, attnum
"""

KEYS = """
    SELECT conrelid AS relation, conkey AS columns FROM pg_constraint
     WHERE contype = 'p' AND connamespace <> 'pg_catalog'::regnamespace
"""


class Name(NamedTuple):
    schema: str
    name: str


@dataclass(frozen=True)
class Column:
    """`type` is SQL that casts to the column's type, a domain's to what it is made of; `full_type` is as declared.

    A `generated` column is never given a value by who inserts.
    """

    name: str
    type: str
    full_type: str
    not_null: bool = False
    in_key: bool = False
    comment: str | None = None
    default: str | None = None
    max_length: int | None = None
    labels: tuple[str, ...] = ()
    generated: bool = False


@dataclass(frozen=True)
class Relation:
    """A table or view; `readers` are those of the asked roles that may select from it."""

    schema: str
    name: str
    is_view: bool
    comment: str | None
    insertable: bool
    updatable: bool
    deletable: bool
    readers: tuple[str, ...]
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]

    @property
    def full_name(self) -> Name:
        return Name(self.schema, self.name)


Positions = Mapping[int, Mapping[int, str]]


async def load_relations(
    db: "asyncpg.Connection[asyncpg.Record]", schemas: Sequence[str], roles: Sequence[str], origins: Origins
) -> dict[Name, Relation]:
    """Those of the schemas, in the schemas' order. A view has the key of the table whose whole key it shows."""
    rows = await db.fetch(RELATIONS, schemas, roles)
    columns = await db.fetch(COLUMNS, [row["oid"] for row in rows])
    keys = {row["relation"]: frozenset(row["columns"]) for row in await db.fetch(KEYS)}
    by_relation: defaultdict[int, dict[str, Column]] = defaultdict(dict)
    positions: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row in columns:
        by_relation[row["relation"]][row["name"]] = column_of(row)
        positions[row["relation"]][row["position"]] = row["name"]
    relations = {}
    for row in rows:
        oid = row["oid"]
        if row["is_view"]:
            key = _key_of_view(origins.get(oid, {}), keys)
            by_relation[oid] = {name: replace(c, in_key=name in key) for name, c in by_relation[oid].items()}
        else:
            key = sorted(positions[oid][number] for number in keys.get(oid, ()))
        relation = _relation(row, by_relation[oid], tuple(key))
        relations[relation.full_name] = relation
    return relations


def column_of(row: asyncpg.Record) -> Column:
    return Column(
        name=row["name"],
        type=row["type"],
        full_type=row["full_type"],
        not_null=row["not_null"],
        in_key=row["in_key"],
        comment=row["comment"],
        default=row["default_value"],
        max_length=row["max_length"],
        labels=tuple(row["labels"]),
        generated=row["generated"],
    )


def _relation(row: asyncpg.Record, columns: Mapping[str, Column], key: tuple[str, ...]) -> Relation:
    return Relation(
        schema=row["schema"],
        name=row["name"],
        is_view=row["is_view"],
        comment=row["comment"],
        insertable=row["insertable"],
        updatable=row["updatable"],
        deletable=row["deletable"],
        readers=tuple(row["readers"]),
        columns=columns,
        primary_key=key,
    )


def _key_of_view(shown: Mapping[tuple[int, int], Sequence[str]], keys: Mapping[int, frozenset[int]]) -> list[str]:
    """The view's columns for every table whose whole key it shows."""
    tables = dict.fromkeys(table for table, _ in shown)
    return [
        shown[table, number][0]
        for table in tables
        if table in keys and all((table, number) in shown for number in keys[table])
        for number in sorted(keys[table])
    ]
