"""Requests planned by their shape: what was written for one serves all that differ in nothing but values.

The statement of a shape is never made of a request's own values. It is made of marks, which no request can know, and
kept only where each mark came out as a whole parameter; the values take the places of the marks.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.errors import RestError
from flows_api.rest.options import RestOptions
from flows_api.rest.planned import PlannedRequest, plan_request
from flows_api.rest.query.writer import Statement
from flows_api.rest.request.request import RawRequest, parse_request
from flows_api.rest.request.shape import RequestShape, shape_of

KEPT: Final = 1_000


@dataclass(frozen=True)
class Template:
    """`places` are those of the statement's parameters that are values: (parameter, value)."""

    planned: PlannedRequest
    places: Sequence[tuple[int, int]]

    def filled(self, shape: RequestShape) -> PlannedRequest:
        values = _values(shape)
        parameters = list(self.planned.statement.parameters)
        for place, value in self.places:
            parameters[place] = values[value]
        made = self.planned
        statement = Statement(made.statement.text, tuple(parameters))
        return PlannedRequest(made.request, shape.raw, made.relation, made.node, made.form, statement, made.one_trip)


class ShapeCache:
    """Those used last, for the schema as it is known now."""

    def __init__(self, options: RestOptions) -> None:
        self.options = options
        self._catalog: Catalog | None = None
        self._templates: OrderedDict[Hashable, Template | None] = OrderedDict()

    def planned(self, catalog: Catalog, raw: RawRequest) -> PlannedRequest | None:
        """None where the request must be read and planned by itself."""
        shape = shape_of(raw)
        if shape is None:
            return None
        if catalog is not self._catalog:
            self._catalog = catalog
            self._templates.clear()
        if shape.key in self._templates:
            self._templates.move_to_end(shape.key)
        else:
            self._templates[shape.key] = make_template(catalog, self.options, shape)
            if len(self._templates) > KEPT:
                self._templates.popitem(last=False)
        template = self._templates[shape.key]
        return template.filled(shape) if template else None


def make_template(catalog: Catalog, options: RestOptions, shape: RequestShape) -> Template | None:
    """None where a mark is lost or became anything but a parameter, and where the request is wrong."""
    secret = token_hex(16)
    marks = [f"{secret}-{number}" for number in range(len(shape.values()))]
    try:
        request = parse_request(shape.with_values(marks, secret), options)
        planned = plan_request(catalog, options, request)
    except RestError:
        return None
    given: list[object] = [*marks, *([request.payload.raw] if request.payload else [])]
    statement = planned.statement
    places = [(place, given.index(p)) for place, p in enumerate(statement.parameters) if _is_among(p, given)]
    filled = {place for place, _ in places}
    others = [str(p) for place, p in enumerate(statement.parameters) if place not in filled]
    lost = set(range(len(marks))) - {value for _, value in places}
    if lost or any(secret in text for text in (statement.text, *others)):
        return None
    return Template(planned, places)


def _is_among(parameter: object, given: Sequence[object]) -> bool:
    return isinstance(parameter, (str, bytes)) and parameter in given


def _values(shape: RequestShape) -> list[str | bytes]:
    return [*shape.values(), *([shape.payload.raw] if shape.payload else [])]
