"""What is wrong is named: code, message, details and hint, with the status that clients of PostgREST expect."""

import json
from typing import Any

import httpx
import pytest

from rest.conftest import Serving, author


@pytest.mark.parametrize(
    ("parameter", "value", "message", "details"),
    [
        ("name", "noop.0", '"failed to parse filter (noop.0)" (line 1, column 1)',
         'unexpected "o" expecting "not" or operator (eq, gt, ...)'),
        ("name", "Miller", '"failed to parse filter (Miller)" (line 1, column 1)',
         'unexpected "M" expecting "not" or operator (eq, gt, ...)'),
        ("name", "eq", '"failed to parse filter (eq)" (line 1, column 3)',
         "unexpected end of input expecting operator (eq, gt, ...)"),
        ("name", "in.1,2", '"failed to parse filter (in.1,2)" (line 1, column 4)', 'unexpected "1" expecting "("'),
        ("name", "is.nil", '"failed to parse filter (is.nil)" (line 1, column 5)',
         'unexpected "i" expecting isVal: (null, not_null, true, false, unknown)'),
        ("name", "fts().x", '"failed to parse filter (fts().x)" (line 1, column 5)',
         'unexpected ")" expecting operator (eq, gt, ...)'),
        ("or", "()", '"failed to parse logic tree (())" (line 1, column 4)',
         'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, '
         "or)"),
        ("or", "(id.eq.1,not.xor(id.eq.2,id.eq.3))",
         '"failed to parse logic tree ((id.eq.1,not.xor(id.eq.2,id.eq.3)))" (line 1, column 16)',
         'unexpected "x" expecting logic operator (and, or)'),
        ("select", "id,", '"failed to parse select parameter (id,)" (line 1, column 4)',
         'unexpected end of input expecting "...", field name (* or [a..z0..9_$]), "*" or "count()"'),
        ("select", "id::", '"failed to parse select parameter (id::)" (line 1, column 5)',
         "unexpected end of input expecting letter or digit"),
        ("select", "projects(id", '"failed to parse select parameter (projects(id)" (line 1, column 12)', None),
        ("order", "id.ac", '"failed to parse order (id.ac)" (line 1, column 4)',
         'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
        ("order", "id.asc.nullslasttt", '"failed to parse order (id.asc.nullslasttt)" (line 1, column 17)',
         "unexpected 't' expecting \",\" or end of input"),
        ("columns", "a,", '"failed to parse columns parameter (a,)" (line 1, column 3)',
         "unexpected end of input expecting field name (* or [a..z0..9_$])"),
    ],
)  # fmt: skip
def test_query_string_that_cannot_be_read_says_where(
    api: httpx.Client, parameter: str, value: str, message: str, details: str | None
) -> None:
    response = api.get("/clients", params={parameter: value})
    problem = response.json()
    assert (response.status_code, problem["code"], problem["message"]) == (400, "PGRST100", message)
    assert details is None or problem["details"] == details


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "message", "hint"),
    [
        ("GET", "client", 404, "PGRST205", "Could not find the table 'workshop.client' in the schema cache",
         "Perhaps you meant the table 'workshop.clients'"),
        ("GET", "zzz", 404, "PGRST205", "Could not find the table 'workshop.zzz' in the schema cache", None),
        ("GET", "secrets", 404, "PGRST205", "Could not find the table 'workshop.secrets' in the schema cache", None),
        ("GET", "a/b/c", 404, "PGRST125", "Invalid path specified in request URL", None),
        ("TRACE", "clients", 405, "PGRST117", "Unsupported HTTP method: TRACE", None),
        ("POST", "", 405, "PGRST117", "Unsupported HTTP method: POST", None),
        ("GET", "clients?nam=eq.x", 400, "42703", "column clients.nam does not exist",
         'Perhaps you meant to reference the column "clients.name".'),
        ("GET", "projects?select=clients(nope)", 400, "42703", "column clients_1.nope does not exist", None),
        ("GET", "clients?id=eq.x", 400, "22P02", 'invalid input syntax for type integer: "x"', None),
        ("GET", "clients?id=eq.99999999999", 400, "22003",
         'value "99999999999" is out of range for type integer', None),
        ("GET", "clients?select=id::nope", 400, "42704", 'type "nope" does not exist', None),
        ("GET", "clients?select=id::date", 400, "42846", "cannot cast type integer to date", None),
        ("GET", "things?about=fts(klingon).x", 400, "42704",
         'text search configuration "klingon" does not exist', None),
        ("GET", "author_only", 401, "42501", "permission denied for table author_only", None),
    ],
)  # fmt: skip
def test_request_that_means_nothing_here(
    api: httpx.Client, method: str, path: str, status: int, code: str, message: str, hint: str | None
) -> None:
    response = api.request(method, f"/{path}")
    problem = response.json()
    assert (response.status_code, problem["code"], problem["message"]) == (status, code, message)
    assert problem["hint"] == hint or (hint is None and code == "42703")
    assert response.headers["Proxy-Status"] == f"PostgREST; error={code}"
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert list(problem) == ["code", "details", "hint", "message"]


