"""The rows of a tree: one SELECT a relation, each embedded one a lateral join."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flows_api.rest.catalog.relationships import Relationship
from flows_api.rest.plan.expressions import Output
from flows_api.rest.plan.read import Node, Source
from flows_api.rest.query.conditions import (
    aggregate_sql,
    expression_sql,
    ordering_sql,
    output_sql,
    where_sql,
)
from flows_api.rest.query.writer import Writer, quote, quote_name
from flows_api.rest.request.ranges import ALL_ROWS, RowRange

SOURCE: Final = "pgrst_source"
COUNT: Final = quote("pgrst_rows")
ROWS: Final = quote("pgrst_json")


@dataclass(frozen=True)
class Shown:
    """A column of rows that are spread into the row above; `output` has the aggregate that is made up there."""

    label: str
    output: Output | None = None


@dataclass(frozen=True)
class Place:
    """A relation within the statement: `alias` is quoted, `depth` counts from the top."""

    alias: str
    depth: int
    source: Source


def rows_sql(writer: Writer, node: Node) -> str:
    return _select(writer, node, None)


def counted_sql(writer: Writer, node: Node) -> str:
    """As many rows as the tree has without its limits; embedded ones matter only where they are a condition."""
    return _counted(writer, node, None)


def _select(writer: Writer, node: Node, above: Place | None) -> str:
    place = _place(writer, node, above)
    source, conditions = _from(writer, node, place, above)
    joins = {child.label: _join(writer, child, place) for child in node.children}
    aliases = {label: alias for label, (alias, _) in joins.items()}
    columns = [*_columns(writer, node, place), *_child_columns(writer, node, aliases)]
    if not node.outputs and not node.children:
        columns = [(f"{place.alias}.*", False)]
    text = f"SELECT {', '.join(column for column, _ in columns)} FROM {source}"
    text += "".join(join for _, join in joins.values())

    def embedded(label: str) -> str:
        return _is_there(node.child(label), aliases[label])

    conditions += [where_sql(writer, place.alias, where, embedded) for where in node.where]
    if conditions:
        text += " WHERE " + " AND ".join(f"({condition})" for condition in conditions)
    text += _groups(columns)
    if node.order:
        orderings = [
            ordering_sql(writer, aliases[term.label] if term.label is not None else place.alias, term)
            for term in node.order
        ]
        text += f" ORDER BY {', '.join(orderings)}"
    return text + limits_sql(writer, node.rows)


def _counted(writer: Writer, node: Node, above: Place | None) -> str:
    place = _place(writer, node, above)
    source, conditions = _from(writer, node, place, above)

    def embedded(label: str) -> str:
        return f"EXISTS ({_counted(writer, node.child(label), place)})"

    conditions += [where_sql(writer, place.alias, where, embedded) for where in node.where]
    conditions += [embedded(child.label) for child in node.children if child.join == "inner"]
    text = f"SELECT 1 FROM {source}"
    return text + (" WHERE " + " AND ".join(f"({condition})" for condition in conditions) if conditions else "")


def limits_sql(writer: Writer, rows: RowRange) -> str:
    if rows == ALL_ROWS:
        return ""
    limit = f" LIMIT {writer.number(rows.limit)}" if rows.limit is not None else ""
    return limit + (f" OFFSET {writer.number(rows.first)}" if rows.first else "")


def _place(writer: Writer, node: Node, above: Place | None) -> Place:
    name = node.source.relation.name
    if above is None:
        return Place(writer.alias(name), 0, node.source)
    return Place(writer.alias(f"{name}_{above.depth + 1}"), above.depth + 1, node.source)


def _from(writer: Writer, node: Node, place: Place, above: Place | None) -> tuple[str, list[str]]:
    """What is read, and how it belongs to the row above."""
    relationship = node.relationship
    if relationship is None or above is None:
        return f"{SOURCE if node.source.is_result else quote_name(node.source.relation)} AS {place.alias}", []
    if relationship.function:
        return f"{quote_name(relationship.function)}({_row(above, relationship)}) AS {place.alias}", []
    table = f"{quote_name(relationship.other)} AS {place.alias}"
    junction = relationship.junction
    if junction is None:
        return table, _equal(place.alias, above.alias, relationship.columns)
    between = writer.alias(f"{junction.table.name}_{place.depth}")
    conditions = _equal(between, above.alias, junction.columns) + _equal(between, place.alias, junction.other_columns)
    return f"{table}, {quote_name(junction.table)} AS {between}", conditions


def _row(above: Place, relationship: Relationship) -> str:
    """The row as the function's argument: of the table's type also where it comes from a write or a function."""
    if not above.source.is_result:
        return above.alias
    columns = ", ".join(f"{above.alias}.{quote(name)}" for name in above.source.columns)
    return f"CAST(ROW({columns}) AS {quote_name(relationship.table)})"


def _equal(own: str, other: str, columns: Sequence[tuple[str, str]]) -> list[str]:
    """Pairs are of the other's column and our own."""
    return [f"{own}.{quote(mine)} = {other}.{quote(theirs)}" for theirs, mine in columns]


