"""The exposed tables and views as OpenAPI 3.1, from the schema cache."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from flows_api.rest.catalog import Catalog, Column, Relation

Document = dict[str, Any]

TYPES: Final[dict[str, Document]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time without time zone": {"type": "string", "format": "time"},
    "boolean": {"type": "boolean"},
    "smallint": {"type": "integer", "format": "int32"},
    "integer": {"type": "integer", "format": "int32"},
    "bigint": {"type": "integer", "format": "int64"},
    "numeric": {"type": "number"},
    "real": {"type": "number"},
    "double precision": {"type": "number"},
    "json": {},
    "jsonb": {},
}
EXAMPLES: Final = {"boolean": "is.true", "integer": "gte.10", "numeric": "gt.0.5", "text": "ilike.*lab*"}
PARAMETERS: Final[dict[str, tuple[str, str, str]]] = {
    "select": ("query", "Columns, each may be renamed and cast: `name:column::type`; default `*`", "*"),
    "order": ("query", "Columns with `.asc` or `.desc`, then `.nullsfirst` or `.nullslast`", "created_at.desc"),
    "limit": ("query", "Rows at most", "10"),
    "offset": ("query", "Rows to leave out at the beginning", "0"),
}
OPERATORS: Final = "`eq neq gt gte lt lte like ilike match imatch isdistinct in is`, each also after `not.`"


def describe_schema(catalog: Catalog, schema: str) -> Document:
    """A document of its own for the tables of one schema."""
    relations = [relation for relation in catalog.relations.values() if relation.schema == schema]
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Schema {schema}", "version": "1", "description": f"Filters: {OPERATORS}."},
        "paths": describe_paths(relations, ""),
        "components": {**describe_components(relations), "securitySchemes": {"bearer": BEARER}},
    }


BEARER: Final[Document] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def describe_paths(relations: Sequence[Relation], prefix: str) -> Document:
    """One path a name: where two schemas have a table of the same name, the profile decides which is meant."""
    by_name: defaultdict[str, list[Relation]] = defaultdict(list)
    for relation in relations:
        if relation.readers:
            by_name[relation.name].append(relation)
    return {f"{prefix}/{name}": {"get": _operation(name, same)} for name, same in by_name.items()}


def describe_components(relations: Sequence[Relation]) -> Document:
    readable = [relation for relation in relations if relation.readers]
    return {
        "schemas": {_key(relation): _rows_schema(relation) for relation in readable} | {"RestError": ERROR},
        "parameters": {
            f"rest.{name}": {
                "name": name, "in": place, "description": text, "schema": {"type": "string"}, "example": example,
            }
            for name, (place, text, example) in PARAMETERS.items()
        },
        "responses": {
            "RestError": {
                "description": "Refused: 400 the query, 401 and 403 the caller, 404 the table, 406 the profile",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RestError"}}},
            }
        },
    }  # fmt: skip


ERROR: Final[Document] = {
    "type": "object",
    "required": ["code", "message", "details", "hint"],
    "properties": {
        "code": {"type": "string", "examples": ["42703", "PGRST205"]},
        "message": {"type": "string"},
        "details": {"type": ["string", "null"]},
        "hint": {"type": ["string", "null"]},
    },
}


def _key(relation: Relation) -> str:
    return f"{relation.schema}.{relation.name}"


def _operation(name: str, same: Sequence[Relation]) -> Document:
    schemas = [relation.schema for relation in same]
    rows = [{"type": "array", "items": {"$ref": f"#/components/schemas/{_key(relation)}"}} for relation in same]
    columns = {column.name: column for relation in same for column in relation.columns.values()}
    return {
        "tags": [f"schema {schema}" for schema in schemas],
        "operationId": f"read_{name}",
        "summary": f"Rows of {' or '.join(_key(relation) for relation in same)}",
        "description": "\n\n".join(_sentences(relation) for relation in same),
        "security": [{"bearer": []}, {}],
        "parameters": [
            *({"$ref": f"#/components/parameters/rest.{parameter}"} for parameter in PARAMETERS),
            _profile(schemas),
            *(_filter(column) for column in columns.values()),
        ],
        "responses": {
            "200": {
                "description": "The rows that the caller may see",
                "headers": {"Content-Range": {"schema": {"type": "string", "examples": ["0-9/*"]}}},
                "content": {"application/json": {"schema": rows[0] if len(rows) == 1 else {"anyOf": rows}}},
            },
            "default": {"$ref": "#/components/responses/RestError"},
        },
    }


def _sentences(relation: Relation) -> str:
    kind = "View" if relation.is_view else "Table"
    comment = f" {relation.comment}." if relation.comment else ""
    return f"{kind} `{_key(relation)}`, read by {', '.join(relation.readers)}.{comment}"


def _profile(schemas: Sequence[str]) -> Document:
    text = "The schema that is meant; the first one that is exposed where it is not given"
    return {
        "name": "Accept-Profile",
        "in": "header",
        "description": text,
        "schema": {"type": "string", "examples": list(schemas)},
    }


def _filter(column: Column) -> Document:
    example = EXAMPLES.get(column.type, "not.is.null")
    text = f"Keep rows by `{column.name}` ({column.type}), such as `{example}`"
    return {"name": column.name, "in": "query", "description": text, "schema": {"type": "string"}}


def _rows_schema(relation: Relation) -> Document:
    columns = relation.columns.values()
    described = {"description": relation.comment} if relation.comment else {}
    return {"type": "object", **described, "properties": {column.name: _column_schema(column) for column in columns}}


def _column_schema(column: Column) -> Document:
    schema = dict(_type(column.type))
    if "type" in schema and not column.not_null:
        schema["type"] = [schema["type"], "null"]
    notes = [note for note in (column.comment, "Part of the primary key" if column.in_key else None) if note]
    return schema | ({"description": ". ".join(notes)} if notes else {})


def _type(name: str) -> Document:
    if name.endswith("[]"):
        return {"type": "array", "items": _type(name.removesuffix("[]"))}
    return TYPES.get(name, {"type": "string"})
