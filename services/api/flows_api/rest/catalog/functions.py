"""Functions with their parameters and what they return."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import asyncpg

from flows_api.rest.catalog.relations import DOMAINS, Name

# A type without its length: a function takes any; "bit" and "character" would mean a length of one.
FUNCTIONS = f"""
    WITH RECURSIVE {DOMAINS}
    SELECT schema.nspname AS schema, function.proname AS name, obj_description(function.oid, 'pg_proc') AS comment,
           function.provolatile::text AS volatility, function.proretset AS returns_set,
           type.typtype = 'c' OR coalesce(function.proargmodes::text[] && '{{t,b,o}}', false) AS returns_row,
           type.oid = 'void'::regtype AS returns_void, format_type(function.prorettype, -1) AS return_type,
           type_schema.nspname AS type_schema, coalesce(class.relname, type.typname) AS type_name,
           (SELECT coalesce(json_agg(json_build_object(
                       'name', coalesce(name, ''), 'type', format_type(argument, NULL),
                       'full_type', CASE argument WHEN 'bit'::regtype THEN 'bit varying'
                                                  WHEN 'bit[]'::regtype THEN 'bit varying[]'
                                                  WHEN 'character'::regtype THEN 'character varying'
                                                  WHEN 'character[]'::regtype THEN 'character varying[]'
                                                  ELSE format_type(argument, NULL) END,
                       'required', at <= function.pronargs - function.pronargdefaults,
                       'variadic', coalesce(mode = 'v', false)) ORDER BY at), '[]')
              FROM unnest(proargnames, proargtypes, proargmodes) WITH ORDINALITY AS given (name, argument, mode, at)
             WHERE argument IS NOT NULL)::text AS parameters,
           CASE WHEN coalesce(function.proargmodes::text[] && '{{t,b,o}}', false) THEN
               (SELECT json_object_agg(name, format_type(argument, -1))
                  FROM unnest(proargnames, proallargtypes, proargmodes) AS out (name, argument, mode)
                 WHERE mode IN ('t', 'b', 'o') AND name <> '')
           ELSE
               (SELECT json_object_agg(attname, format_type(coalesce(base, atttypid), -1)) FROM pg_attribute
                  LEFT JOIN domains ON domain = atttypid
                 WHERE attrelid = type.typrelid AND attnum > 0 AND NOT attisdropped)
           END::text AS columns,
           function.proconfig AS settings,
           ARRAY(SELECT rolname::text FROM pg_roles
                  WHERE rolname = ANY($2) AND has_function_privilege(oid, function.oid, 'EXECUTE')) AS callers
      FROM pg_proc AS function
      JOIN pg_namespace AS schema ON schema.oid = function.pronamespace
      LEFT JOIN domains AS returned ON returned.domain = function.prorettype
      JOIN pg_type AS type ON type.oid = coalesce(returned.base, function.prorettype)
      JOIN pg_namespace AS type_schema ON type_schema.oid = type.typnamespace
      LEFT JOIN pg_class AS class ON class.oid = type.typrelid
     WHERE schema.nspname = ANY($1) AND function.prokind = 'f' AND type.oid <> 'trigger'::regtype
     ORDER BY schema.nspname, function.proname, function.oid
"""

# A function of a row, which that row shows as one more column.
COMPUTED_FIELDS = """
    SELECT table_schema.nspname AS table_schema, class.relname AS table_name, function.proname AS name,
           format_type(function.prorettype, -1) AS type
      FROM pg_proc AS function
      JOIN pg_class AS class ON class.reltype = function.proargtypes[0] AND class.reltype <> 0
      JOIN pg_namespace AS table_schema ON table_schema.oid = class.relnamespace
     WHERE function.pronargs = 1 AND function.prokind = 'f' AND class.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND table_schema.nspname = ANY($1)
"""

UNNAMED_TYPES = ("bytea", "json", "jsonb", "text", "xml")

Volatility: TypeAlias = Literal["volatile", "stable", "immutable"]
VOLATILITIES: Mapping[str, Volatility] = {"v": "volatile", "s": "stable", "i": "immutable"}


@dataclass(frozen=True)
class Parameter:
    """`full_type` is what a value is cast to."""

    name: str
    type: str
    full_type: str
    required: bool
    variadic: bool


@dataclass(frozen=True)
class Function:
    """`type_name` is the returned type's, a table's where it returns that table's rows; `columns` are their types."""

    schema: str
    name: str
    comment: str | None
    volatility: Volatility
    parameters: tuple[Parameter, ...]
    returns_set: bool
    returns_row: bool
    returns_void: bool
    return_type: str
    type_name: Name
    columns: Mapping[str, str]
    settings: tuple[tuple[str, str], ...]
    isolation: str | None
    callers: tuple[str, ...]

    @property
    def full_name(self) -> Name:
        return Name(self.schema, self.name)

    @property
    def signature(self) -> str:
        listed = ", ".join(f"{parameter.name} => {parameter.type}" for parameter in self.parameters)
        return f"{self.schema}.{self.name}({listed})"


async def load_functions(
    db: "asyncpg.Connection[asyncpg.Record]", schemas: Sequence[str], roles: Sequence[str], hoisted: Sequence[str]
) -> dict[Name, list[Function]]:
    """Those that can be called by names, or with one nameless value; `hoisted` are settings that hold for the whole
    transaction and not only inside of the function."""
    found: defaultdict[Name, list[Function]] = defaultdict(list)
    for row in await db.fetch(FUNCTIONS, schemas, roles):
        function = _function(row, hoisted)
        if _is_callable(function):
            found[function.full_name].append(function)
    return {name: sorted(same, key=_rank) for name, same in found.items()}


def _rank(function: Function) -> tuple[object, ...]:
    """The order in which candidates are named: those with the fewest parameters first."""
    return len(function.parameters), function.comment or "", [(p.name, p.type) for p in function.parameters]


async def load_computed_fields(
    db: "asyncpg.Connection[asyncpg.Record]", schemas: Sequence[str]
) -> dict[tuple[Name, str], str]:
    """Relation and name of the field -> its type."""
    rows = await db.fetch(COMPUTED_FIELDS, schemas)
    return {(Name(row["table_schema"], row["table_name"]), row["name"]): row["type"] for row in rows}


def _function(row: asyncpg.Record, hoisted: Sequence[str]) -> Function:
    settings = [tuple(setting.split("=", 1)) for setting in row["settings"] or ()]
    isolation = next((value for name, value in settings if name == "default_transaction_isolation"), None)
    return Function(
        schema=row["schema"],
        name=row["name"],
        comment=row["comment"],
        volatility=VOLATILITIES[row["volatility"]],
        parameters=tuple(Parameter(**parameter) for parameter in json.loads(row["parameters"])),
        returns_set=row["returns_set"],
        returns_row=row["returns_row"],
        returns_void=row["returns_void"] and not row["returns_set"],
        return_type=row["return_type"],
        type_name=Name(row["type_schema"], row["type_name"]),
        columns=json.loads(row["columns"] or "{}"),
        settings=tuple((name, value) for name, value in settings if name in hoisted),
        isolation=isolation,
        callers=tuple(row["callers"]),
    )


def _is_callable(function: Function) -> bool:
    nameless = [parameter for parameter in function.parameters if not parameter.name]
    return not nameless or (len(nameless) == 1 and function.parameters[0].type in UNNAMED_TYPES)
