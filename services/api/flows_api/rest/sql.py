"""A plan as one statement that returns the finished body. Values are parameters; names are known ones, quoted."""

from dataclasses import dataclass
from typing import Any, Final

from flows_api.rest.errors import QueryStringWrong
from flows_api.rest.filters import Compared, Is, OneOf
from flows_api.rest.plan import Condition, Output, ReadPlan, Sorting
from flows_api.rest.select import EveryColumn

# `page.*` is the whole row, also where a column is called page.
READ: Final = """\
SELECT count(*) AS rows, coalesce(json_agg(page.*), '[]') AS body
  FROM (SELECT {outputs} FROM {relation} AS source{conditions}{sortings}{limits}) AS page"""

OPERATORS: Final = {
    "eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "LIKE", "ilike": "ILIKE",
    "match": "~", "imatch": "~*", "isdistinct": "IS DISTINCT FROM",
}  # fmt: skip
PATTERNS: Final = ("like", "ilike", "match", "imatch")
TRUTHS: Final = {"null": "NULL", "not_null": "NOT NULL", "true": "TRUE", "false": "FALSE", "unknown": "UNKNOWN"}
DIRECTIONS: Final = {None: "", "asc": " ASC", "desc": " DESC"}
NULLS: Final = {None: "", "nullsfirst": " NULLS FIRST", "nullslast": " NULLS LAST"}


@dataclass(frozen=True)
class Statement:
    text: str
    parameters: tuple[Any, ...]


def render_read(plan: ReadPlan) -> Statement:
    """Gives one row: how many rows there are, and they as a JSON array."""
    parameters: list[Any] = []
    conditions = [_condition(condition, parameters) for condition in plan.conditions]
    text = READ.format(
        outputs=", ".join(_output(output) for output in plan.outputs),
        relation=f"{quote(plan.relation.schema)}.{quote(plan.relation.name)}",
        conditions=f" WHERE {' AND '.join(conditions)}" if conditions else "",
        sortings=f" ORDER BY {', '.join(map(_sorting, plan.sortings))}" if plan.sortings else "",
        limits=_limits(plan, parameters),
    )
    return Statement(text, tuple(parameters))


def quote(name: str) -> str:
    if "\0" in name:
        raise QueryStringWrong("a name cannot hold the character NUL")
    return '"' + name.replace('"', '""') + '"'


def _output(output: EveryColumn | Output) -> str:
    if isinstance(output, EveryColumn):
        return "source.*"
    column = f"source.{quote(output.column.name)}"
    return f"{f'CAST({column} AS {output.cast})' if output.cast else column} AS {quote(output.label)}"


def _condition(condition: Condition, parameters: list[Any]) -> str:
    column, test = f"source.{quote(condition.column.name)}", condition.test
    # Bound as text and read by the type's own input, so that PostgreSQL says what is wrong with a value.
    match test:
        case Is(truth):
            clause = f"{column} IS {TRUTHS[truth]}"
        case OneOf(("",)):
            clause = f"{column} = ANY('{{}}')"
        case OneOf(values):
            clause = f"{column} = ANY({_bind(list(values), parameters)}::text[]::{condition.column.type}[])"
        case Compared(operator, value) if operator in PATTERNS:
            pattern = value.replace("*", "%") if operator in ("like", "ilike") else value
            clause = f"{column} {OPERATORS[operator]} {_bind(pattern, parameters)}::text"
        case Compared(operator, value):
            clause = f"{column} {OPERATORS[operator]} {_bind(value, parameters)}::text::{condition.column.type}"
    return f"NOT ({clause})" if condition.negated else clause


def _sorting(sorting: Sorting) -> str:
    return f"source.{quote(sorting.column.name)}{DIRECTIONS[sorting.direction]}{NULLS[sorting.nulls]}"


def _limits(plan: ReadPlan, parameters: list[Any]) -> str:
    limit = f" LIMIT {_bind(plan.limit, parameters)}::bigint" if plan.limit is not None else ""
    return limit + (f" OFFSET {_bind(plan.offset, parameters)}::bigint" if plan.offset else "")


def _bind(value: Any, parameters: list[Any]) -> str:
    parameters.append(value)
    return f"${len(parameters)}"
