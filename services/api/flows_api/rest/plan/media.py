"""Which media type is answered, and what in the database makes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.conversions import ANY_ROW, Handler
from flows_api.rest.catalog.relations import Name
from flows_api.rest.errors import MediaTypeUnavailable
from flows_api.rest.media_types import (
    ANY,
    ARRAY_STRIPPED,
    CSV,
    GEO_JSON,
    JSON,
    OBJECT,
    OBJECT_STRIPPED,
    MediaType,
    parse_media_type,
)

BuiltIn: TypeAlias = Literal["rows", "row", "csv", "geojson", "nothing"]

BUILT_IN: dict[str, tuple[BuiltIn, MediaType]] = {
    ANY.mime: ("rows", JSON),
    JSON.mime: ("rows", JSON),
    CSV.mime: ("csv", CSV),
    GEO_JSON.mime: ("geojson", GEO_JSON),
}


@dataclass(frozen=True)
class Form:
    """How the body is made; `media` is what it is then, `stripped` leaves out what is null."""

    maker: BuiltIn | Handler
    media: MediaType

    @property
    def stripped(self) -> bool:
        return (self.media.plan_of or self.media).stripped

    @property
    def is_one_row(self) -> bool:
        return self.maker == "row"


def choose_form(
    catalog: Catalog, target: Name, accepts: Sequence[MediaType], *, default_select: bool, plans: bool
) -> Form:
    """The first that is accepted and can be made. What is made for one relation shows its rows whole."""
    for media in accepts:
        form = _form(catalog, target, media, default_select=default_select, plans=plans)
        if form:
            return form
    raise MediaTypeUnavailable([media.mime for media in accepts])


def _form(catalog: Catalog, target: Name, media: MediaType, *, default_select: bool, plans: bool) -> Form | None:
    if media.plan_of is not None:
        inner = _form(catalog, target, media.plan_of, default_select=default_select, plans=False) if plans else None
        return Form(inner.maker, media) if inner else None
    if media in (OBJECT, OBJECT_STRIPPED):
        return Form("row", media)
    if media == ARRAY_STRIPPED:
        return Form("rows", media)
    wanted = media.mime.lower()
    places = [(target, ANY.mime), (target, wanted)] if default_select else []
    for place in [*places, (ANY_ROW, wanted)]:
        handler = catalog.handlers.get(place)
        if handler:
            return Form(handler, parse_media_type(handler.mime))
    if wanted in BUILT_IN:
        maker, made = BUILT_IN[wanted]
        return Form(maker, made)
    return None
