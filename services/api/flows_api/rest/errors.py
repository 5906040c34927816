"""What can be wrong with a request, in PostgREST's words: code, message, details and hint, each with its status."""

from typing import ClassVar

import asyncpg

from flows_shared.errors import FlowsError


class RestError(FlowsError):
    """Answered as `{"code", "message", "details", "hint"}` with the class's status."""

    code = "PGRSTX00"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, details: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.details = details
        self.hint = hint

    def answer(self) -> tuple[int, str]:
        """The status and the code of this very error."""
        return self.status, self.code

    def headers(self) -> list[tuple[bytes, bytes]]:
        return []


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


class QueryStringWrong(RestError):
    """`details` says what stands where something else was expected."""

    code = "PGRST100"


class RangeWrong(RestError):
    code = "PGRST103"
    status = 416

    def __init__(self, details: str) -> None:
        super().__init__("Requested range not satisfiable", details=details)


class SchemaNotExposed(RestError):
    code = "PGRST106"
    status = 406

    def __init__(self, schema: str, exposed: list[str]) -> None:
        hint = f"Only the following schemas are exposed: {', '.join(exposed)}"
        super().__init__(f"Invalid schema: {schema}", hint=hint)


class MediaTypeUnavailable(RestError):
    code = "PGRST107"
    status = 406

    def __init__(self, asked: str) -> None:
        super().__init__(f"None of these media types are available: {asked}")


class NotEmbedded(RestError):
    code = "PGRST108"

    def __init__(self, resource: str) -> None:
        super().__init__(
            f"'{resource}' is not an embedded resource in this request",
            hint=f"Verify that '{resource}' is included in the 'select' query parameter.",
        )


class MethodUnsupported(RestError):
    code = "PGRST117"
    status = 405

    def __init__(self, method: str) -> None:
        super().__init__(f"Unsupported HTTP method: {method}")

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"allow", b"GET, HEAD")]


class PathWrong(RestError):
    code = "PGRST125"
    status = 404

    def __init__(self) -> None:
        super().__init__("Invalid path specified in request URL")


class NotSupported(RestError):
    """A part of the dialect that this gateway does not speak."""

    code = "PGRST127"

    def __init__(self, details: str) -> None:
        super().__init__("Feature not implemented", details=details)


class RelationUnknown(RestError):
    code = "PGRST205"
    status = 404

    def __init__(self, schema: str, name: str, meant: str | None) -> None:
        hint = f"Perhaps you meant the table '{schema}.{meant}'" if meant else None
        super().__init__(f"Could not find the table '{schema}.{name}' in the schema cache", hint=hint)


class ColumnUnknown(RestError):
    """As PostgreSQL says it, but known before PostgreSQL is asked."""

    code = "42703"

    def __init__(self, relation: str, name: str, meant: str | None) -> None:
        hint = f'Perhaps you meant to reference the column "{relation}.{meant}".' if meant else None
        super().__init__(f"column {relation}.{name} does not exist", hint=hint)


class TypeUnknown(RestError):
    code = "42704"

    def __init__(self, name: str) -> None:
        super().__init__(f'type "{name}" does not exist')


class TokenRefused(RestError):
    """The host did not believe who calls; PGRST303 where a claim is wrong, PGRST301 where the token is."""

    status = 401

    def __init__(self, message: str, *, claims: bool, details: str) -> None:
        super().__init__(message, details=details)
        self.code = "PGRST303" if claims else "PGRST301"

    def headers(self) -> list[tuple[bytes, bytes]]:
        challenge = f'Bearer error="invalid_token", error_description="{self}"'
        return [(b"www-authenticate", challenge.encode("ascii", "replace"))]


class StatementRefused(RestError):
    """PostgreSQL refused the statement; its SQLSTATE is the code."""

    def __init__(self, error: asyncpg.PostgresError, *, anonymous: bool) -> None:
        super().__init__(error.args[0] if error.args else "", details=error.detail, hint=error.hint)
        self.sqlstate = error.sqlstate or "XX000"
        self.anonymous = anonymous

    def answer(self) -> tuple[int, str]:
        return status_of(self.sqlstate, anonymous=self.anonymous), self.sqlstate

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"www-authenticate", b"Bearer")] if self.answer()[0] == 401 else []


# By the longest prefix of the SQLSTATE.
STATUSES: dict[str, int] = {
    "08": 503, "09": 500, "0L": 403, "0P": 403, "21000": 500, "23503": 409, "23505": 409, "25": 500, "25006": 405,
    "28": 403, "2D": 500, "38": 500, "39": 500, "3B": 500, "40": 500, "42883": 404, "42P01": 404, "42P17": 500,
    "42501": 403, "53": 503, "53400": 500, "54": 500, "55": 500, "57": 500, "57P01": 503, "58": 500, "F0": 500,
    "HV": 500, "P0001": 400, "P0": 500, "XX": 500,
}  # fmt: skip


def status_of(sqlstate: str, *, anonymous: bool) -> int:
    """What PostgREST answers for an SQLSTATE: who is not logged in may have the right when they are."""
    if sqlstate == "42501" and anonymous:
        return 401
    return next((STATUSES[sqlstate[:length]] for length in (5, 2) if sqlstate[:length] in STATUSES), 400)
