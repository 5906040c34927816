"""What a write does: which rows, which columns, and what it gives back."""

from collections.abc import Collection
from dataclasses import dataclass

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.relations import Column, Relation
from flows_api.rest.errors import UpsertFiltersWrong, WrittenColumnUnknown
from flows_api.rest.plan.expressions import Scope, Where
from flows_api.rest.plan.read import Node
from flows_api.rest.request.filters import Compared, Filter, Tree
from flows_api.rest.request.preferences import Resolution
from flows_api.rest.request.query_string import ROOT, Path
from flows_api.rest.request.request import Request, Write


@dataclass(frozen=True)
class WrittenColumn:
    """`parser` is the function of a domain's cast from JSON."""

    column: Column
    parser: str | None


@dataclass(frozen=True)
class WritePlan:
    """`returned` are the columns that the answer needs, `*` for all; none of them where nothing is shown."""

    kind: Write
    relation: Relation
    columns: tuple[WrittenColumn, ...]
    body: bytes
    where: tuple[Where, ...]
    returned: tuple[str, ...]
    resolution: Resolution | None = None
    conflict: tuple[str, ...] = ()
    fills_defaults: bool = False

    @property
    def merges(self) -> bool:
        return self.resolution == "merge-duplicates"


def plan_write(catalog: Catalog, request: Request, relation: Relation, node: Node) -> WritePlan:
    preferences, query = request.preferences, request.query
    kind = request.write
    assert kind is not None
    scope = Scope(catalog, relation.full_name, relation.columns)
    asked: list[tuple[Path, Filter | Tree]] = [*query.filters, *query.trees]
    where = tuple(scope.where(test, frozenset()) for path, test in asked if path == ROOT)
    returned = () if preferences.returned in (None, "minimal") else needed_columns(node, relation.primary_key)
    key = relation.primary_key
    resolution, conflict = preferences.resolution, query.on_conflict if query.on_conflict is not None else key
    if kind == "upsert":
        _check_upsert(request, key)
        resolution, conflict = "merge-duplicates", key
    return WritePlan(
        kind=kind,
        relation=relation,
        columns=_written(catalog, relation, request.columns),
        body=request.payload.raw if request.payload else b"",
        where=where if kind != "insert" else (),
        returned=returned,
        resolution=resolution if kind in ("insert", "upsert") else None,
        conflict=conflict,
        fills_defaults=preferences.missing == "default" and kind in ("insert", "update"),
    )


def needed_columns(node: Node, key: Collection[str]) -> tuple[str, ...]:
    """What is shown, what it is ordered by, and what joins the embedded rows. Whole rows hold all of it."""
    if any(child.relationship and child.relationship.function for child in node.children):
        return ("*", *_computed(node))
    shown = {output.expression.name for output in node.outputs}
    shown |= {ordering.expression.name for ordering in node.order if ordering.label is None}
    if "*" in shown:
        return ("*", *_computed(node))
    for child in node.children:
        assert child.relationship is not None
        junction = child.relationship.junction
        shown |= {own for own, _ in (junction.columns if junction else child.relationship.columns)}
    return tuple(sorted(shown | set(key)))


def _computed(node: Node) -> list[str]:
    """Fields that are functions of the row: known only while it is one of the table."""
    names = {output.expression.name for output in node.outputs} | {term.expression.name for term in node.order}
    return sorted(names - set(node.source.columns) - {"*"})


def _written(catalog: Catalog, relation: Relation, names: Collection[str]) -> tuple[WrittenColumn, ...]:
    found = []
    for name in sorted(names):
        column = relation.columns.get(name)
        if column is None:
            raise WrittenColumnUnknown(relation.name, name)
        found.append(WrittenColumn(column, catalog.representations.get(("json", column.full_type))))
    return tuple(found)


def _check_upsert(request: Request, key: Collection[str]) -> None:
    """The address must name one row by its key."""
    filters = [test for path, test in request.query.filters if path == ROOT]
    if (
        not key
        or request.query.trees
        or request.query.filtered != frozenset(key)
        or not all(_is_equality(test) for test in filters)
    ):
        raise UpsertFiltersWrong


def _is_equality(asked: Filter) -> bool:
    test = asked.test
    return not asked.negated and isinstance(test, Compared) and test.operator == "eq" and test.quantifier is None
