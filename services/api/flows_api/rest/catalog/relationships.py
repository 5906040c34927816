"""How tables and views belong together: by foreign keys, by the views upon them, by tables between, by functions."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final, Literal, TypeAlias

import asyncpg

from flows_api.rest.catalog.relations import Name, Relation
from flows_api.rest.catalog.view_columns import Origins

FOREIGN_KEYS = """
    SELECT key.conname AS name, key.conrelid AS table, key.confrelid AS other, key.conkey AS columns,
           key.confkey AS other_columns,
           EXISTS (SELECT FROM pg_constraint AS own
                    WHERE own.conrelid = key.conrelid AND own.contype IN ('p', 'u')
                      AND own.conkey <@ key.conkey AND own.conkey @> key.conkey) AS is_unique
      FROM pg_constraint AS key
     WHERE key.contype = 'f' AND key.conparentid = 0
     ORDER BY key.conrelid, key.conname
"""

NAMES = """
    SELECT relation.oid, namespace.nspname AS schema, relation.relname AS name,
           (SELECT json_object_agg(attnum, attname) FROM pg_attribute
             WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped)::text AS columns
      FROM pg_class AS relation
      JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
     WHERE relation.oid = ANY($1)
"""

COMPUTED = """
    SELECT schema.nspname AS schema, function.proname AS name,
           table_schema.nspname AS table_schema, table_type.typname AS table_name,
           other_schema.nspname AS other_schema, other_type.typname AS other_name,
           NOT function.proretset OR function.prorows = 1 AS is_single
      FROM pg_proc AS function
      JOIN pg_namespace AS schema ON schema.oid = function.pronamespace
      JOIN pg_type AS table_type ON table_type.oid = function.proargtypes[0]
      JOIN pg_class AS table_ ON table_.reltype = table_type.oid AND table_.relkind IN ('r', 'p', 'v', 'm', 'f')
      JOIN pg_namespace AS table_schema ON table_schema.oid = table_type.typnamespace
      JOIN pg_type AS other_type ON other_type.oid = function.prorettype
      JOIN pg_class AS other ON other.reltype = other_type.oid AND other.relkind IN ('r', 'p', 'v', 'm', 'f')
      JOIN pg_namespace AS other_schema ON other_schema.oid = other_type.typnamespace
     WHERE function.pronargs = 1
"""

# In how many ways one view may show the columns of one key: more are no relationships that anybody means.
MOST_WAYS: Final = 64

Kind: TypeAlias = Literal["one-to-many", "many-to-one", "one-to-one", "many-to-many", "computed"]
Pairs: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, order=True)
class Junction:
    """The table between: its constraints, and for each side pairs of that side's column and its own."""

    table: Name
    constraint: str
    other_constraint: str
    columns: Pairs
    other_columns: Pairs


@dataclass(frozen=True)
class Relationship:
    """From `table` to `other`; `columns` are pairs of their columns. A computed one is a function of the row.

    An inverse one starts at the table that the foreign key refers to.
    """

    table: Name
    other: Name
    kind: Kind
    constraint: str = ""
    columns: Pairs = ()
    junction: Junction | None = None
    function: Name | None = None
    is_single: bool = False
    is_inverse: bool = False

    @property
    def to_one(self) -> bool:
        return self.kind in ("many-to-one", "one-to-one") or (self.kind == "computed" and self.is_single)

    @property
    def is_self(self) -> bool:
        return self.table == self.other


Relationships: TypeAlias = Mapping[Name, Sequence[Relationship]]


async def load_relationships(
    db: "asyncpg.Connection[asyncpg.Record]", relations: Mapping[Name, Relation], origins: Origins
) -> Relationships:
    """By the relation that they start from; both ends are in `relations`, in one schema.

    A relation that others belong to, but none of these, has an empty list.
    """
    keys = await _foreign_keys(db, origins)
    found = [*_inverse(keys), *_through_junctions(keys, relations)]
    by_ends: defaultdict[tuple[Name, Name], list[Relationship]] = defaultdict(list)
    for relationship in [*keys, *found]:
        junction = relationship.junction
        if junction is None or junction.table in relations:
            by_ends[relationship.table, relationship.other].append(relationship)
    # A function with the name of a related table takes its place.
    for row in await db.fetch(COMPUTED):
        computed = _computed(row)
        assert computed.function is not None
        by_ends[computed.table, computed.function] = [computed]
    by_table: defaultdict[Name, list[Relationship]] = defaultdict(list)
    for (table, other), relationships in by_ends.items():
        if table in relations:
            exposed = [each for each in relationships if each.other in relations and table.schema == other.schema]
            by_table[table] += exposed
    return {table: sorted(relationships, key=_rank) for table, relationships in by_table.items()}


