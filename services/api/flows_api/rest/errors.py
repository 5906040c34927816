"""What can be wrong with a request, in PostgREST's words: code, message, details and hint, each with its status."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, TypeAlias

import asyncpg

from flows_shared.errors import FlowsError

Headers = list[tuple[bytes, bytes]]
Json: TypeAlias = dict[str, Any]


class RestError(FlowsError):
    """Answered as `{"code", "details", "hint", "message"}` with the class's status."""

    code = "PGRSTX00"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, details: object = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.details = details
        self.hint = hint

    def answer(self) -> tuple[int, str]:
        """The status and the code of this very error."""
        return self.status, self.code

    def headers(self) -> Headers:
        return []

    def body(self, *, minimal: bool = False) -> bytes:
        """`minimal` keeps details and hint to ourselves."""
        body: dict[str, object] = {"code": self.answer()[1], "details": self.details, "hint": self.hint}
        body["message"] = str(self)
        if minimal:
            del body["details"], body["hint"]
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


class DatabaseUnreachable(RestError):
    code = "PGRST001"
    status = 503

    def __init__(self, details: str) -> None:
        super().__init__("Database client error. Retrying the connection.", details=details)


class CatalogMissing(RestError):
    code = "PGRST002"
    status = 503

    def __init__(self) -> None:
        super().__init__("Could not query the database for the schema cache. Retrying.")


class PoolExhausted(RestError):
    code = "PGRST003"
    status = 504

    def __init__(self) -> None:
        super().__init__("Timed out acquiring connection from connection pool.")


class ShareExhausted(RestError):
    """The pool has connections, but this caller holds as many as one may."""

    code = "PGRST003"
    status = 429

    def __init__(self) -> None:
        super().__init__("Too many requests of this caller are under way.")

    def headers(self) -> Headers:
        return [(b"retry-after", b"1")]


class AnswerTooLong(RestError):
    code = "PGRSTX01"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"an answer holds at most {most} bytes", hint="Ask for fewer rows, columns or related rows at once."
        )


class QueryStringWrong(RestError):
    """`details` says what stands where something else was expected."""

    code = "PGRST100"


class FunctionMethodWrong(RestError):
    code = "PGRST101"
    status = 405

    def __init__(self, method: str) -> None:
        super().__init__(f"Cannot use the {method} method on RPC")


class BodyWrong(RestError):
    code = "PGRST102"


class BodyTooLong(RestError):
    code = "PGRST102"
    status = 413

    def __init__(self, most: int) -> None:
        super().__init__(f"a body holds at most {most} bytes")


class RangeWrong(RestError):
    code = "PGRST103"
    status = 416

    def __init__(self, details: str) -> None:
        super().__init__("Requested range not satisfiable", details=details)


class UpsertFiltersWrong(RestError):
    code = "PGRST105"
    status = 405

    def __init__(self) -> None:
        super().__init__("Filters must include all and only primary key columns with 'eq' operators")


class SchemaNotExposed(RestError):
    code = "PGRST106"
    status = 406

    def __init__(self, schema: str, exposed: Sequence[str]) -> None:
        hint = f"Only the following schemas are exposed: {', '.join(exposed)}"
        super().__init__(f"Invalid schema: {schema}", hint=hint)


class MediaTypeUnavailable(RestError):
    code = "PGRST107"
    status = 406

    def __init__(self, asked: Sequence[str]) -> None:
        super().__init__(f"None of these media types are available: {', '.join(asked)}")


class NotEmbedded(RestError):
    code = "PGRST108"

    def __init__(self, resource: str, new_name: str | None = None) -> None:
        """`new_name` is what the request calls the relation itself."""
        details, hint = None, f"Verify that '{resource}' is included in the 'select' query parameter."
        if new_name is not None:
            details = "Target names are not allowed in filters if they have an alias"
            hint = f"Change '{resource}' to '{new_name}' in filters, orders or limits."
        super().__init__(f"'{resource}' is not an embedded resource in this request", details=details, hint=hint)


class ResponseHeadersWrong(RestError):
    code = "PGRST111"
    status = 500

    def __init__(self) -> None:
        super().__init__(
            "response.headers guc must be a JSON array composed of objects with a single key and a string value"
        )


class ResponseStatusWrong(RestError):
    code = "PGRST112"
    status = 500

    def __init__(self) -> None:
        super().__init__("response.status guc must be a valid status code")


class UpsertWithRange(RestError):
    code = "PGRST114"

    def __init__(self) -> None:
        super().__init__("limit/offset querystring parameters are not allowed for PUT")


class UpsertKeyDiffers(RestError):
    code = "PGRST115"

    def __init__(self) -> None:
        super().__init__("Payload values do not match URL in primary key column(s)")


class NotOneRow(RestError):
    code = "PGRST116"
    status = 406

    def __init__(self, rows: int) -> None:
        details = f"The result contains {rows} rows"
        super().__init__("Cannot coerce the result to a single JSON object", details=details)


