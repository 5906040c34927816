"""What was asked: method, path, query string and headers as one value. No schema is known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from flows_api.rest.errors import (
    MediaTypeUnavailable,
    MethodUnsupported,
    NotEmbedded,
    NotSupported,
    PathWrong,
    QueryStringWrong,
    RangeWrong,
)
from flows_api.rest.filters import Filter, parse_filter
from flows_api.rest.order import OrderTerm, parse_order
from flows_api.rest.select import SelectItem, parse_select

WRITING: Final = ("columns", "on_conflict")
EMBEDDABLE: Final = ("order", "limit", "offset", "and", "or")
RESERVED: Final = ("select", *WRITING, *EMBEDDABLE)
MAX_PARAMETERS: Final = 200
JSON_TYPES: Final = ("*/*", "application/*", "application/json", "application/vnd.pgrst.array+json")
OPENAPI_TYPES: Final = (*JSON_TYPES, "application/openapi+json")


@dataclass(frozen=True)
class ReadRequest:
    """`resource` is empty at the root. `limit` and `offset` are not negative."""

    resource: str
    profile: str | None
    select: tuple[SelectItem, ...]
    filters: tuple[Filter, ...]
    order: tuple[OrderTerm, ...]
    limit: int | None
    offset: int
    headers_only: bool


def parse_request(method: str, path: str, query: bytes, headers: Mapping[str, str]) -> ReadRequest:
    """`path` is what follows the place where this is mounted."""
    resource = _resource(path)
    if method not in ("GET", "HEAD"):
        raise MethodUnsupported(method)
    _check_media_type(headers.get("accept"), JSON_TYPES if resource else OPENAPI_TYPES)
    parameters = _parameters(query)
    given = dict(parameters)
    return ReadRequest(
        resource=resource,
        profile=headers.get("accept-profile"),
        select=parse_select(next((value for name, value in parameters if name == "select"), "*")),
        filters=_filters(parameters),
        order=parse_order(given["order"]) if given.get("order") else (),
        limit=_count("limit", given["limit"]) if given.get("limit") else None,
        offset=_count("offset", given["offset"]) if given.get("offset") else 0,
        headers_only=method == "HEAD",
    )


def _resource(path: str) -> str:
    parts = path.strip("/").split("/")
    if parts[0] == "rpc" and len(parts) == 2:
        raise NotSupported("functions (rpc)")
    if len(parts) != 1:
        raise PathWrong
    return parts[0]


def _check_media_type(accept: str | None, available: Sequence[str]) -> None:
    asked = [part.split(";")[0].strip().lower() for part in (accept or "*/*").split(",")]
    if not any(media_type in available for media_type in asked):
        raise MediaTypeUnavailable(", ".join(asked))


def _parameters(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeError:
        raise QueryStringWrong("the query string is not percent-encoded UTF-8") from None
    except ValueError:
        raise QueryStringWrong(f"the query string has more than {MAX_PARAMETERS} parameters") from None


def _filters(parameters: list[tuple[str, str]]) -> tuple[Filter, ...]:
    filters = []
    for name, value in parameters:
        before, _, last = name.rpartition(".")
        if last in ("and", "or"):
            raise NotSupported(f"logical operator {last!r}")
        if before and last in EMBEDDABLE:
            raise NotEmbedded(before)
        if name not in RESERVED:
            filters.append(parse_filter(name, value))
    return tuple(filters)


def _count(name: str, text: str) -> int:
    if text.startswith("-") and text[1:].isdecimal():
        raise RangeWrong(f"{name.capitalize()} should be greater than or equal to zero.")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise QueryStringWrong(f'"failed to parse {name} ({text})"', details="expecting a whole number")
    return int(text)
