"""What is answered instead of a JSON array: one object, CSV, plans, and what the database makes itself."""

import httpx
import pytest

from rest.conftest import Serving

OBJECT = "application/vnd.pgrst.object+json"


@pytest.mark.parametrize(
    ("accept", "path", "media", "body"),
    [
        ("*/*", "clients?id=eq.1", "application/json; charset=utf-8", b'[{"id":1,"name":"Miller","vip":true}]'),
        (OBJECT, "clients?id=eq.1&select=id", f"{OBJECT}; charset=utf-8", b'{"id":1}'),
        ("Application/VND.pgrst.object", "clients?id=eq.1&select=id", f"{OBJECT}; charset=utf-8", b'{"id":1}'),
        (f"{OBJECT};nulls=stripped", "no_key?a=is.null", f"{OBJECT};nulls=stripped; charset=utf-8", b"{}"),
        ("application/vnd.pgrst.array+json;nulls=stripped", "no_key?or=(a.eq.1,a.is.null)&select=a&order=a",
         "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8", b'[{"a":1},{}]'),
        ("text/csv", "projects?select=id,name&id=lt.3", "text/csv; charset=utf-8", b"id,name\n1,Gate\n2,Oven"),
        ("text/csv", "things?select=label,tags&id=in.(1,3)", "text/csv; charset=utf-8",
         b'label,tags\nanvil,"{heavy,iron}"\n"clamp, big",'),
        ("text/csv", "clients?id=gt.9", "text/csv; charset=utf-8", b"\n"),
        ("text/unknown, text/csv;q=0.5, */*;q=0.1", "users?select=id&id=eq.1", "text/csv; charset=utf-8", b"id\n1"),
        ("text/html,application/json", "users?select=id&id=eq.1", "application/json; charset=utf-8", b'[{"id":1}]'),
        ("text/tab-separated-values", "clients?id=lt.3", "text/tab-separated-values",
         b"id\tname\n1\tMiller\n2\tBaker\n"),
        ("text/tab-separated-values", "rpc/all_clients?id=eq.2", "text/tab-separated-values", b"id\tname\n2\tBaker\n"),
        ("application/x-count", "projects?select=name", "application/x-count", b"rows: 4"),
        ("application/x-count", "projects?id=gt.2", "application/x-count", b"rows: 2"),
        ("text/html", "rpc/page", "text/html", b"<p>Hello</p>"),
        ("application/json", "rpc/page", "application/json; charset=utf-8", b'"<p>Hello</p>"'),
        ("*/*", "rpc/anything", "app/whatever", b"bytes"),
        ("image/png", "rpc/anything", "app/whatever", b"bytes"),
        (OBJECT, "rpc/add?a=1", f"{OBJECT}; charset=utf-8", b"11"),
    ],
)  # fmt: skip
def test_answer_is_of_the_media_type_that_is_accepted(
    api: httpx.Client, accept: str, path: str, media: str, body: bytes
) -> None:
    response = api.get(f"/{path}", headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, media)
    assert response.content.replace(b", \n ", b",") == body
    assert response.headers["Content-Length"] == str(len(response.content))


def test_xml_is_sent_as_postgresql_writes_it(api: httpx.Client) -> None:
    """Without a line that is empty at its beginning, which a cast to text would keep."""
    response = api.get("/rpc/feed", headers={"Accept": "text/xml"})
    if response.status_code == 400 and response.json()["code"] == "0A000":
        pytest.skip("this PostgreSQL is built without XML")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert response.content == b"<feed>\n  <entry/>\n</feed>"


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        ("image/png", "clients"),
        ("text/tab-separated-values", "projects"),
        ("text/tab-separated-values", "clients?select=id"),
        ("text/html", "clients"),
        ("text/html", "rpc/hello?name=x"),
        ("image/png", ""),
    ],
)
def test_what_nothing_makes_is_not_acceptable(api: httpx.Client, accept: str, path: str) -> None:
    response = api.get(f"/{path}", headers={"Accept": accept})
    assert (response.status_code, response.json()) == (
        406,
        {
            "code": "PGRST107",
            "details": None,
            "hint": None,
            "message": f"None of these media types are available: {accept}",
        },
    )


@pytest.mark.parametrize("path", ["clients", "clients?id=gt.9", "rpc/all_clients"])
def test_one_object_is_exactly_one(api: httpx.Client, path: str) -> None:
    response = api.get(f"/{path}", headers={"Accept": OBJECT})
    assert (response.status_code, response.json()["code"]) == (406, "PGRST116")
    assert response.json()["message"] == "Cannot coerce the result to a single JSON object"


def test_plan_is_shown_where_the_setting_allows_it(api: httpx.Client) -> None:
    plan = api.get("/clients", headers={"Accept": "application/vnd.pgrst.plan+json"})
    assert plan.headers["Content-Type"] == ('application/vnd.pgrst.plan+json; for="application/json"; charset=utf-8')
    assert plan.json()[0]["Plan"]["Node Type"] == "Aggregate"
    accept = 'application/vnd.pgrst.plan+text; for="text/csv"; options=analyze|buffers'
    text = api.get("/clients?id=eq.1", headers={"Accept": accept})
    assert text.headers["Content-Type"] == f"{accept}; charset=utf-8"
    assert "actual time" in text.text
    written = api.post("/clients", json={"id": 9, "name": "x"}, headers={"Accept": "application/vnd.pgrst.plan"})
    assert "Insert on clients" in written.text


async def test_plan_is_not_shown_otherwise(serving: Serving) -> None:
    async with serving(db_plan_enabled="false") as api:
        response = await api.get("/clients", headers={"Accept": "application/vnd.pgrst.plan"})
        assert (response.status_code, response.json()["code"]) == (406, "PGRST107")