class MethodUnsupported(RestError):
    code = "PGRST117"
    status = 405

    def __init__(self, method: str) -> None:
        super().__init__(f"Unsupported HTTP method: {method}")


class OrderByMany(RestError):
    code = "PGRST118"

    def __init__(self, origin: str, target: str) -> None:
        super().__init__(
            f"A related order on '{target}' is not possible",
            details=f"'{origin}' and '{target}' do not form a many-to-one or one-to-one relationship",
        )


class RaisedWrong(RestError):
    """The database raised SQLSTATE PGRST, but not with the JSON that says what to answer."""

    code = "PGRST121"
    status = 500

    def __init__(self, details: str, hint: str) -> None:
        super().__init__("Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error", details=details, hint=hint)


class PreferencesWrong(RestError):
    code = "PGRST122"

    def __init__(self, preferences: Sequence[str]) -> None:
        details = f"Invalid preferences: {', '.join(preferences)}"
        super().__init__("Invalid preferences given with handling=strict", details=details)


class AggregatesDisabled(RestError):
    code = "PGRST123"

    def __init__(self) -> None:
        super().__init__("Use of aggregate functions is not allowed")


class TooManyAffected(RestError):
    code = "PGRST124"

    def __init__(self, rows: int) -> None:
        details = f"The query affects {rows} rows"
        super().__init__("Query result exceeds max-affected preference constraint", details=details)


class PathWrong(RestError):
    code = "PGRST125"
    status = 404

    def __init__(self) -> None:
        super().__init__("Invalid path specified in request URL")


class RootDisabled(RestError):
    code = "PGRST126"
    status = 404

    def __init__(self) -> None:
        super().__init__("Root endpoint metadata is disabled")


class NotSupported(RestError):
    """A part of the dialect that PostgREST does not have either."""

    code = "PGRST127"

    def __init__(self, details: str) -> None:
        super().__init__("Feature not implemented", details=details)


class MaxAffectedOfOne(RestError):
    code = "PGRST128"

    def __init__(self) -> None:
        super().__init__(
            "Function must return SETOF or TABLE when max-affected preference is used with handling=strict"
        )


class NoRelationship(RestError):
    code = "PGRST200"

    def __init__(self, parent: str, child: str, hinted: str | None, schema: str, hint: str | None) -> None:
        using = f"' using the hint '{hinted}" if hinted is not None else ""
        super().__init__(
            f"Could not find a relationship between '{parent}' and '{child}' in the schema cache",
            details=f"Searched for a foreign key relationship between '{parent}' and '{child}{using}' in the schema "
            f"'{schema}', but no matches were found.",
            hint=hint,
        )


class AmbiguousRelationship(RestError):
    """`candidates` describe each; `hints` are what to write instead."""

    code = "PGRST201"
    status = 300

    def __init__(self, parent: str, child: str, candidates: Sequence[Mapping[str, str]], hints: Sequence[str]) -> None:
        choices = ", ".join(f"'{hint}'" for hint in hints)
        super().__init__(
            f"Could not embed because more than one relationship was found for '{parent}' and '{child}'",
            details=list(candidates),
            hint=f"Try changing '{child}' to one of the following: {choices}. "
            "Find the desired relationship in the 'details' key.",
        )


class FunctionUnknown(RestError):
    code = "PGRST202"
    status = 404


class AmbiguousFunction(RestError):
    code = "PGRST203"
    status = 300

    def __init__(self, signatures: Sequence[str]) -> None:
        super().__init__(
            f"Could not choose the best candidate function between: {', '.join(signatures)}",
            hint="Try renaming the parameters or the function itself in the database so function overloading can be "
            "resolved",
        )


class WrittenColumnUnknown(RestError):
    code = "PGRST204"

    def __init__(self, relation: str, column: str) -> None:
        super().__init__(f"Could not find the '{column}' column of '{relation}' in the schema cache")


class RelationUnknown(RestError):
    code = "PGRST205"
    status = 404

    def __init__(self, schema: str, name: str, meant: str | None) -> None:
        hint = f"Perhaps you meant the table '{schema}.{meant}'" if meant else None
        super().__init__(f"Could not find the table '{schema}.{name}' in the schema cache", hint=hint)


class TypeUnknown(RestError):
    """As PostgreSQL says it, but known before PostgreSQL is asked."""

    code = "42704"

    def __init__(self, name: str) -> None:
        super().__init__(f'type "{name}" does not exist')


class NulRefused(RestError):
    """As PostgreSQL says it of a parameter; a literal cannot even hold it."""

    code = "22021"

    def __init__(self) -> None:
        super().__init__('invalid byte sequence for encoding "UTF8": 0x00')


class SecretMissing(RestError):
    code = "PGRST300"
    status = 500

    def __init__(self) -> None:
        super().__init__("Server lacks JWT secret")


class AnonymousRefused(RestError):
    code = "PGRST302"
    status = 401

    def __init__(self) -> None:
        super().__init__("Anonymous access is disabled")

    def headers(self) -> Headers:
        return [(b"www-authenticate", b"Bearer")]