def _join(writer: Writer, child: Node, above: Place) -> tuple[str, str]:
    """The alias of the embedded rows, and the join that finds them."""
    alias = writer.alias(f"{above.source.relation.name}_{child.label}_{above.depth + 1}")
    rows = _select(writer, child, above)
    relationship = child.relationship
    assert relationship is not None
    if relationship.to_one:
        found = "true"
    else:
        gathered = writer.alias(f"{child.label}_rows")
        if child.spread:
            arrays = [
                f"COALESCE(json_agg({gathered}.{quote(shown.label)}), '[]'){writer.json} AS {quote(shown.label)}"
                for shown in _shown(child)
            ]
            rows = f"SELECT {', '.join([f'count(*) AS {COUNT}', *arrays])} FROM ({rows}) AS {gathered}"
            found = f"{alias}.{COUNT} > 0"
        else:
            rows = f"SELECT json_agg({gathered}){writer.json} AS {ROWS} FROM ({rows}) AS {gathered}"
            found = f"{alias}.{ROWS} IS NOT NULL"
    kind, condition = ("INNER", found) if child.join == "inner" else ("LEFT", "true")
    return alias, f" {kind} JOIN LATERAL ({rows}) AS {alias} ON {condition}"


def _is_there(child: Node, alias: str) -> str:
    assert child.relationship is not None
    if child.relationship.to_one:
        return f"{alias} IS DISTINCT FROM NULL"
    return f"{alias}.{COUNT} > 0" if child.spread else f"{alias}.{ROWS} IS NOT NULL"


def _columns(writer: Writer, node: Node, place: Place) -> Iterator[tuple[str, bool]]:
    """The node's own columns, and whether each is an aggregate."""
    for output in node.outputs:
        if output.is_star:
            yield expression_sql(writer, place.alias, output.expression), False
        else:
            aggregated = output.aggregate is not None and not node.spreads_one
            value = output_sql(writer, place.alias, output, aggregated=aggregated)
            yield f"{value} AS {quote(output.label)}", aggregated


def _child_columns(writer: Writer, node: Node, aliases: dict[str, str]) -> Iterator[tuple[str, bool]]:
    for child in node.children:
        alias = aliases[child.label]
        assert child.relationship is not None
        if child.spread:
            yield from (_spread_column(shown, alias, node) for shown in _shown(child))
        elif not child.shows_nothing:
            if child.relationship.to_one:
                value = f"row_to_json({alias}.*){writer.json}"
            else:
                value = f"COALESCE({alias}.{ROWS}, '[]')"
            yield f"{value} AS {quote(child.label)}", False


def _spread_column(shown: Shown, alias: str, node: Node) -> tuple[str, bool]:
    value = f"{alias}.{quote(shown.label)}"
    if shown.output is None or node.spreads_one:
        return f"{value} AS {quote(shown.label)}", False
    return f"{aggregate_sql(value, shown.output)} AS {quote(shown.label)}", True


def _shown(node: Node) -> Iterator[Shown]:
    """The columns that a node gives to the row that it is spread into."""
    for output in node.outputs:
        yield Shown(output.label, output if output.aggregate and node.spreads_one else None)
    for child in node.children:
        if child.spread:
            yield from _shown(child)
        elif not child.shows_nothing:
            yield Shown(child.label)


def _groups(columns: Sequence[tuple[str, bool]]) -> str:
    """Grouped by the places of the columns that are no aggregate, where there is an aggregate."""
    if not any(aggregated for _, aggregated in columns):
        return ""
    groups = [str(at) for at, (_, aggregated) in enumerate(columns, 1) if not aggregated]
    return f" GROUP BY {', '.join(groups)}" if groups else ""
