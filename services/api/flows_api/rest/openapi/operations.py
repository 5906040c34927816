"""What can be done with a table, a view or a function, each as an operation with its parameters and answers."""

from collections.abc import Sequence
from typing import Final

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.functions import Function
from flows_api.rest.catalog.relations import Column, Relation
from flows_api.rest.openapi.defaults import Document
from flows_api.rest.openapi.types import (
    EXAMPLES,
    argument_schema,
    arguments_schema,
    required_columns,
    result_schema,
    schema_key,
)

FILTER_EXAMPLES: Final = {"boolean": "is.true", "integer": "gte.10", "numeric": "gt.0.5", "text": "ilike.*lab*"}
PARAMETERS: Final[dict[str, tuple[str, str, str]]] = {
    "select": (
        "query",
        "Columns, each may be renamed and cast (`name:column::type`), and related rows, `relation(columns)`",
        "*",
    ),
    "order": ("query", "Columns with `.asc` or `.desc`, then `.nullsfirst` or `.nullslast`", "created_at.desc"),
    "limit": ("query", "Rows at most", "10"),
    "offset": ("query", "Rows to leave out at the beginning", "0"),
    "on_conflict": ("query", "Columns of the unique key that decides whether a row is there already", "id"),
    "columns": ("query", "Columns to take from the body; others are left out", "id"),
    "Range": ("header", "Rows by their places, counted from 0", "0-9"),
    "Prefer": (
        "header",
        "`count=exact|planned|estimated`, `return=minimal|headers-only|representation`, "
        "`resolution=merge-duplicates|ignore-duplicates`, `missing=default|null`, `handling=strict|lenient`, "
        "`max-affected=N`, `timezone=NAME`, `tx=commit|rollback`",
        "return=representation",
    ),
}
READING: Final = ("select", "order", "limit", "offset", "Range", "Prefer")
INSERTING: Final = ("select", "columns", "on_conflict", "Prefer")
CHANGING: Final = ("select", "Prefer")
JSON: Final = "application/json"
ERROR: Final[Document] = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "examples": ["42703", "PGRST205"]},
        "message": {"type": "string"},
        "details": {"description": "What exactly is wrong; a list where several things are meant"},
        "hint": {"type": ["string", "null"]},
    },
}


def shared_components() -> Document:
    return {
        "parameters": {
            f"rest.{name}": {
                "name": name,
                "in": place,
                "description": text,
                "schema": {"type": "string"},
                "example": example,
            }
            for name, (place, text, example) in PARAMETERS.items()
        },
        "responses": {
            "RestError": {
                "description": "Refused: 400 the request, 401 and 403 the caller, 404 the name, 406 the profile",
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/RestError"}}},
            }
        },
    }


def relation_operations(name: str, same: Sequence[Relation]) -> Document:
    """Of one name: where two schemas have a table of that name, the profile decides which is meant."""
    operations = {"get": _read(name, same)}
    if any(relation.insertable for relation in same):
        operations["post"] = _write("insert", name, same, INSERTING, "Insert one row, or a list of rows", 201)
    if any(relation.updatable for relation in same):
        operations["patch"] = _write("update", name, same, CHANGING, "Change the rows that the filters choose", 200)
    if any(relation.deletable for relation in same):
        operations["delete"] = _write("delete", name, same, CHANGING, "Delete the rows that the filters choose", 200)
    return operations


def function_operations(catalog: Catalog, name: str, same: Sequence[Function]) -> Document:
    operations = {"post": _call(catalog, "post", name, same)}
    if any(function.volatility != "volatile" for function in same):
        operations["get"] = _call(catalog, "get", name, same)
    return operations


def _read(name: str, same: Sequence[Relation]) -> Document:
    return _operation("read", name, same, READING, "Rows of") | {
        "responses": {
            "200": {
                "description": "The rows that the caller may see",
                "headers": {"Content-Range": {"schema": {"type": "string", "examples": ["0-9/*"]}}},
                "content": {JSON: {"schema": _rows(same)}},
            },
            "default": {"$ref": "#/components/responses/RestError"},
        },
    }


