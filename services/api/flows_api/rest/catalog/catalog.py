"""All that is cached, loaded in one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from flows_api.rest.catalog.conversions import Handlers, Representations, load_handlers, load_representations
from flows_api.rest.catalog.functions import Function, load_computed_fields, load_functions
from flows_api.rest.catalog.relations import Name, Relation, load_relations
from flows_api.rest.catalog.relationships import Relationships, load_relationships
from flows_api.rest.catalog.view_columns import load_origins
from flows_api.rest.options import RestOptions

TYPES = """
    SELECT namespace.nspname AS schema, typname AS name, format_type(type.oid, -1) AS type
      FROM pg_type AS type
      JOIN pg_namespace AS namespace ON namespace.oid = typnamespace
     WHERE namespace.nspname = ANY($1) AND typtype IN ('b', 'd', 'e', 'r', 'm', 'c')
     ORDER BY array_position($1, namespace.nspname::text) DESC
"""

# Settings that a role has of its own, as far as this login role may set them.
ROLE_SETTINGS = """
    SELECT rolname AS role, split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value
      FROM pg_roles
     CROSS JOIN unnest(rolconfig) AS entry
      JOIN pg_settings AS known ON known.name = split_part(entry, '=', 1)
     WHERE pg_has_role(current_user, pg_roles.oid, 'MEMBER')
       AND (known.context = 'user' OR has_parameter_privilege(current_user, known.name, 'SET'))
"""

# Names that PostgreSQL's grammar knows and its catalog does not.
GRAMMAR_TYPES: Final = {"int": "integer", "decimal": "numeric", "dec": "numeric", "float": "double precision",
                        "char": "bpchar", "character": "bpchar", "nchar": "bpchar"}  # fmt: skip
ISOLATION: Final = "default_transaction_isolation"


@dataclass(frozen=True)
class Catalog:
    """`types` maps what a cast may say, in each schema, to SQL; `shared_settings` those of a role in a schema."""

    relations: Mapping[Name, Relation]
    relationships: Relationships
    functions: Mapping[Name, Sequence[Function]]
    computed_fields: Mapping[tuple[Name, str], str]
    representations: Representations
    handlers: Handlers
    types: Mapping[tuple[str, str], str]
    search_path: tuple[str, ...]
    role_settings: Mapping[str, Sequence[tuple[str, str]]]
    role_isolation: Mapping[str, str]
    shared_settings: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def type_named(self, schema: str, name: str) -> str | None:
        """The type that a cast means: the grammar's own names first, then by the search path."""
        folded = name.lower()
        if folded in GRAMMAR_TYPES:
            return GRAMMAR_TYPES[folded]
        places = ("", "pg_catalog", schema, *self.search_path)
        return next((self.types[place, folded] for place in places if (place, folded) in self.types), None)


async def load_catalog(db: "asyncpg.Connection[asyncpg.Record]", options: RestOptions) -> Catalog:
    """As it is now. Without a search path every name that PostgreSQL gives says its schema."""
    schemas, roles = list(options.schemas), list(options.roles)
    async with db.transaction(isolation="repeatable_read", readonly=True):
        await db.execute("SET LOCAL search_path = ''")
        origins = await load_origins(db)
        relations = await load_relations(db, schemas, roles, origins)
        settings = await db.fetch(ROLE_SETTINGS)
        return Catalog(
            relations=relations,
            relationships=await load_relationships(db, relations, origins),
            functions=await load_functions(db, schemas, roles, options.hoisted_settings),
            computed_fields=await load_computed_fields(db, schemas),
            representations=await load_representations(db),
            handlers=await load_handlers(db, schemas),
            types=await _types(db, ["pg_catalog", *schemas, *options.extra_search_path]),
            search_path=tuple(options.extra_search_path),
            role_settings=_by_role([row for row in settings if row["name"] != ISOLATION]),
            role_isolation={row["role"]: row["value"] for row in settings if row["name"] == ISOLATION},
        )


async def _types(db: "asyncpg.Connection[asyncpg.Record]", schemas: Sequence[str]) -> dict[tuple[str, str], str]:
    rows = await db.fetch(TYPES, schemas)
    spelt = {("", row["type"]): row["type"] for row in rows if row["schema"] == "pg_catalog"}
    return spelt | {(row["schema"], row["name"]): row["type"] for row in rows}


def _by_role(rows: Sequence[asyncpg.Record]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["role"], []).append((row["name"], row["value"]))
    return found
