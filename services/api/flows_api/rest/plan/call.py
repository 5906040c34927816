"""A function call: which of the functions with that name, with which arguments."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.functions import Function, Parameter
from flows_api.rest.catalog.relations import Column, Name
from flows_api.rest.errors import AmbiguousFunction, FunctionUnknown
from flows_api.rest.media_types import JSON, OCTETS, TEXT, XML
from flows_api.rest.nearest import LIKELY, nearest
from flows_api.rest.plan.expressions import Condition, Joined, Where
from flows_api.rest.plan.read import Node, Source
from flows_api.rest.plan.write import needed_columns
from flows_api.rest.request.request import Request

UNNAMED = {JSON: ("json", "jsonb"), TEXT: ("text",), XML: ("xml",), OCTETS: ("bytea",)}
RAW = (TEXT, XML, OCTETS)


@dataclass(frozen=True)
class CallPlan:
    """Arguments come from the body as JSON, or one by one as texts; a nameless parameter takes the body itself.

    A text for a variadic parameter is a list of texts. `returned` are the columns that the answer needs.
    """

    function: Function
    parameters: tuple[Parameter, ...]
    body: bytes | None
    values: tuple[tuple[str, str | list[str]], ...]
    nameless: Parameter | None
    returned: tuple[str, ...]


def find_function(catalog: Catalog, request: Request) -> Function:
    name = Name(request.schema, request.name)
    named = catalog.functions.get(name, ())
    arguments = frozenset(_argument_names(request))
    fitting = [function for function in named if _fits(function, arguments, request)]
    fitting = fitting or [function for function in named if _takes_body(function, request)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise AmbiguousFunction([function.signature for function in fitting])
    raise _unknown(catalog, request, name, sorted(arguments))


def source_of(catalog: Catalog, function: Function) -> Source:
    """The rows that the function gives: of a table, where it returns that, so that others can be embedded."""
    if not function.returns_row:
        return Source(function.full_name, {}, is_result=True)
    relation = catalog.relations.get(Name(function.schema, function.type_name.name))
    columns = relation.columns if relation and not function.columns.keys() - relation.columns.keys() else None
    if columns is None:
        columns = {name: Column(name, type_, type_) for name, type_ in function.columns.items()}
    return Source(Name(function.schema, function.type_name.name), columns, is_result=True)


def plan_call(request: Request, function: Function, node: Node) -> CallPlan:
    arguments = frozenset(_argument_names(request))
    nameless = function.parameters[0] if [p.name for p in function.parameters] == [""] else None
    fields = request.payload.fields if request.payload else None
    by_text = not request.calls_by_post or fields is not None
    returned = needed_columns(node, ())
    if returned and returned[0] != "*":
        returned = tuple(sorted({*returned, *_filtered(node.where)}))
    return CallPlan(
        function=function,
        parameters=tuple(parameter for parameter in function.parameters if parameter.name in arguments),
        body=None if by_text else (request.payload.raw if request.payload else b""),
        values=tuple(_values(function, fields or request.query.arguments)) if by_text else (),
        nameless=nameless,
        returned=returned or ("*",),
    )


def _argument_names(request: Request) -> Collection[str]:
    if request.calls_by_post:
        return request.columns
    return [name for name, _ in request.query.arguments]


def _fits(function: Function, arguments: frozenset[str], request: Request) -> bool:
    if not function.parameters:
        return not arguments and not (request.calls_by_post and request.media in RAW)
    required = {parameter.name for parameter in function.parameters if parameter.required}
    optional = {parameter.name for parameter in function.parameters if not parameter.required}
    if not required:
        return arguments <= optional
    return arguments - optional == required


def _takes_body(function: Function, request: Request) -> bool:
    match function.parameters:
        case (Parameter(name="", type=type_),) if request.calls_by_post:
            return type_ in UNNAMED.get(request.media, ())
    return False


def _values(function: Function, given: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str | list[str]]]:
    """The last value of each name, and all of them for a variadic parameter."""
    variadic = {parameter.name for parameter in function.parameters if parameter.variadic}
    found: dict[str, str | list[str]] = {}
    for name, value in given:
        gathered = found.get(name)
        if name in variadic:
            found[name] = [*gathered, value] if isinstance(gathered, list) else [value]
        else:
            found[name] = value
    yield from found.items()


def _filtered(where: Sequence[Where]) -> Iterator[str]:
    for test in where:
        if isinstance(test, Condition):
            yield test.expression.name
        elif isinstance(test, Joined):
            yield from _filtered(test.branches)


def _unknown(catalog: Catalog, request: Request, name: Name, arguments: Sequence[str]) -> FunctionUnknown:
    called = f"{name.schema}.{name.name}"
    takes_raw = request.calls_by_post and request.media in RAW
    listed = ", ".join(arguments)
    shown = "" if takes_raw else f"({listed})" if arguments else " without parameters"
    sought = f" with parameter{'s' if len(arguments) > 1 else ''} {listed}" if arguments else " without parameters"
    if takes_raw:
        sought = f" with a single unnamed {UNNAMED[request.media][0]} parameter"
    elif request.calls_by_post and request.media == JSON:
        sought += " or with a single unnamed json/jsonb parameter"
    return FunctionUnknown(
        f"Could not find the function {called}{shown} in the schema cache",
        details=f"Searched for the function {called}{sought}, but no matches were found in the schema cache.",
        hint=None if takes_raw else _what_was_meant(catalog, name, arguments),
    )


def _what_was_meant(catalog: Catalog, name: Name, arguments: Sequence[str]) -> str | None:
    named = catalog.functions.get(name, ())
    if named:
        lists = [f"({', '.join(sorted(parameter.name for parameter in each.parameters))})" for each in named]
        meant = nearest(f"({', '.join(arguments)})", lists, LIKELY)
        meant = meant and f"{name.name}{meant}"
    else:
        meant = nearest(name.name, [known.name for known in catalog.functions if known.schema == name.schema])
    return f"Perhaps you meant to call the function {name.schema}.{meant}" if meant else None
