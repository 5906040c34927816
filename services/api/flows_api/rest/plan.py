"""What a request means for this schema: every name is looked up here, and an unknown one fails here."""

from dataclasses import dataclass

from flows_api.rest.catalog import Catalog, Column, Relation, closest
from flows_api.rest.errors import ColumnUnknown, RelationUnknown, SchemaNotExposed, TypeUnknown
from flows_api.rest.filters import Filter, Test
from flows_api.rest.options import RestOptions
from flows_api.rest.order import Direction, Nulls, OrderTerm
from flows_api.rest.request import ReadRequest
from flows_api.rest.select import EveryColumn, SelectItem


@dataclass(frozen=True)
class Output:
    """A column of the answer; `label` is the only name that may be the request's own."""

    column: Column
    label: str
    cast: str | None


@dataclass(frozen=True)
class Condition:
    column: Column
    test: Test
    negated: bool


@dataclass(frozen=True)
class Sorting:
    column: Column
    direction: Direction | None
    nulls: Nulls | None


@dataclass(frozen=True)
class ReadPlan:
    relation: Relation
    outputs: tuple[EveryColumn | Output, ...]
    conditions: tuple[Condition, ...]
    sortings: tuple[Sorting, ...]
    limit: int | None
    offset: int


def choose_schema(profile: str | None, options: RestOptions) -> str:
    """The exposed schema of a profile's name."""
    if profile is None:
        return options.schemas[0]
    schema = options.profiles.get(profile, profile)
    if schema not in options.schemas:
        raise SchemaNotExposed(profile, [*options.schemas, *options.profiles])
    return schema


def plan_read(request: ReadRequest, catalog: Catalog, options: RestOptions) -> ReadPlan:
    relation = find_relation(catalog, choose_schema(request.profile, options), request.resource)
    limits = [limit for limit in (request.limit, options.max_rows) if limit is not None]
    return ReadPlan(
        relation=relation,
        outputs=tuple(_output(item, relation, catalog) for item in request.select),
        conditions=tuple(_condition(given, relation) for given in request.filters),
        sortings=tuple(_sorting(term, relation) for term in request.order),
        limit=min(limits, default=None),
        offset=request.offset,
    )


def find_relation(catalog: Catalog, schema: str, name: str) -> Relation:
    relation = catalog.relations.get((schema, name))
    if relation is None:
        raise RelationUnknown(schema, name, catalog.closest_relation(schema, name))
    return relation


def _column(name: str, relation: Relation) -> Column:
    column = relation.columns.get(name)
    if column is None:
        raise ColumnUnknown(relation.name, name, closest(name, list(relation.columns)))
    return column


def _output(item: SelectItem, relation: Relation, catalog: Catalog) -> EveryColumn | Output:
    if isinstance(item, EveryColumn):
        return item
    if item.cast is not None and item.cast.lower() not in catalog.types:
        raise TypeUnknown(item.cast)
    cast = catalog.types[item.cast.lower()] if item.cast else None
    return Output(_column(item.name, relation), item.alias or item.name, cast)


def _condition(given: Filter, relation: Relation) -> Condition:
    return Condition(_column(given.column, relation), given.test, given.negated)


def _sorting(term: OrderTerm, relation: Relation) -> Sorting:
    return Sorting(_column(term.column, relation), term.direction, term.nulls)
