"""Expressions, and the conditions and orders made of them."""

from collections.abc import Callable
from typing import Final

from flows_api.rest.plan.expressions import Condition, Embedded, Expression, Ordering, Output, Where
from flows_api.rest.query.values import any_value_sql, list_sql, value_sql
from flows_api.rest.query.writer import Writer, quote
from flows_api.rest.request.filters import Compared, Is, OneOf, Searched

OPERATORS: Final = {
    "eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "LIKE", "ilike": "ILIKE",
    "match": "~", "imatch": "~*", "isdistinct": "IS DISTINCT FROM", "cs": "@>", "cd": "<@", "ov": "&&", "sl": "<<",
    "sr": ">>", "nxr": "&<", "nxl": "&>", "adj": "-|-",
}  # fmt: skip
SEARCHES: Final = {
    "fts": "to_tsquery", "plfts": "plainto_tsquery", "phfts": "phraseto_tsquery", "wfts": "websearch_to_tsquery",
}  # fmt: skip
TRUTHS: Final = {"null": "NULL", "not_null": "NOT NULL", "true": "TRUE", "false": "FALSE", "unknown": "UNKNOWN"}
DIRECTIONS: Final = {None: "", "asc": " ASC", "desc": " DESC"}
NULLS: Final = {None: "", "nullsfirst": " NULLS FIRST", "nullslast": " NULLS LAST"}


def expression_sql(writer: Writer, place: str, expression: Expression) -> str:
    """`place` is the quoted alias of the row."""
    if expression.name == "*":
        return f"{place}.*"
    column = f"{place}.{quote(expression.name)}"
    if not expression.path:
        return column
    text = f"to_jsonb({column})" if expression.as_json else column
    for step in expression.path:
        key = writer.text(str(step.key)) + ("::int" if isinstance(step.key, int) else "")
        text += f"{'->>' if step.as_text else '->'}{key}"
    return f"({text})"


def output_sql(writer: Writer, place: str, output: Output, *, aggregated: bool = True) -> str:
    """Without its alias. An aggregate that is made further up is here the value that it is made of."""
    if output.expression.name == "*" and output.aggregate:
        value = place if not aggregated else f"{place}.*"
    else:
        value = expression_sql(writer, place, output.expression)
    if output.formatter:
        value = f"{output.formatter}({value})"
    value = cast_sql(value, output.cast)
    return aggregate_sql(value, output) if aggregated else value


def aggregate_sql(value: str, output: Output) -> str:
    if output.aggregate is None:
        return value
    return cast_sql(f"{output.aggregate}({value})", output.aggregate_cast)


def cast_sql(value: str, type_: str | None) -> str:
    return f"CAST({value} AS {type_})" if type_ else value


def where_sql(writer: Writer, place: str, where: Where, embedded: Callable[[str], str]) -> str:
    """`embedded` writes, for the label of embedded rows, whether there are any."""
    if isinstance(where, Embedded):
        there = embedded(where.label)
        return there if where.negated else f"NOT ({there})"
    if isinstance(where, Condition):
        clause = _condition(writer, place, where)
    else:
        joint = " AND " if where.joint == "and" else " OR "
        clause = joint.join(f"({where_sql(writer, place, branch, embedded)})" for branch in where.branches)
    return f"NOT ({clause})" if where.negated else clause


def ordering_sql(writer: Writer, place: str, ordering: Ordering) -> str:
    expression = expression_sql(writer, place, ordering.expression)
    return f"{expression}{DIRECTIONS[ordering.direction]}{NULLS[ordering.nulls]}"


def _condition(writer: Writer, place: str, condition: Condition) -> str:
    expression, test = condition.expression, condition.test
    column = expression_sql(writer, place, expression)
    match test:
        case Is(truth):
            return f"{column} IS {TRUTHS[truth]}"
        case OneOf(("",)):
            return f"{column} = ANY('{{}}')"
        case OneOf(values) if expression.parser:
            parsed = f"{expression.parser}(unnest({writer.bind(list(values))}::text[]))"
            return f"{column} = ANY(ARRAY(SELECT {parsed}))"
        case OneOf(values):
            return f"{column} = ANY({list_sql(writer, expression, values)})"
        case Searched(operator, query, language):
            return _search(writer, column, condition, operator, query, language)
        case Compared(operator, value, quantifier):
            pattern = value.replace("*", "%") if operator in ("like", "ilike") else value
            if quantifier:
                array = any_value_sql(writer, expression, operator, pattern)
                return f"{column} {OPERATORS[operator]} {quantifier}({array})"
            return f"{column} {OPERATORS[operator]} {value_sql(writer, expression, operator, pattern)}"


def _search(writer: Writer, column: str, condition: Condition, operator: str, query: str, language: str | None) -> str:
    vector = column
    if condition.searched_as_text:
        vector = f"to_tsvector({_language(writer, language)}{column})"
    return f"{vector} @@ {SEARCHES[operator]}({_language(writer, language)}{writer.text(query)})"


def _language(writer: Writer, language: str | None) -> str:
    return f"{writer.text(language)}::regconfig, " if language else ""
