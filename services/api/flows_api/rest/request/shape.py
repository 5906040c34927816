"""What requests have in common that differ in nothing but values: `id=eq.1` and `id=eq.2` are of one shape."""

import json
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from flows_api.rest.errors import RestError
from flows_api.rest.media_types import JSON, parse_media_type
from flows_api.rest.request.payload import Payload, is_json_object, parse_payload
from flows_api.rest.request.query_string import decode
from flows_api.rest.request.request import RawRequest

# The text after these is one value, whatever stands in it.
FILTER: Final = re.compile(rb"([A-Za-z0-9_.]+=(?:not\.)?(?:eq|neq|gt|gte|lt|lte)\.)(.*)", re.DOTALL)
# Part of the shape as they stand.
KEPT: Final = re.compile(
    rb"(?:select|on_conflict|(?:[A-Za-z0-9_.]+\.)?(?:order|limit))=.*|[A-Za-z0-9_.]+=(?:not\.)?is\.[a-z_]+", re.DOTALL
)
NO_FILTERS: Final = (b"select", b"columns", b"on_conflict", b"order", b"limit", b"offset", b"and", b"or")
HEADERS: Final = ("accept", "accept-profile", "content-profile", "content-type")
METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "DELETE")
WITH_BODY: Final = ("POST", "PATCH")
# They ask for more than the statement, or for its plan.
RARE: Final = re.compile(r"planned|estimated|pgrst\.plan")
LONGEST: Final = 2_000


@dataclass(frozen=True)
class RequestShape:
    """`parts` are the query string's, with a value each that is None where the part is kept as it stands."""

    key: Hashable
    raw: RawRequest
    parts: Sequence[tuple[bytes, bytes | None]]
    payload: Payload | None

    def values(self) -> list[str]:
        return [decode(value.decode("latin-1")) for _, value in self.parts if value is not None]

    def with_values(self, values: Sequence[str], value: str) -> RawRequest:
        """A request of this shape that has nothing else of this one: other values, and one in all of the body."""
        given = iter(values)
        parts = [part if own is None else part + next(given).encode() for part, own in self.parts]
        row = dict.fromkeys(self.payload.keys, value) if self.payload else {}
        return RawRequest(
            method=self.raw.method,
            path=self.raw.path,
            query=b"&".join(parts),
            headers={name: self.raw.headers[name] for name in HEADERS if name in self.raw.headers},
            prefers=self.raw.prefers,
            body=json.dumps(row if self.has_object else [row]).encode() if self.payload else b"",
        )

    @property
    def has_object(self) -> bool:
        return self.payload is not None and is_json_object(self.payload.raw)


def shape_of(raw: RawRequest) -> RequestShape | None:
    """None where it is not plain what is a value, or where requests of one shape would be rare."""
    headers = raw.headers
    if raw.method not in METHODS or raw.path.count("/") != 1 or "range" in headers:
        return None
    given = tuple(headers.get(name) for name in HEADERS)
    texts = (raw.path, *raw.prefers, *(text for text in given if text))
    parts = _parts(raw.query)
    if parts is None or sum(map(len, texts)) + len(raw.query) > LONGEST or any(RARE.search(text) for text in texts):
        return None
    payload = None
    if raw.method in WITH_BODY:
        payload = _payload(raw)
        if payload is None:
            return None
    shown = tuple((part, value is None) for part, value in parts)
    body = (frozenset(payload.keys), is_json_object(payload.raw)) if payload else None
    return RequestShape((raw.method, raw.path, shown, given, raw.prefers, body), raw, parts, payload)


def _payload(raw: RawRequest) -> Payload | None:
    if parse_media_type(raw.headers.get("content-type", JSON.mime)) != JSON:
        return None
    try:
        payload = parse_payload(raw.body, JSON, None, for_function=False)
    except RestError:
        return None
    return payload if sum(map(len, payload.keys)) <= LONGEST else None


def _parts(query: bytes) -> list[tuple[bytes, bytes | None]] | None:
    parts: list[tuple[bytes, bytes | None]] = []
    for text in query.split(b"&") if query else ():
        found = FILTER.fullmatch(text)
        if found and text.partition(b"=")[0].rpartition(b".")[2] not in NO_FILTERS:
            parts.append((found[1], found[2]))
        elif KEPT.fullmatch(text):
            parts.append((text, None))
        else:
            return None
    return parts
