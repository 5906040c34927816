"""An HTTP request as this dialect understands it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flows_api.rest.errors import (
    FunctionMethodWrong,
    MethodUnsupported,
    PathWrong,
    RootDisabled,
    SchemaNotExposed,
    UpsertWithRange,
)
from flows_api.rest.media_types import JSON, MediaType, parse_accept, parse_media_type
from flows_api.rest.options import RestOptions
from flows_api.rest.request.payload import Payload, parse_payload
from flows_api.rest.request.preferences import Preferences, parse_preferences
from flows_api.rest.request.query_string import ROOT, Query, parse_query
from flows_api.rest.request.ranges import ALL_ROWS, RowRange, requested

Kind: TypeAlias = Literal["relation", "function", "schema"]
Write: TypeAlias = Literal["insert", "update", "upsert", "delete"]

WRITES: Final[Mapping[str, Write]] = {"POST": "insert", "PATCH": "update", "PUT": "upsert", "DELETE": "delete"}
METHODS: Final = {
    "relation": ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"),
    "function": ("GET", "HEAD", "POST", "OPTIONS"),
    "schema": ("GET", "HEAD", "OPTIONS"),
}
WITH_BODY: Final = ("POST", "PATCH", "PUT")


@dataclass(frozen=True)
class RawRequest:
    """As it came: `path` percent-decoded and below the mount, header names in lower case, the last one of each."""

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    prefers: tuple[str, ...] = ()
    body: bytes = b""

    def cookies(self) -> dict[str, str]:
        """Values as they stand, without quotes around them."""
        pairs = [part.partition("=") for part in self.headers.get("cookie", "").split(";")]
        return {name.strip(): value.strip().strip('"') for name, equals, value in pairs if equals}


@dataclass(frozen=True)
class Request:
    """`profile` is the schema's name as the client knows it, to be told where it could have been another one."""

    method: str
    kind: Kind
    name: str
    schema: str
    profile: str | None
    query: Query
    rows: RowRange
    preferences: Preferences
    accepts: tuple[MediaType, ...]
    media: MediaType
    payload: Payload | None
    raw: RawRequest

    @property
    def headers_only(self) -> bool:
        return self.method == "HEAD"

    @property
    def write(self) -> Write | None:
        return WRITES.get(self.method) if self.kind == "relation" else None

    @property
    def calls_by_post(self) -> bool:
        return self.kind == "function" and self.method == "POST"

    @property
    def columns(self) -> Collection[str]:
        """What the body gives values for."""
        return self.payload.keys if self.payload else frozenset()


def parse_request(raw: RawRequest, options: RestOptions) -> Request:
    kind, name = _resource(raw.path, options)
    schema, profile = _schema(raw, options)
    if raw.method not in METHODS[kind]:
        raise FunctionMethodWrong(raw.method) if kind == "function" else MethodUnsupported(raw.method)
    reads_by_call = kind == "function" and raw.method != "POST"
    query = parse_query(raw.query, options.limits, for_function=reads_by_call)
    rows = requested(
        query.ranges.get(ROOT, ALL_ROWS),
        limit_is_zero=query.limit_is_zero,
        header=raw.headers.get("range") if raw.method == "GET" else None,
    )
    if raw.method == "PUT" and rows != ALL_ROWS:
        raise UpsertWithRange
    media = parse_media_type(raw.headers["content-type"]) if "content-type" in raw.headers else JSON
    payload = None
    if raw.method in WITH_BODY:
        columns = query.columns if raw.method != "PUT" else None
        payload = parse_payload(raw.body, media, columns, for_function=kind == "function")
    return Request(
        method=raw.method,
        kind=kind,
        name=name,
        schema=schema,
        profile=profile,
        query=query,
        rows=rows,
        preferences=parse_preferences(raw.prefers, tx_allowed=options.tx_override),
        accepts=parse_accept(raw.headers.get("accept")),
        media=media,
        payload=payload,
        raw=raw,
    )


def _resource(path: str, options: RestOptions) -> tuple[Kind, str]:
    match path.removeprefix("/").split("/"):
        case [""] if options.openapi_mode == "disabled":
            raise RootDisabled
        case [""] if options.root_function:
            return "function", options.root_function.rpartition(".")[2]
        case [""]:
            return "schema", ""
        case [name]:
            return "relation", name
        case ["rpc", name]:
            return "function", name
        case _:
            raise PathWrong


def _schema(raw: RawRequest, options: RestOptions) -> tuple[str, str | None]:
    """The schema, and the profile that the answer names."""
    profile = raw.headers.get("content-profile" if raw.method in WRITES else "accept-profile")
    if profile is not None:
        profile = profile.encode("latin-1").decode(errors="replace")
    if profile is None:
        default = options.schemas[0]
        return default, default if len(options.schemas) > 1 else None
    schema = options.profiles.get(profile, profile)
    if schema not in options.schemas:
        raise SchemaNotExposed(profile, [*options.schemas, *options.profiles])
    return schema, profile