def _write(kind: str, name: str, same: Sequence[Relation], shared: Sequence[str], text: str, status: int) -> Document:
    operation = _operation(kind, name, same, shared, f"{text}:")
    if kind == "insert":
        operation["parameters"] = [p for p in operation["parameters"] if p.get("in") != "query"]
    if kind != "delete":
        schema = _one_of([_new_row(relation) for relation in same]) if kind == "insert" else _one_of(_row_refs(same))
        if kind == "insert":
            schema = {"anyOf": [schema, {"type": "array", "items": schema}]}
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return operation | {
        "responses": {
            str(status): {
                "description": "Done; the rows, where they were asked for",
                "content": {JSON: {"schema": _rows(same)}},
            },
            **({"204": {"description": "Done; nothing was asked for"}} if status == 200 else {}),
            "default": {"$ref": "#/components/responses/RestError"},
        },
    }


def _operation(kind: str, name: str, same: Sequence[Relation], shared: Sequence[str], text: str) -> Document:
    columns = {column.name: column for relation in same for column in relation.columns.values()}
    return {
        "tags": [f"schema {relation.schema}" for relation in same],
        "operationId": f"{kind}_{name}",
        "summary": f"{text} {' or '.join(_key(relation) for relation in same)}",
        "description": "\n\n".join(_sentences(relation) for relation in same),
        "security": [{"bearer": []}, {}],
        "parameters": [
            *({"$ref": f"#/components/parameters/rest.{parameter}"} for parameter in shared),
            _profile([relation.schema for relation in same], reads=kind == "read"),
            *(_filter(column) for column in columns.values() if column.name not in PARAMETERS),
        ],
    }


def _call(catalog: Catalog, method: str, name: str, same: Sequence[Function]) -> Document:
    results = [result_schema(catalog, function) for function in same]
    operation: Document = {
        "tags": list(dict.fromkeys(f"schema {function.schema}" for function in same)),
        "operationId": f"call_{name}" if method == "post" else f"call_{name}_by_get",
        "summary": f"Call {same[0].schema}.{name}",
        "description": "\n\n".join(function.comment or f"`{function.signature}`" for function in same),
        "security": [{"bearer": []}, {}],
        "parameters": [_profile(list(dict.fromkeys(function.schema for function in same)), reads=method == "get")],
        "responses": {
            "200": {"description": "What it returns", "content": {JSON: {"schema": _one_of(results)}}},
            "default": {"$ref": "#/components/responses/RestError"},
        },
    }
    if method == "post":
        bodies = [arguments_schema(function) for function in same]
        operation["requestBody"] = {"content": {JSON: {"schema": _one_of(bodies)}}}
    else:
        operation["parameters"] += [
            {
                "name": parameter.name,
                "in": "query",
                "required": parameter.required and len(same) == 1,
                "schema": argument_schema(parameter),
            }
            for parameter in {p.name: p for function in same for p in function.parameters if p.name}.values()
        ]
    return operation


def _rows(same: Sequence[Relation]) -> Document:
    return _one_of([{"type": "array", "items": row} for row in _row_refs(same)])


def _row_refs(same: Sequence[Relation]) -> list[Document]:
    return [{"$ref": f"#/components/schemas/{schema_key(relation.full_name)}"} for relation in same]


def _new_row(relation: Relation) -> Document:
    (row,) = _row_refs([relation])
    needed = required_columns(relation)
    return {"allOf": [row, {"required": needed}]} if needed else row


def _one_of(schemas: Sequence[Document]) -> Document:
    return schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}


def _key(relation: Relation) -> str:
    return f"{relation.schema}.{relation.name}"


def _sentences(relation: Relation) -> str:
    kind = "View" if relation.is_view else "Table"
    readers = f", read by {', '.join(relation.readers)}" if relation.readers else ""
    comment = f" {relation.comment}." if relation.comment else ""
    return f"{kind} `{_key(relation)}`{readers}.{comment}"


def _profile(schemas: Sequence[str], *, reads: bool) -> Document:
    return {
        "name": "Accept-Profile" if reads else "Content-Profile",
        "in": "header",
        "description": "The schema that is meant; the first one that is exposed where it is not given",
        "schema": {"type": "string", "examples": list(schemas)},
    }


def _filter(column: Column) -> Document:
    example = FILTER_EXAMPLES.get(column.type)
    if example is None:
        example = f"eq.{EXAMPLES[column.type]}" if column.type in EXAMPLES else "not.is.null"
    text = f"Only rows by `{column.name}` ({column.full_type}), such as `{example}`"
    return {"name": column.name, "in": "query", "description": text, "schema": {"type": "string"}}
