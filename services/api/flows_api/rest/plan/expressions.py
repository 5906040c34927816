"""Columns in their places: shown, compared, ordered by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.relations import Column, Name
from flows_api.rest.errors import TypeUnknown
from flows_api.rest.request.fields import FieldName, JsonStep
from flows_api.rest.request.filters import Filter, Is, Joint, Searched, Test, Tree
from flows_api.rest.request.order import Direction, Nulls, OrderTerm
from flows_api.rest.request.select import Aggregate, SelectedField

JSON_TYPES = ("json", "jsonb")


@dataclass(frozen=True)
class Expression:
    """A column, or a place within it. `type` is that of a value of it; `parser` is a function that reads one.

    `name` is `*` for the whole row. `as_json` tells that the column must be made JSON before its path is followed.
    """

    name: str
    path: tuple[JsonStep, ...] = ()
    type: str = "text"
    as_json: bool = False
    parser: str | None = None
    is_enum: bool = False

    @property
    def label(self) -> str:
        """The name under which it is shown: the last key of its path."""
        keys = [step.key for step in self.path if isinstance(step.key, str)]
        return keys[-1] if keys else self.name


@dataclass(frozen=True)
class Output:
    """`formatter` is the function of a domain's cast to JSON."""

    expression: Expression
    label: str
    cast: str | None = None
    aggregate: Aggregate | None = None
    aggregate_cast: str | None = None
    formatter: str | None = None

    @property
    def is_star(self) -> bool:
        return self.expression.name == "*" and self.aggregate is None


@dataclass(frozen=True)
class Condition:
    """`searched_as_text` tells that the column must be made a text search vector first."""

    expression: Expression
    test: Test
    negated: bool = False
    searched_as_text: bool = False


@dataclass(frozen=True)
class Embedded:
    """Whether the embedded rows with that label are there."""

    label: str
    negated: bool


@dataclass(frozen=True)
class Joined:
    joint: Joint
    branches: "tuple[Where, ...]"
    negated: bool = False


Where: TypeAlias = Condition | Embedded | Joined


@dataclass(frozen=True)
class Ordering:
    """`label` is that of the embedded row whose column it is."""

    expression: Expression
    direction: Direction | None = None
    nulls: Nulls | None = None
    label: str | None = None


@dataclass(frozen=True)
class Scope:
    """The columns that names are looked up among. A name that is none is left to PostgreSQL to refuse."""

    catalog: Catalog
    relation: Name
    columns: Mapping[str, Column]

    def expression(self, field: FieldName) -> Expression:
        declared = self._declared(field.name)
        if not field.path:
            column = self.columns.get(field.name)
            return Expression(field.name, type=declared, is_enum=column is not None and bool(column.labels))
        type_ = "text" if field.path[-1].as_text else "json" if declared == "json" else "jsonb"
        return Expression(field.name, field.path, type_, as_json=declared not in JSON_TYPES)

    def output(self, selected: SelectedField) -> Output:
        expression = self.expression(selected.field)
        output = Output(
            expression,
            selected.alias or selected.aggregate or expression.label,
            self._cast(selected.cast),
            selected.aggregate,
            self._cast(selected.aggregate_cast),
        )
        return self.formatted(output)

    def formatted(self, output: Output) -> Output:
        column = self.columns.get(output.expression.name)
        formatter = self.catalog.representations.get((column.full_type, "json")) if column else None
        return replace(output, formatter=formatter) if formatter and not output.expression.path else output

    def every_column(self) -> list[Output]:
        return [self.formatted(Output(Expression(name, type=c.type), name)) for name, c in self.columns.items()]

    def formats_any(self) -> bool:
        representations = self.catalog.representations
        return bool(representations) and any(
            (column.full_type, "json") in representations for column in self.columns.values()
        )

    def where(self, asked: Filter | Tree, labels: frozenset[str]) -> Where:
        """`labels` are those of the embedded rows here: `clients=is.null` asks whether there are any."""
        if isinstance(asked, Tree):
            return Joined(asked.joint, tuple(self.where(branch, labels) for branch in asked.branches), asked.negated)
        if asked.field.name in labels and not asked.field.path and is_null_test(asked.test):
            return Embedded(asked.field.name, asked.negated)
        return self._condition(asked)

    def ordering(self, term: OrderTerm) -> Ordering:
        if term.relation is not None:
            expression = Expression(term.field.name, term.field.path)
        else:
            expression = self.expression(term.field)
        return Ordering(expression, term.direction, term.nulls, term.relation)

    def _condition(self, asked: Filter) -> Condition:
        expression = self.expression(asked.field)
        column = self.columns.get(asked.field.name)
        if column and not expression.path:
            parser = self.catalog.representations.get(("text", column.full_type))
            expression = replace(expression, parser=parser)
        searched = isinstance(asked.test, Searched) and expression.type != "tsvector"
        return Condition(expression, asked.test, asked.negated, searched)

    def _declared(self, name: str) -> str:
        column = self.columns.get(name)
        if column:
            return column.type
        return self.catalog.computed_fields.get((self.relation, name), "text")

    def _cast(self, name: str | None) -> str | None:
        if name is None:
            return None
        type_ = self.catalog.type_named(self.relation.schema, name)
        if type_ is None:
            raise TypeUnknown(name)
        return type_


def is_null_test(test: Test) -> bool:
    return isinstance(test, Is) and test.truth == "null"
