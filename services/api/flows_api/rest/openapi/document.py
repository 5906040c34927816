"""A whole document, or the parts that the host puts into its own."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.functions import Function
from flows_api.rest.catalog.relations import Name, Relation
from flows_api.rest.openapi.defaults import Document
from flows_api.rest.openapi.operations import ERROR, function_operations, relation_operations, shared_components
from flows_api.rest.openapi.types import row_schema, schema_key
from flows_api.rest.options import RestOptions
from flows_shared.db import Connection

TABLES = """
    SELECT relname AS name FROM pg_class
     WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND relkind IN ('v', 'r', 'm', 'f', 'p')
       AND (pg_has_role(relowner, 'USAGE') OR has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE')
            OR has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE'))
"""
FUNCTIONS = """
    SELECT DISTINCT proname AS name FROM pg_proc
     WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND has_function_privilege(oid, 'EXECUTE')
"""
COMMENT = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1"

BEARER: Final[Document] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
OPERATORS: Final = (
    "`eq neq gt gte lt lte like ilike match imatch in is isdistinct fts plfts phfts wfts cs cd ov sl sr nxr nxl adj`, "
    "each also after `not.`"
)

Item = TypeVar("Item", Relation, Function)


@dataclass(frozen=True)
class SchemaAccess:
    """What the caller may use in a schema, and what is said about the schema."""

    relations: frozenset[str]
    functions: frozenset[str]
    comment: str | None


async def read_access(connection: Connection, catalog: Catalog, schema: str, mode: str) -> SchemaAccess:
    """By the privileges of the role that the transaction has, unless the setting says to show everything."""
    comment = await connection.fetchval(COMMENT, schema)
    if mode == "ignore-privileges":
        return SchemaAccess(_names(catalog.relations, schema), _names(catalog.functions, schema), comment)
    relations = frozenset(row["name"] for row in await connection.fetch(TABLES, schema))
    functions = frozenset(row["name"] for row in await connection.fetch(FUNCTIONS, schema))
    return SchemaAccess(relations, functions, comment)


def describe_schema(catalog: Catalog, options: RestOptions, schema: str, access: SchemaAccess) -> Document:
    """A document of its own for one schema."""
    relations = [r for r in catalog.relations.values() if r.schema == schema and r.name in access.relations]
    functions = [
        function
        for name, same in catalog.functions.items()
        if name.schema == schema and name.name in access.functions
        for function in same
    ]
    title, _, text = (access.comment or f"Schema {schema}").partition("\n")
    components = describe_components(catalog, relations, functions)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": text.strip() or f"Filters: {OPERATORS}."},
        "servers": [{"url": options.openapi_server or "/"}],
        "paths": describe_paths(catalog, relations, functions, ""),
        "components": {**components, "securitySchemes": {"bearer": BEARER}},
        **({"security": [{"bearer": []}]} if options.openapi_security else {}),
    }


def describe_paths(
    catalog: Catalog, relations: Sequence[Relation], functions: Sequence[Function], prefix: str
) -> Document:
    """One path a name, whatever the schema."""
    tables = {f"{prefix}/{name}": relation_operations(name, same) for name, same in _by_name(relations).items()}
    calls = {
        f"{prefix}/rpc/{name}": function_operations(catalog, name, same) for name, same in _by_name(functions).items()
    }
    return tables | calls


def describe_components(catalog: Catalog, relations: Sequence[Relation], functions: Sequence[Function]) -> Document:
    """With the rows of every table, also of those that only a function returns."""
    returned = (catalog.relations.get(function.type_name) for function in functions if function.returns_row)
    shown = {r.full_name: r for r in (*relations, *returned) if r is not None}
    schemas = {schema_key(name): row_schema(catalog, relation) for name, relation in shown.items()}
    return {"schemas": schemas | {"RestError": ERROR}, **shared_components()}


def _by_name(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.name].append(item)
    return found


def _names(names: Iterable[Name], schema: str) -> frozenset[str]:
    return frozenset(name.name for name in names if name.schema == schema)
