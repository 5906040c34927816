"""What the database says about its own formats: casts of domains, and functions that make a media type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from flows_api.rest.catalog.relations import Name

# A domain is represented by the functions of its implicit casts from and to json and text.
REPRESENTATIONS = """
    SELECT format_type(castsource, NULL) AS source, format_type(casttarget, NULL) AS target,
           castfunc::regproc::text AS function
      FROM pg_cast
      JOIN pg_type AS source ON source.oid = castsource
      JOIN pg_type AS target ON target.oid = casttarget
     WHERE castcontext = 'i' AND castmethod = 'f' AND has_function_privilege(castfunc, 'EXECUTE')
       AND ((source.typtype = 'd' AND casttarget IN ('json'::regtype, 'text'::regtype))
            OR (target.typtype = 'd' AND castsource IN ('json'::regtype, 'text'::regtype)))
"""

# A media type is a domain with its name: aggregates that return it serve tables, functions that do serve themselves.
HANDLERS = """
    WITH media AS (
        SELECT oid, lower(typname) AS mime, typnamespace, typname,
               CASE WHEN typbasetype IN ('bytea'::regtype, 'xml'::regtype) THEN typbasetype::regtype::text
                    ELSE 'text' END AS base
          FROM pg_type
         WHERE typbasetype <> 0 AND (typname ~* '^[A-Za-z0-9.-]+/[A-Za-z0-9.\\+-]+$' OR typname = '*/*')
    )
    SELECT schema.nspname AS schema, function.proname AS name, target_schema.nspname AS target_schema,
           target.typname AS target_name, mime, base, false AS is_cast
      FROM media
      JOIN pg_proc AS function ON function.prorettype = media.oid AND function.prokind = 'a' AND function.pronargs = 1
      JOIN pg_namespace AS schema ON schema.oid = function.pronamespace
      JOIN pg_type AS target ON target.oid = function.proargtypes[0]
      JOIN pg_namespace AS target_schema ON target_schema.oid = target.typnamespace
     WHERE schema.nspname = ANY($1)
       AND (target.oid = 'anyelement'::regtype OR target.oid IN (SELECT reltype FROM pg_class))
    UNION ALL
    SELECT type_schema.nspname, media.typname, schema.nspname, function.proname, mime, base, true
      FROM media
      JOIN pg_proc AS function ON function.prorettype = media.oid AND function.prokind = 'f' AND NOT function.proretset
      JOIN pg_namespace AS schema ON schema.oid = function.pronamespace
      JOIN pg_namespace AS type_schema ON type_schema.oid = media.typnamespace
     WHERE schema.nspname = ANY($1)
"""

ANY_ROW = Name("pg_catalog", "anyelement")


@dataclass(frozen=True)
class Handler:
    """An aggregate, or where `is_cast` the media type's own domain, for a function that returns it.

    `target` is what it is made for; `base` is the type whose own output is sent.
    """

    name: Name
    target: Name
    mime: str
    base: str
    is_cast: bool


Representations: TypeAlias = Mapping[tuple[str, str], str]
Handlers: TypeAlias = Mapping[tuple[Name, str], Handler]


async def load_representations(db: "asyncpg.Connection[asyncpg.Record]") -> Representations:
    """Source and target type -> the function's name, as SQL."""
    rows = await db.fetch(REPRESENTATIONS)
    return {(row["source"], row["target"]): row["function"] for row in rows}


async def load_handlers(db: "asyncpg.Connection[asyncpg.Record]", schemas: Sequence[str]) -> Handlers:
    """By what they are made for and the media type that is asked for, `*/*` for any."""
    found = {}
    for row in await db.fetch(HANDLERS, schemas):
        target = Name(row["target_schema"], row["target_name"])
        mime = "application/octet-stream" if row["mime"] == "*/*" else row["mime"]
        name = Name(row["schema"], row["name"])
        found[target, row["mime"]] = Handler(name, target, mime, row["base"], row["is_cast"])
    return found