@pytest.mark.parametrize(
    ("sqlstate", "status"),
    [
        ("23503", 409), ("23505", 409), ("23514", 400), ("22023", 400), ("25006", 405), ("28000", 403), ("42883", 404),
        ("42P01", 404), ("42P17", 500), ("42501", 401), ("53300", 503), ("53400", 500), ("54001", 500), ("55006", 500),
        ("58000", 500), ("P0001", 400), ("P0002", 500), ("XX000", 500), ("21000", 500), ("40001", 500), ("0LP01", 403),
        ("PT402", 402), ("PT40A", 500), ("ABCDE", 400),
    ],
)  # fmt: skip
def test_status_follows_from_the_sqlstate(api: httpx.Client, sqlstate: str, status: int) -> None:
    body = {"sqlstate_": sqlstate, "message": "m", "detail": "d", "hint": "h"}
    response = api.post("/rpc/refuse", json=body)
    assert (response.status_code, response.json()) == (
        status,
        {"code": sqlstate, "details": "d", "hint": "h", "message": "m"},
    )
    assert (response.headers.get("WWW-Authenticate") == "Bearer") == (status == 401)


def test_who_is_known_is_forbidden_and_not_asked_who_they_are(api: httpx.Client) -> None:
    body = {"sqlstate_": "42501", "message": "m", "detail": "d", "hint": "h"}
    assert api.post("/rpc/refuse", json=body, headers=author()).status_code == 403


def test_function_may_raise_the_whole_answer(api: httpx.Client) -> None:
    told = {"code": "123", "message": "ABC", "details": "DEF", "hint": "XYZ"}
    answered = {"status": 332, "headers": {"X-Header": "str"}}
    response = raised(api, json.dumps(told), json.dumps(answered))
    assert (response.status_code, response.json(), response.headers["X-Header"]) == (332, told, "str")
    assert response.headers["Proxy-Status"] == "PostgREST; error=123"


@pytest.mark.parametrize(
    ("message", "detail", "details"),
    [
        ("INVALID", "{}", "Invalid JSON value for MESSAGE: 'INVALID'"),
        ('{"code": "1"}', "{}", "Invalid JSON value for MESSAGE: '{\"code\": \"1\"}'"),
        ('{"code": "1", "message": "m"}', "INVALID", "Invalid JSON value for DETAIL: 'INVALID'"),
        ('{"code": "1", "message": "m"}', '{"status": "x"}', "Invalid JSON value for DETAIL: '{\"status\": \"x\"}'"),
        ('{"code": "1", "message": "m"}', '{"status": 9999, "headers": {}}',
         "Invalid JSON value for DETAIL: '{\"status\": 9999, \"headers\": {}}'"),
        ('{"code": "1", "message": "m"}', None, "DETAIL is missing in the RAISE statement"),
    ],
)  # fmt: skip
def test_raised_answer_that_is_none_is_our_failure(
    api: httpx.Client, message: str, detail: str | None, details: str
) -> None:
    response = raised(api, message, detail)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["details"]) == (500, "PGRST121", details)


async def test_details_and_hints_can_be_hidden(serving: Serving) -> None:
    async with serving(client_error_verbosity="minimal") as api:
        assert (await api.get("/client")).json() == {
            "code": "PGRST205",
            "message": "Could not find the table 'workshop.client' in the schema cache",
        }


def raised(api: httpx.Client, message: str, detail: str | None) -> httpx.Response:
    body: dict[str, Any] = {"message": message} | ({"detail": detail} if detail is not None else {})
    return api.post("/rpc/raised", json=body)