class TokenRefused(RestError):
    """The host did not believe who calls; PGRST303 where a claim is wrong, PGRST301 where the token is."""

    status = 401

    def __init__(self, message: str, *, claims: bool, details: str | None = None) -> None:
        super().__init__(message, details=details)
        self.code = "PGRST303" if claims else "PGRST301"

    def headers(self) -> Headers:
        challenge = f'Bearer error="invalid_token", error_description="{self}"'
        return [(b"www-authenticate", challenge.encode("ascii", "replace"))]


class StatementRefused(RestError):
    """PostgreSQL refused the statement; its SQLSTATE is the code, unless it raised what is to be answered."""

    def __init__(self, error: asyncpg.PostgresError, *, anonymous: bool) -> None:
        super().__init__(error.args[0] if error.args else "", details=error.detail, hint=error.hint)
        self.sqlstate = error.sqlstate or "XX000"
        self.anonymous = anonymous

    def answer(self) -> tuple[int, str]:
        return status_of(self.sqlstate, str(self), anonymous=self.anonymous), self.sqlstate

    def headers(self) -> Headers:
        return [(b"www-authenticate", b"Bearer")] if self.answer()[0] == 401 else []


class Raised(RestError):
    """`RAISE SQLSTATE 'PGRST'` with JSON in MESSAGE and DETAIL: the database decides the whole answer."""

    def __init__(self, message: Json, detail: Json) -> None:
        super().__init__(message["message"], details=message.get("details"), hint=message.get("hint"))
        self.code = message["code"]
        self.response = detail

    def answer(self) -> tuple[int, str]:
        return self.response["status"], self.code

    def headers(self) -> Headers:
        pairs = self.response["headers"].items()
        return [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in pairs]


MESSAGE_FORM: Final = (
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
)
DETAIL_FORM: Final = (
    "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."
)


def refusal_of(error: asyncpg.PostgresError, *, anonymous: bool) -> RestError:
    """What is answered for PostgreSQL's refusal."""
    if error.sqlstate != "PGRST":
        return StatementRefused(error, anonymous=anonymous)
    text = str(error.args[0]) if error.args else ""
    message = _object(text, {"code": str, "message": str}, {"details": str, "hint": str})
    if message is None:
        return RaisedWrong(f"Invalid JSON value for MESSAGE: '{text}'", MESSAGE_FORM)
    if error.detail is None:
        return RaisedWrong("DETAIL is missing in the RAISE statement", DETAIL_FORM)
    detail = _object(error.detail, {"status": int, "headers": dict}, {"status_text": str})
    if detail is None or not _is_answer(detail):
        return RaisedWrong(f"Invalid JSON value for DETAIL: '{error.detail}'", DETAIL_FORM)
    return Raised(message, detail)


def _is_answer(detail: Json) -> bool:
    return 200 <= detail["status"] <= 599 and all(isinstance(value, str) for value in detail["headers"].values())


def _object(text: str, needed: Mapping[str, type], optional: Mapping[str, type]) -> Json | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, dict) or not all(isinstance(value.get(key), kind) for key, kind in needed.items()):
        return None
    fits = all(value.get(key) is None or isinstance(value[key], kind) for key, kind in optional.items())
    return value if fits else None


# By the longest prefix of the SQLSTATE.
STATUSES: Final[dict[str, int]] = {
    "08": 503, "09": 500, "0L": 403, "0P": 403, "21000": 500, "23503": 409, "23505": 409, "25": 500, "25006": 405,
    "28": 403, "2D": 500, "38": 500, "39": 500, "3B": 500, "40": 500, "42883": 404, "42P01": 404, "42P17": 500,
    "42501": 403, "53": 503, "53400": 500, "54": 500, "54011": 400, "54023": 400,
    "55": 500, "57": 500, "57P01": 503, "58": 500, "F0": 500,
    "HV": 500, "P0001": 400, "P0": 500, "XX": 500,
}  # fmt: skip


def status_of(sqlstate: str, message: str, *, anonymous: bool) -> int:
    """What PostgREST answers for an SQLSTATE: who is not logged in may have the right when they are."""
    # Mistakes that share an SQLSTATE are told apart by nothing but the message: PostgREST reads it too.
    match sqlstate:
        case "42501" if anonymous:
            return 401
        case "21000" if message.endswith("requires a WHERE clause"):
            return 400
        case "22023" if message.startswith("role") and message.endswith("does not exist"):
            return 401
        case "XX000" if message.startswith("cache lookup failed for text search"):
            return 400  # a number was given for its name
        case "42883" if message.startswith("function xmlagg("):
            return 406
    if sqlstate.startswith("PT"):
        return int(sqlstate[2:]) if sqlstate[2:].isdecimal() and 200 <= int(sqlstate[2:]) <= 599 else 500
    return next((STATUSES[sqlstate[:length]] for length in (5, 2) if sqlstate[:length] in STATUSES), 400)
