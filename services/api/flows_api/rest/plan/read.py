"""The rows that are answered: a tree of relations, each with what is shown, kept and ordered of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.relations import Column, Name, Relation
from flows_api.rest.catalog.relationships import Relationship
from flows_api.rest.errors import AggregatesDisabled, NotEmbedded, NotSupported, OrderByMany, RelationUnknown
from flows_api.rest.nearest import nearest
from flows_api.rest.options import RestOptions
from flows_api.rest.plan.expressions import Ordering, Output, Scope, Where
from flows_api.rest.plan.relate import find_relationship
from flows_api.rest.request.filters import Filter, Tree
from flows_api.rest.request.query_string import ROOT, Path, Query
from flows_api.rest.request.ranges import ALL_ROWS, NO_ROWS, RowRange
from flows_api.rest.request.request import Request
from flows_api.rest.request.select import Join, SelectedField, SelectedRelation, SelectItem

NO_AGGREGATES: Final = "Aggregates are not implemented for one-to-many or many-to-many spreads."


@dataclass(frozen=True)
class Source:
    """What the top of the tree reads: a table, or the rows that a write or a function gave."""

    relation: Name
    columns: Mapping[str, Column]
    is_result: bool = False


@dataclass(frozen=True)
class Node:
    """`label` is what the request calls it; `relationship` leads here from the node above.

    `called_by_name`, at the top, are renamed relations that the query string calls by their own name, with the new one.
    """

    source: Source
    label: str
    outputs: tuple[Output, ...]
    where: tuple[Where, ...] = ()
    order: tuple[Ordering, ...] = ()
    rows: RowRange = ALL_ROWS
    children: "tuple[Node, ...]" = ()
    relationship: Relationship | None = None
    join: Join | None = None
    spread: bool = False
    called_by_name: tuple[tuple[str, str], ...] = ()

    @property
    def spreads_one(self) -> bool:
        return self.spread and self.relationship is not None and self.relationship.to_one

    @property
    def spreads_many(self) -> bool:
        return self.spread and not self.spreads_one

    @property
    def is_default(self) -> bool:
        """Every column and nothing else."""
        return not self.children and len(self.outputs) == 1 and self.outputs[0].is_star

    @property
    def shows_nothing(self) -> bool:
        return not self.outputs and all(child.shows_nothing for child in self.children)

    @property
    def shows_aggregates(self) -> bool:
        """Also those of rows that are spread into this one."""
        return any(output.aggregate for output in self.outputs) or any(
            child.shows_aggregates for child in self.children if child.spread
        )

    def child(self, label: str) -> "Node":
        return next(child for child in self.children if child.label == label)


def find_relation(catalog: Catalog, schema: str, name: str) -> Relation:
    relation = catalog.relations.get(Name(schema, name))
    if relation is None:
        names = [known.name for known in catalog.relations if known.schema == schema]
        raise RelationUnknown(schema, name, nearest(name, names))
    return relation


def plan_rows(catalog: Catalog, options: RestOptions, request: Request, source: Source) -> Node:
    """The whole tree. A write has used the filters at the top already, and gives back all of its rows."""
    planner = _Planner(catalog, options, request.query, filters_top=request.write is None)
    node = planner.node(source, source.relation.name, request.query.select, [ROOT], top_rows=request.rows)
    asked = list(_asked_paths(request.query, filters_top=request.write is None))
    _check_paths(asked, planner.paths, planner.new_names)
    _check_aggregates(node, allowed=options.aggregates)
    by_name = dict.fromkeys((path[-1], planner.new_names[path]) for path in asked if path in planner.new_names)
    return replace(node, called_by_name=tuple(by_name)) if by_name else node


class _Planner:
    def __init__(self, catalog: Catalog, options: RestOptions, query: Query, *, filters_top: bool) -> None:
        self.catalog = catalog
        self.options = options
        self.query = query
        self.filters_top = filters_top
        self.paths: set[Path] = {ROOT}
        self.new_names: dict[Path, str] = {}

    def node(
        self,
        source: Source,
        label: str,
        items: Sequence[SelectItem],
        paths: Sequence[Path],
        *,
        relationship: Relationship | None = None,
        join: Join | None = None,
        spread: bool = False,
        top_rows: RowRange | None = None,
    ) -> Node:
        """`paths` are those by which a query string may mean this node: by alias, or by the relation's own name."""
        scope = Scope(self.catalog, source.relation, source.columns)
        embedded = [item for item in items if isinstance(item, SelectedRelation)]
        children = tuple(self._child(source, item, paths, embedded) for item in embedded)
        labels = frozenset(child.label for child in children)
        at_top = top_rows is not None
        rows = top_rows if top_rows is not None else self._first(self.query.ranges, paths) or ALL_ROWS
        node = Node(
            source=source,
            label=label,
            outputs=tuple(scope.output(item) for item in items if isinstance(item, SelectedField)),
            where=tuple(self._where(scope, paths, labels, at_top=at_top)),
            order=tuple(self._order(scope, paths, children)),
            rows=self._limited(rows, at_top=at_top),
            children=children,
            relationship=relationship,
            join=join,
            spread=spread,
        )
        return self._expanded(node, scope)

    def _child(
        self, parent: Source, item: SelectedRelation, paths: Sequence[Path], siblings: Sequence[SelectedRelation]
    ) -> Node:
        relationship = find_relationship(self.catalog, parent.relation, item.name, item.hint)
        label = item.alias or item.name
        names = [label]
        if _means_one(item, siblings):
            names += [item.name] if self.options.legacy_target_names else []
            self.new_names.update(((*path, item.name), label) for path in paths)
        own = [(*path, name) for path in paths for name in names]
        self.paths.update(own)
        target = self.catalog.relations[relationship.other]
        return self.node(
            Source(target.full_name, target.columns),
            label,
            item.items,
            own,
            relationship=relationship,
            join=item.join,
            spread=item.spread,
        )

    def _where(self, scope: Scope, paths: Sequence[Path], labels: frozenset[str], *, at_top: bool) -> list[Where]:
        if at_top and not self.filters_top:
            return []
        asked: list[tuple[Path, Filter | Tree]] = [*self.query.filters, *self.query.trees]
        return [scope.where(test, labels) for path, test in asked if path in paths]

    def _order(self, scope: Scope, paths: Sequence[Path], children: Sequence[Node]) -> list[Ordering]:
        terms = next((terms for path, terms in self.query.orders if path in paths), ())
        orderings = [scope.ordering(term) for term in terms]
        for ordering in orderings:
            if ordering.label is not None:
                child = next((child for child in children if child.label == ordering.label), None)
                if child is None:
                    raise NotEmbedded(ordering.label)
                if child.relationship is None or not child.relationship.to_one:
                    raise OrderByMany(scope.relation.name, ordering.label)
        return orderings

    def _limited(self, rows: RowRange, *, at_top: bool) -> RowRange:
        if not self.filters_top:
            return ALL_ROWS
        return rows if rows == NO_ROWS and at_top else rows.at_most(self.options.max_rows)

    def _expanded(self, node: Node, scope: Scope) -> Node:
        """`*` as the columns' names, where a row is grouped, taken apart, or shown in a format of its own."""
        apart = node.spread or node.shows_aggregates or scope.formats_any()
        if not apart or not any(output.is_star for output in node.outputs):
            return node
        outputs = [shown for output in node.outputs for shown in (scope.every_column() if output.is_star else [output])]
        return replace(node, outputs=tuple(outputs))

    @staticmethod
    def _first(given: Mapping[Path, RowRange], paths: Sequence[Path]) -> RowRange | None:
        return next((given[path] for path in paths if path in given), None)


