"""PostgreSQL's types as JSON schema, and rows and arguments made of them."""

import re
from collections.abc import Mapping
from typing import Final

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.functions import Function, Parameter
from flows_api.rest.catalog.relations import Column, Name, Relation
from flows_api.rest.openapi.defaults import Document, default_schema

TYPES: Final[Mapping[str, Document]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
    "timestamp without time zone": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "time without time zone": {"type": "string", "format": "time"},
    "boolean": {"type": "boolean"},
    "smallint": {"type": "integer", "format": "int32"},
    "integer": {"type": "integer", "format": "int32"},
    "bigint": {"type": "integer", "format": "int64"},
    "numeric": {"type": "number"},
    "real": {"type": "number", "format": "float"},
    "double precision": {"type": "number", "format": "double"},
    "json": {},
    "jsonb": {},
}
EXAMPLES: Final[Mapping[str, object]] = {
    "uuid": "5f0c2c34-6f5e-4d6c-9a55-0c5a8f1f3a11",
    "timestamp with time zone": "2026-10-01T00:30:00+00:00",
    "date": "2026-10-01",
    "boolean": True,
    "smallint": 1,
    "integer": 1,
    "bigint": 1,
    "numeric": 1.5,
    "text": "text",
}


def schema_key(name: Name) -> str:
    """Of a relation's rows among the components, where few characters are allowed."""
    return re.sub(r"[^a-zA-Z0-9._-]", "_", f"{name.schema}.{name.name}")


def type_schema(name: str) -> Document:
    if name.endswith("[]"):
        return {"type": "array", "items": type_schema(name.removesuffix("[]"))}
    return dict(TYPES.get(name.partition("(")[0], {"type": "string"}))


def argument_schema(parameter: Parameter) -> Document:
    """In a query string: a text as PostgreSQL reads it; only a variadic parameter may be given several times."""
    if parameter.variadic:
        return type_schema(parameter.type)
    if parameter.type.endswith("[]"):
        return {"type": "string", "description": "An array as PostgreSQL writes it", "examples": ["{1,2}"]}
    if parameter.type in ("json", "jsonb"):
        return {"type": "string", "contentMediaType": "application/json"}
    return type_schema(parameter.type)


def required_columns(relation: Relation) -> list[str]:
    """What a new row must have a value for."""
    columns = relation.columns.values()
    return [c.name for c in columns if c.not_null and c.default is None and not c.generated]


def row_schema(catalog: Catalog, relation: Relation) -> Document:
    described = {"description": relation.comment} if relation.comment else {}
    references = _references(catalog, relation)
    properties = {name: _column_schema(column, references.get(name)) for name, column in relation.columns.items()}
    return {"type": "object", **described, "properties": properties}


def arguments_schema(function: Function) -> Document:
    named = [parameter for parameter in function.parameters if parameter.name]
    if not named and function.parameters:
        return type_schema(function.parameters[0].type)
    required = [parameter.name for parameter in named if parameter.required]
    return {
        "type": "object",
        "properties": {parameter.name: type_schema(parameter.type) for parameter in named},
        **({"required": required} if required else {}),
    }


def result_schema(catalog: Catalog, function: Function) -> Document:
    """Of a table's rows by reference, where that table is described."""
    if function.returns_void:
        return {}
    if not function.returns_row:
        one = type_schema(function.return_type)
    elif function.type_name in catalog.relations:
        one = {"$ref": f"#/components/schemas/{schema_key(function.type_name)}"}
    else:
        columns = {name: type_schema(type_) for name, type_ in function.columns.items()}
        one = {"type": "object", "properties": columns}
    return {"type": "array", "items": one} if function.returns_set else one


def _column_schema(column: Column, reference: str | None) -> Document:
    schema = type_schema(column.type)
    if column.labels:
        schema["enum"] = [*column.labels] if column.not_null else [*column.labels, None]
    if column.max_length is not None:
        schema["maxLength"] = column.max_length
    if "type" in schema and not column.not_null:
        schema["type"] = [schema["type"], "null"]
    if column.generated:
        schema["readOnly"] = True
    if column.default is not None:
        schema |= default_schema(column.type, column.default)
    key = "Part of the primary key" if column.in_key else None
    refers = f"Refers to `{reference}`" if reference else None
    notes = [note for note in (column.comment, key, refers) if note]
    return schema | ({"description": ". ".join(notes)} if notes else {})


def _references(catalog: Catalog, relation: Relation) -> dict[str, str]:
    """Column -> the table and column that it refers to."""
    return {
        relationship.columns[0][0]: f"{relationship.other.name}.{relationship.columns[0][1]}"
        for relationship in catalog.relationships.get(relation.full_name, ())
        if relationship.kind in ("many-to-one", "one-to-one") and not relationship.is_inverse
        and len(relationship.columns) == 1
        and not catalog.relations[relationship.other].is_view
    }  # fmt: skip
