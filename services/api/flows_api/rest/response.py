"""What is answered, ready for the socket."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from flows_api.rest.catalog.functions import Function
from flows_api.rest.catalog.relations import Relation
from flows_api.rest.errors import Headers, RangeWrong, ResponseHeadersWrong, ResponseStatusWrong, RestError
from flows_api.rest.media_types import JSON, OPENAPI, MediaType
from flows_api.rest.request.preferences import Preferences
from flows_api.rest.request.query_string import canonical
from flows_api.rest.request.ranges import RowRange
from flows_api.rest.request.request import RawRequest, Request

VARY: Final = (b"vary", b"Accept, Prefer, Range")
CALLED_BY_NAME: Final = (
    "Embedded resource was referenced by relation name even though it has an alias. This is deprecated and will stop "
    "working in a future release. Update {} in query string filters, orders or limits."
)


@dataclass(frozen=True)
class Result:
    """What the statement gave. `headers` and `status` were set by functions in the database."""

    rows: int
    body: bytes
    total: int | None = None
    location: Sequence[str] = ()
    headers: str | None = None
    status: str | None = None
    inserted: int | None = None


@dataclass(frozen=True)
class Response:
    """`headers_only` keeps the body back."""

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)
    headers_only: bool = False


def rows_response(request: Request, raw: RawRequest, result: Result, media: MediaType, *, minimal: bool) -> Response:
    """Rows of a table or view."""
    status, body = _page(request, result, minimal=minimal)
    query = canonical(raw.query)
    location = f"/{request.name}{f'?{query}' if query else ''}"
    headers = [
        _content_range(request.rows, result),
        (b"content-location", location.encode()),
        *_length(request, body),
        *_content_type(request, media),
        *_applied(request.preferences.without("resolution", "missing", "returned", "max_affected")),
    ]
    return _overridden(Response(status, body, headers, request.headers_only), result)


def call_response(request: Request, result: Result, media: MediaType, function: Function, *, minimal: bool) -> Response:
    status, body = _page(request, result, minimal=minimal)
    headers = [
        _content_range(request.rows, result),
        *_applied(request.preferences.without("resolution", "missing", "returned")),
    ]
    if function.returns_void:
        return _overridden(Response(204, b"", headers, request.headers_only), result)
    headers += [*_length(request, body), *_content_type(request, media)]
    return _overridden(Response(status, body, headers, request.headers_only), result)


def write_response(request: Request, result: Result, media: MediaType, relation: Relation) -> Response:
    shows = request.preferences.returned == "representation"
    body = result.body if shows else b""
    shown = [*_length(request, body), *_content_type(request, media)] if shows else []
    counted = result.rows if request.preferences.counts_rows else None
    applied = _applied(_heeded(request, relation))
    match request.write:
        case "insert":
            merged = request.preferences.resolution == "merge-duplicates" and not (result.inserted or 0) > 0
            length = [] if shows else [(b"content-length", b"0")]
            headers = [*_location(request, result), _range_header(1, 0, counted), *length, *shown, *applied]
            response = Response(200 if merged else 201, body, headers)
        case "upsert":
            status = (201 if (result.inserted or 0) > 0 else 200) if shows else 204
            response = Response(status, body, [*shown, *applied])
        case "update":
            headers = [_range_header(0, result.rows - 1, counted), *shown, *applied]
            response = Response(200 if shows else 204, body, headers)
        case "delete":
            headers = [_range_header(1, 0, counted), *shown, *applied]
            response = Response(200 if shows else 204, body, headers)
        case None:
            raise AssertionError("only writes are answered here")
    return _overridden(response, result)


def plan_response(request: Request, plan: bytes, media: MediaType) -> Response:
    headers = [*_length(request, plan), *_content_type(request, media), VARY]
    return Response(200, plan, headers, request.headers_only)


def document_response(request: Request, document: Mapping[str, object]) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = [*_length(request, body), *_content_type(request, OPENAPI), VARY]
    return Response(200, body, headers, request.headers_only)


def allow_response(methods: Iterable[str]) -> Response:
    allowed = ",".join(methods).encode()
    headers = [(b"content-length", b"0"), (b"access-control-allow-origin", b"*"), (b"allow", allowed), VARY]
    return Response(200, b"", headers)


def warning_of(called_by_name: Sequence[tuple[str, str]]) -> Headers:
    """Told to who calls a renamed relation by its own name."""
    if not called_by_name:
        return []
    updates = ", ".join(f"`{name}` to `{new_name}`" for name, new_name in called_by_name)
    text = CALLED_BY_NAME.format(updates).replace("\\", "\\\\").replace('"', '\\"')
    return [(b"warning", _header_value(f'299 PostgRESTv16 "{text}"'))]


def error_response(error: RestError, *, minimal: bool = False) -> Response:
    status, code = error.answer()
    body = error.body(minimal=minimal)
    headers = [
        (b"content-type", JSON.content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"proxy-status", f"PostgREST; error={code}".encode("latin-1", "replace")),
        *error.headers(),
    ]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    return Response(status, body, headers)


def relation_methods(relation: Relation) -> list[str]:
    methods = ["OPTIONS", "GET", "HEAD"]
    methods += ["POST"] if relation.insertable else []
    methods += ["PUT"] if relation.insertable and relation.updatable and relation.primary_key else []
    methods += ["PATCH"] if relation.updatable else []
    return methods + (["DELETE"] if relation.deletable else [])


def function_methods(function: Function) -> list[str]:
    return ["OPTIONS", "POST"] if function.volatility == "volatile" else ["OPTIONS", "GET", "HEAD", "POST"]


def _page(request: Request, result: Result, *, minimal: bool) -> tuple[int, bytes]:
    """Whole, a part, or nothing that could be: then the body says so."""
    if result.total is None:
        return 200, result.body
    if request.rows.first > result.total:
        details = f"An offset of {request.rows.first} was requested, but there are only {result.total} rows."
        return 416, RangeWrong(details).body(minimal=minimal)
    return (206 if result.rows < result.total else 200), result.body


def _content_range(rows: RowRange, result: Result) -> tuple[bytes, bytes]:
    return _range_header(rows.first, rows.first + result.rows - 1, result.total)


def _range_header(first: int, last: int, total: int | None) -> tuple[bytes, bytes]:
    found = f"{first}-{last}" if first <= last and total != 0 else "*"
    return b"content-range", f"{found}/{'*' if total is None else total}".encode()


def _length(request: Request, body: bytes) -> Headers:
    return [] if request.headers_only else [(b"content-length", str(len(body)).encode())]


def _content_type(request: Request, media: MediaType) -> Headers:
    headers = [(b"content-type", media.content_type.encode("latin-1", "replace"))]
    return headers + ([(b"content-profile", request.profile.encode())] if request.profile is not None else [])


def _applied(preferences: Preferences) -> Headers:
    applied = preferences.applied()
    return [(b"preference-applied", applied.encode("latin-1", "replace"))] if applied else []


def _heeded(request: Request, relation: Relation) -> Preferences:
    """Those that mean something for this kind of write."""
    preferences = request.preferences
    if request.write != "insert" or not (relation.primary_key or request.query.on_conflict is not None):
        preferences = replace(preferences, resolution=None)
    if request.write not in ("insert", "update"):
        preferences = replace(preferences, missing=None)
    if request.write not in ("update", "delete"):
        preferences = replace(preferences, max_affected=None)
    return preferences


def _location(request: Request, result: Result) -> Headers:
    if not result.location:
        return []
    pairs = [pair.partition("=") for pair in result.location]
    filters = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, _, value in pairs)
    return [(b"location", f"/{request.name}?{filters}".encode())]


def _overridden(response: Response, result: Result) -> Response:
    """The database may say another status, and more headers or others."""
    if result.status is None and result.headers is None:
        response.headers.append(VARY)
        return response
    status = _status(result.status) or response.status
    own = _headers(result.headers)
    names = {name for name, _ in own}
    headers = [header for header in response.headers if header[0] not in names] + own
    if not any(name == b"vary" for name, _ in headers):
        headers.append(VARY)
    return replace(response, status=status, headers=headers)


def _status(text: str | None) -> int | None:
    if text is None:
        return None
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    if not digits or not 200 <= int(digits[:4]) <= 599:
        raise ResponseStatusWrong
    return int(digits)


def _headers(text: str | None) -> Headers:
    if text is None:
        return []
    try:
        given = json.loads(text)
    except ValueError:
        raise ResponseHeadersWrong from None
    headers = []
    for item in given if isinstance(given, list) else [None]:
        if not isinstance(item, dict) or len(item) != 1:
            raise ResponseHeadersWrong
        ((name, value),) = item.items()
        if not isinstance(value, str):
            raise ResponseHeadersWrong
        headers.append((name.lower().encode("latin-1", "replace"), _header_value(value)))
    return headers


def _header_value(value: str) -> bytes:
    """In one line."""
    return value.replace("\r", " ").replace("\n", " ").encode()