def _means_one(item: SelectedRelation, siblings: Sequence[SelectedRelation]) -> bool:
    """Older clients filter a renamed relation by its own name; where a sibling bears that name, it is meant."""
    if not item.alias or any((other.alias or other.name) == item.name for other in siblings):
        return False
    return next(other for other in siblings if other.name == item.name) is item


def _asked_paths(query: Query, *, filters_top: bool) -> Iterator[Path]:
    """Those of every part of the query string, each after the paths that lead to it."""
    asked: list[Path] = [path for path, _ in query.filters]
    asked += [path for path, _ in query.orders]
    asked += list(query.ranges) if filters_top else []
    asked += [path for path, _ in query.trees]
    for path in asked:
        yield from (path[:length] for length in range(1, len(path) + 1))


def _check_paths(asked: Sequence[Path], known: Collection[Path], new_names: Mapping[Path, str]) -> None:
    """Every part of the query string is for a relation that is embedded."""
    for path in asked:
        if path not in known:
            raise NotEmbedded(path[-1], new_names.get(path))


def _check_aggregates(node: Node, *, allowed: bool) -> None:
    """Rows that are spread as arrays cannot be grouped."""
    if not allowed and any(output.aggregate for output in node.outputs):
        raise AggregatesDisabled
    for child in node.children:
        _check_aggregates(child, allowed=allowed)
    if node.spreads_many and node.shows_aggregates:
        raise NotSupported(NO_AGGREGATES)
