"""A request on a table or view, with the statement that answers it."""

from dataclasses import dataclass

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.relations import Name, Relation
from flows_api.rest.errors import PreferencesWrong
from flows_api.rest.options import RestOptions
from flows_api.rest.plan.media import Form, choose_form
from flows_api.rest.plan.read import Node, Source, find_relation, plan_rows
from flows_api.rest.plan.write import plan_write
from flows_api.rest.query.statement import Counting, read_statement, write_statement
from flows_api.rest.query.writer import Statement
from flows_api.rest.request.request import RawRequest, Request


@dataclass(frozen=True)
class PlannedRequest:
    """`raw` is what was sent, which `request` need not be made of; `one_trip`: the statement is all there is to do."""

    request: Request
    raw: RawRequest
    relation: Relation
    node: Node
    form: Form
    statement: Statement
    one_trip: bool


def plan_request(catalog: Catalog, options: RestOptions, request: Request) -> PlannedRequest:
    """Who asks makes no difference here; what they may see is the database's to say."""
    relation = find_relation(catalog, request.schema, request.name)
    return (_write if request.write else _read)(catalog, options, request, relation)


def form_of(catalog: Catalog, options: RestOptions, request: Request, target: Name, node: Node) -> Form:
    return choose_form(catalog, target, request.accepts, default_select=node.is_default, plans=options.plans)


def counting_of(options: RestOptions, request: Request) -> Counting:
    return Counting(request.preferences, request.rows, options.max_rows, options.count_ceiling)


def check_preferences(request: Request) -> None:
    if request.preferences.strict and request.preferences.invalid:
        raise PreferencesWrong(request.preferences.invalid)


def _read(catalog: Catalog, options: RestOptions, request: Request, relation: Relation) -> PlannedRequest:
    node = plan_rows(catalog, options, request, Source(relation.full_name, relation.columns))
    form = form_of(catalog, options, request, relation.full_name, node)
    check_preferences(request)
    exact = request.preferences.count in (None, "exact") or options.count_ceiling is not None
    one_trip = _fits_one_trip(catalog, options, request, form) and exact
    counting = counting_of(options, request)
    most = options.max_answer_bytes
    statement = read_statement(
        node, form, counting, headers_only=request.headers_only, most_bytes=most, one_trip=one_trip
    )
    return PlannedRequest(request, request.raw, relation, node, form, statement, one_trip)


def _write(catalog: Catalog, options: RestOptions, request: Request, relation: Relation) -> PlannedRequest:
    node = plan_rows(catalog, options, request, Source(relation.full_name, relation.columns, is_result=True))
    plan = plan_write(catalog, request, relation, node)
    check_preferences(request)
    form = form_of(catalog, options, request, relation.full_name, node)
    one_trip = (
        _fits_one_trip(catalog, options, request, form)
        and plan.kind == "insert"
        and not (options.rolls_back or request.preferences.tx)
        and not plan.merges
        and not form.is_one_row
    )
    most = options.max_answer_bytes
    statement = write_statement(plan, node, form, request.preferences, most_bytes=most, one_trip=one_trip)
    return PlannedRequest(request, request.raw, relation, node, form, statement, one_trip)


def _fits_one_trip(catalog: Catalog, options: RestOptions, request: Request, form: Form) -> bool:
    """Nothing must come before the statement, or be looked at before what it did may stay."""
    preferences = request.preferences
    has_zone = preferences.timezone is not None
    needs_more = options.pre_request or catalog.role_isolation or has_zone or form.media.plan_of
    return options.one_trip and not needs_more
