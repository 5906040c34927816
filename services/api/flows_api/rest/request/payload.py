"""The body: JSON, CSV or a form, brought into the one shape that the database reads."""

import csv
import io
import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import parse_qsl

from flows_api.rest.errors import BodyWrong
from flows_api.rest.media_types import CSV, FORM, JSON, OCTETS, TEXT, XML, MediaType

KEYS_DIFFER: Final = "All object keys must match"
NOT_JSON: Final = "Empty or invalid json"
LINES_DIFFER: Final = "All lines must have same number of fields"
AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
FORM_BYTES: Final = 262_144  # decoding one takes up to 200 times as many
FORM_FIELDS: Final = 10_000
WHITESPACE: Final = b" \t\r\n"


@dataclass(frozen=True)
class Payload:
    """`raw` is JSON, or what a function takes as it is; `fields` are a form's; `keys` those of every row."""

    raw: bytes
    keys: AbstractSet[str] = frozenset()
    fields: tuple[tuple[str, str], ...] | None = None


def parse_payload(body: bytes, media: MediaType, columns: AbstractSet[str] | None, *, for_function: bool) -> Payload:
    """`columns` say which keys to take, and the body is then not looked into."""
    if media == JSON:
        return _json(body, columns, for_function=for_function)
    if media == CSV:
        return _csv(body)
    if media == FORM:
        fields = _form(body)
        if for_function:
            return Payload(b"", {name for name, _ in fields}, tuple(fields))
        return Payload(_dump(dict(fields)), {name for name, _ in fields})
    if for_function and media in (TEXT, XML, OCTETS):
        return Payload(body)
    raise BodyWrong(f"Content-Type not acceptable: {media.mime}")


def is_json_object(body: bytes) -> bool:
    return body.lstrip(WHITESPACE)[:1] == b"{"


def _json(body: bytes, columns: AbstractSet[str] | None, *, for_function: bool) -> Payload:
    if columns is not None:
        return Payload(body, columns)
    if not body and for_function:
        return Payload(body)
    keys = _keys(_load(body))
    return Payload(b"[]") if keys is None else Payload(body, keys)


def _load(body: bytes) -> object:
    """Numbers are not read: the database does that."""
    try:
        return json.loads(body.decode(), parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BodyWrong(NOT_JSON) from None


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("JSON has no such number")


def _keys(value: object) -> AbstractSet[str] | None:
    """Those that every object has; none where there is no object at all."""
    if isinstance(value, dict):
        return value.keys()
    if not isinstance(value, list) or not value:
        return None
    first = value[0].keys() if isinstance(value[0], dict) else None
    if first is None or not all(isinstance(item, dict) and item.keys() == first for item in value):
        raise BodyWrong(KEYS_DIFFER)
    return frozenset(first)


def _csv(body: bytes) -> Payload:
    """Written as it is read: a line takes many times its own bytes as a list."""
    try:
        lines = filter(None, csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
        header = next(lines, None)
        if header is None:
            raise BodyWrong("parse error (not enough input)")
        rows = io.BytesIO()
        for number, line in enumerate(lines):
            rows.write(b"," if number else b"[")
            rows.write(_row(header, line))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BodyWrong(f"parse error ({error})") from None
    return Payload(rows.getvalue() + b"]", frozenset(header)) if rows.tell() else Payload(b"[]")


def _row(header: list[str], line: list[str]) -> bytes:
    if len(line) != len(header):
        raise BodyWrong(LINES_DIFFER)
    values = [None if value == "NULL" else value for value in line]
    return _dump(dict(zip(header, values, strict=True)))


def _form(body: bytes) -> list[tuple[str, str]]:
    if len(body) > FORM_BYTES:
        raise BodyWrong(f"a form holds at most {FORM_BYTES} bytes")
    try:
        return parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    except ValueError:
        raise BodyWrong(f"a form has at most {FORM_FIELDS} fields") from None


def _dump(value: object) -> bytes:
    return AS_JSON.encode(value).encode(errors="replace")
