"""The values of conditions: parameters where their type is plain, untyped literals where PostgreSQL is to find it.

A parameter that is cast means the same as a literal does where the type compares with itself and reads all of its texts
alike: then one statement serves all values. Elsewhere only a literal finds the operators that PostgreSQL would choose,
such as `ltree ~ lquery`, and fails in the words that it would fail in.
"""

from collections.abc import Sequence
from typing import Final

from flows_api.rest.plan.expressions import Expression
from flows_api.rest.query.writer import Writer

TEXTS: Final = ("text", "character varying")
PLAIN: Final = frozenset({
    *TEXTS, "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "uuid", "date", "bytea",
    "time without time zone", "timestamp without time zone", "timestamp with time zone", "interval", "inet", "jsonb",
})  # fmt: skip
RANGES: Final = frozenset({"int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"})
COMPARISONS: Final = ("eq", "neq", "gt", "gte", "lt", "lte", "isdistinct")
PATTERNS: Final = ("like", "ilike", "match", "imatch")
CONTAINMENTS: Final = ("cs", "cd")


def value_sql(writer: Writer, expression: Expression, operator: str, value: str) -> str:
    if expression.parser and operator not in PATTERNS:
        return f"{expression.parser}({writer.text(value)})"
    if not _is_plain(expression, operator):
        return writer.literal(value)
    bound = writer.text(value)
    return bound if expression.type in TEXTS else f"{bound}::{expression.type}"


def any_value_sql(writer: Writer, expression: Expression, operator: str, array: str) -> str:
    """Of an array as PostgreSQL writes it."""
    if not _is_plain(expression, operator):
        return writer.literal(array)
    return f"{writer.text(array)}::{expression.type}[]"


def list_sql(writer: Writer, expression: Expression, values: Sequence[str]) -> str:
    if not _is_plain(expression, "eq"):
        return writer.literal(_array(values))
    return f"{writer.bind(list(values))}::text[]::{expression.type}[]"


def _is_plain(expression: Expression, operator: str) -> bool:
    type_ = expression.type
    if operator in PATTERNS:
        return type_ in TEXTS
    if operator in COMPARISONS:
        return expression.is_enum or type_ in RANGES or type_.removesuffix("[]") in PLAIN
    is_gathered = type_ in RANGES or (type_.endswith("[]") and type_.removesuffix("[]") in PLAIN)
    return is_gathered or (type_ == "jsonb" and operator in CONTAINMENTS)


def _array(values: Sequence[str]) -> str:
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"
