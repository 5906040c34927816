"""Function calls."""

from typing import Final

from flows_api.rest.catalog.functions import Parameter
from flows_api.rest.catalog.relations import Column
from flows_api.rest.plan.call import CallPlan
from flows_api.rest.plan.write import WrittenColumn
from flows_api.rest.query.writer import Writer, quote, quote_name
from flows_api.rest.query.writes import BODY, body_sql

CALL: Final = "pgrst_call"
SCALAR: Final = "pgrst_scalar"


def call_sql(writer: Writer, plan: CallPlan) -> str:
    """The rows that the function gives, or its values in a column named `pgrst_scalar`."""
    function = plan.function
    if not function.returns_row:
        shown = f"{CALL}.{SCALAR}"
    else:
        shown = ", ".join(f"{CALL}.{'*' if name == '*' else quote(name)}" for name in plan.returned)
    arguments, source = _arguments(writer, plan)
    call = f"{quote_name(function.full_name)}({arguments})"
    called = f"{call} AS {CALL}" if function.returns_row else f"(SELECT {call} AS {SCALAR}) AS {CALL}"
    return f"SELECT {shown} FROM {source}{'LATERAL ' if source else ''}{called}"


def _arguments(writer: Writer, plan: CallPlan) -> tuple[str, str]:
    """The arguments, and what they are read from."""
    if plan.nameless:
        return _nameless(writer, plan, plan.nameless), ""
    if not plan.parameters:
        return "", ""
    if plan.body is None:
        return ", ".join(_by_text(writer, parameter, plan) for parameter in plan.parameters), ""
    columns = tuple(_column(parameter) for parameter in plan.parameters)
    body = body_sql(writer, plan.body, columns, fills_defaults=False, one=True)
    given = ", ".join(
        f"{_variadic(parameter)}{quote(parameter.name)} := {BODY}.{quote(parameter.name)}"
        for parameter in plan.parameters
    )
    return given, f"{body}, "


def _nameless(writer: Writer, plan: CallPlan, parameter: Parameter) -> str:
    body = plan.body if plan.body is not None else b"{}"
    match parameter.type:
        case "bytea":
            return f"{writer.bind(body)}::bytea"
        case "json":
            return f"{writer.bind(body)}::json"
        case "jsonb":
            return f"{writer.bind(body)}::json::jsonb"
        case type_:
            return f"{writer.text(body.decode(errors='replace'))}::{type_}"


def _by_text(writer: Writer, parameter: Parameter, plan: CallPlan) -> str:
    value = dict(plan.values)[parameter.name]
    bound = f"{writer.bind(value)}::text[]" if isinstance(value, list) else writer.text(value)
    return f"{_variadic(parameter)}{quote(parameter.name)} := {bound}::{parameter.full_type}"


def _variadic(parameter: Parameter) -> str:
    return "VARIADIC " if parameter.variadic else ""


def _column(parameter: Parameter) -> WrittenColumn:
    return WrittenColumn(Column(parameter.name, parameter.type, parameter.full_type), None)
