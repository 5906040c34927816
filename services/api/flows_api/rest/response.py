"""What is answered, ready for the socket."""

import json
from dataclasses import dataclass, field
from typing import Any

from flows_api.rest.database import Rows
from flows_api.rest.errors import RestError
from flows_api.rest.request import ReadRequest

JSON_TYPE = (b"content-type", b"application/json; charset=utf-8")
OPENAPI_TYPE = (b"content-type", b"application/openapi+json; charset=utf-8")


@dataclass(frozen=True)
class Response:
    """`headers_only` keeps the body back."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    headers_only: bool = False


def rows_response(request: ReadRequest, schema: str, rows: Rows) -> Response:
    last = request.offset + rows.count - 1
    found = f"{request.offset}-{last}" if rows.count else "*"
    headers = [
        JSON_TYPE,
        (b"content-range", f"{found}/*".encode()),
        (b"content-profile", (request.profile or schema).encode()),
    ]
    return Response(200, rows.body, headers, request.headers_only)


def document_response(document: dict[str, Any], *, headers_only: bool) -> Response:
    return Response(200, json.dumps(document).encode(), [OPENAPI_TYPE], headers_only)


def error_response(error: RestError) -> Response:
    status, code = error.answer()
    body = {"code": code, "details": error.details, "hint": error.hint, "message": str(error)}
    headers = [JSON_TYPE, (b"proxy-status", f"PostgREST; error={code}".encode()), *error.headers()]
    return Response(status, json.dumps(body).encode(), headers)