def _rank(relationship: Relationship) -> tuple[object, ...]:
    kinds = ("one-to-many", "many-to-one", "one-to-one", "many-to-many", "computed")
    junction = relationship.junction
    return (
        relationship.other,
        kinds.index(relationship.kind),
        relationship.constraint,
        relationship.columns,
        (junction.table, junction.constraint, junction.other_constraint) if junction else (),
    )


def _computed(row: asyncpg.Record) -> Relationship:
    return Relationship(
        table=Name(row["table_schema"], row["table_name"]),
        other=Name(row["other_schema"], row["other_name"]),
        kind="computed",
        function=Name(row["schema"], row["name"]),
        is_single=row["is_single"],
    )


async def _foreign_keys(db: "asyncpg.Connection[asyncpg.Record]", origins: Origins) -> list[Relationship]:
    """Those between tables, and those that views show: with the table on either side replaced by a view upon it."""
    keys = await db.fetch(FOREIGN_KEYS)
    oids = {key[end] for key in keys for end in ("table", "other")} | set(origins)
    names, columns = await _names(db, oids)
    upon: defaultdict[int, list[int]] = defaultdict(list)
    for view, shown in origins.items():
        for table in {table for table, _ in shown}:
            upon[table].append(view)
    found = []
    for key in keys:
        starts = list(_ends(key["table"], key["columns"], upon, origins, columns))
        ends = list(_ends(key["other"], key["other_columns"], upon, origins, columns))
        for (start, own), (end, others) in product(starts, ends):
            found.append(
                Relationship(
                    table=names[start],
                    other=names[end],
                    kind="one-to-one" if key["is_unique"] else "many-to-one",
                    constraint=key["name"],
                    columns=tuple(zip(own, others, strict=True)),
                )
            )
    return found


def _ends(
    table: int,
    numbers: Sequence[int],
    upon: Mapping[int, Sequence[int]],
    origins: Origins,
    columns: Callable[[int, int], str],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The table itself, then every view that shows all of the columns, once for each way in which it does."""
    yield table, tuple(columns(table, number) for number in numbers)
    for view in upon.get(table, ()):
        shown = [origins[view].get((table, number), ()) for number in numbers]
        for combination in islice(product(*shown), MOST_WAYS):
            yield view, combination


async def _names(
    db: "asyncpg.Connection[asyncpg.Record]", oids: set[int]
) -> tuple[dict[int, Name], Callable[[int, int], str]]:
    rows = await db.fetch(NAMES, list(oids))
    columns = {row["oid"]: json.loads(row["columns"] or "{}") for row in rows}
    names = {row["oid"]: Name(row["schema"], row["name"]) for row in rows}
    return names, lambda table, number: str(columns[table][str(number)])


def _inverse(keys: Sequence[Relationship]) -> Iterator[Relationship]:
    for key in keys:
        yield Relationship(
            table=key.other,
            other=key.table,
            kind="one-to-one" if key.kind == "one-to-one" else "one-to-many",
            constraint=key.constraint,
            columns=tuple((other, own) for own, other in key.columns),
            is_inverse=True,
        )


def _through_junctions(keys: Sequence[Relationship], relations: Mapping[Name, Relation]) -> Iterator[Relationship]:
    """A table between two others refers to both with columns of its primary key."""
    by_table: defaultdict[Name, list[Relationship]] = defaultdict(list)
    for key in keys:
        if key.kind == "many-to-one" and key.table in relations:
            by_table[key.table].append(key)
    for table, own in by_table.items():
        primary = set(relations[table].primary_key)
        fitting = [key for key in own if primary.issuperset(column for column, _ in key.columns)]
        for one, other in product(fitting, fitting):
            if one.constraint != other.constraint:
                yield Relationship(
                    table=one.other,
                    other=other.other,
                    kind="many-to-many",
                    junction=Junction(
                        table,
                        one.constraint,
                        other.constraint,
                        tuple((there, here) for here, there in one.columns),
                        tuple((there, here) for here, there in other.columns),
                    ),
                )
