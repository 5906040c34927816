"""POST, PATCH, PUT and DELETE: what is stored, what is answered, what is told of it."""

import socket
from typing import Any

import httpx
import pytest

from rest.conftest import prefer

SHOW = prefer("return=representation")


def sent(api: httpx.Client, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    return api.request(method, f"/{path}", json=body, headers=headers)


def test_insert_answers_with_as_little_as_is_asked_for(api: httpx.Client) -> None:
    client = {"id": 9, "name": "New"}
    minimal = sent(api, "POST", "clients", client)
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert (minimal.headers["Content-Length"], minimal.headers["Content-Range"]) == ("0", "*/*")
    assert "Location" not in minimal.headers
    assert "Content-Type" not in minimal.headers
    located = sent(api, "POST", "clients", client, **prefer("return=headers-only"))
    assert (located.status_code, located.headers["Location"]) == (201, "/clients?id=eq.9")
    assert located.headers["Preference-Applied"] == "return=headers-only"
    shown = sent(api, "POST", "clients?select=name,vip", client, **SHOW)
    assert (shown.status_code, shown.json()) == (201, [{"name": "New", "vip": False}])
    assert shown.headers["Content-Type"] == "application/json; charset=utf-8"


def test_insert_of_several_rows_is_one_statement(api: httpx.Client) -> None:
    body = [{"id": 9, "name": "a"}, {"id": 10, "name": "b"}]
    response = sent(api, "POST", "clients?select=id", body, **prefer("return=representation", "count=exact"))
    assert response.json() == [{"id": 9}, {"id": 10}]
    assert response.headers["Content-Range"] == "*/2"
    again = sent(api, "POST", "clients", [*body, {"id": 9, "name": "c"}])
    assert (again.status_code, again.json()["code"]) == (409, "23505")
    assert api.get("/clients?id=gt.3").json() == []


def test_location_names_every_column_of_the_key(api: httpx.Client) -> None:
    shelf = {"room": "a b&c", "number": 7, "label": "x"}
    response = sent(api, "POST", "shelves", shelf, **prefer("return=headers-only"))
    assert response.headers["Location"] == "/shelves?room=eq.a%20b%26c&number=eq.7"


def test_related_rows_are_shown_of_what_was_written(api: httpx.Client) -> None:
    project = {"id": 9, "name": "New", "client_id": 1}
    inserted = sent(api, "POST", "projects?select=name,clients(name),tasks(name)", project, **SHOW)
    assert inserted.json() == [{"name": "New", "clients": {"name": "Miller"}, "tasks": []}]
    path = "clients?id=eq.1&select=shout,first_project(name),projects(name)&projects.order=id.desc"
    changed = sent(api, "PATCH", path, {"name": "Renamed"}, **SHOW)
    assert changed.json() == [
        {
            "shout": "RENAMED",
            "first_project": {"name": "Gate"},
            "projects": [{"name": "Shelf"}, {"name": "Gate"}],
        }
    ]
    task = sent(api, "DELETE", "users_tasks?user_id=eq.1&select=users(name)&order=task_id", **SHOW)
    assert task.json() == [{"users": {"name": "Ann"}}] * 2


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", b'{"title": "t", "body": null}'),
        ("application/json", b'[{"title": "t", "body": null}]'),
        ("text/csv", b"title,body\nt,NULL\n"),
        ("text/csv; charset=utf-8", b'"title","body"\r\n"t",NULL\r\n'),
        ("application/x-www-form-urlencoded", b"title=t"),
    ],
)
def test_body_comes_as_json_csv_or_form(api: httpx.Client, media: str, body: bytes) -> None:
    response = api.post("/notes?select=title,body", content=body, headers={"Content-Type": media, **SHOW})
    assert (response.status_code, response.json()) == (201, [{"title": "t", "body": None}])


@pytest.mark.parametrize(
    ("media", "body", "message"),
    [
        ("application/json", b"{", "Empty or invalid json"),
        ("application/json", b"", "Empty or invalid json"),
        ("application/json", b"NaN", "Empty or invalid json"),
        ("application/json", b'[{"a": 1}, {"b": 1}]', "All object keys must match"),
        ("application/json", b"[1]", "All object keys must match"),
        ("text/csv", b"a,b\n1\n", "All lines must have same number of fields"),
        ("image/png", b"x", "Content-Type not acceptable: image/png"),
    ],
)
def test_wrong_body_is_named(api: httpx.Client, media: str, body: bytes, message: str) -> None:
    response = api.post("/no_key", content=body, headers={"Content-Type": media})
    assert (response.status_code, response.json()["code"], response.json()["message"]) == (400, "PGRST102", message)


def test_nothing_is_written_of_a_body_that_breaks_off(api: httpx.Client) -> None:
    """Its first lines would be a whole CSV file."""
    head = "POST /clients HTTP/1.1\r\nHost: flows\r\nContent-Type: text/csv\r\nPrefer: tx=commit\r\n"
    body = "id,name\n901,Broken\n"
    with socket.create_connection((api.base_url.host, api.base_url.port or 80)) as connection:
        connection.sendall(f"{head}Content-Length: 1000\r\n\r\n{body}".encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1_000) == b""
    assert api.get("/clients?id=eq.901").json() == []


def test_columns_say_what_to_take_from_the_body(api: httpx.Client) -> None:
    body = [{"title": "a", "other": 1}, {"title": "b", "body": "c"}]
    response = sent(api, "POST", 'notes?columns="title",body&select=title,body', body, **SHOW)
    assert response.json() == [{"title": "a", "body": None}, {"title": "b", "body": "c"}]
    unknown = sent(api, "POST", "notes?columns=nope", body)
    assert (unknown.status_code, unknown.json()) == (
        400,
        {
            "code": "PGRST204",
            "details": None,
            "hint": None,
            "message": "Could not find the 'nope' column of 'notes' in the schema cache",
        },
    )


def test_missing_values_are_null_or_the_default(api: httpx.Client) -> None:
    body = [{"body": "x"}, {"title": "t"}]
    path = "notes?columns=title,body,created_on&select=title,body,created_on"
    nulls = sent(api, "POST", path, body, **SHOW)
    assert nulls.json()[0] == {"title": None, "body": "x", "created_on": None}
    defaults = sent(api, "POST", path, body, **prefer("return=representation", "missing=default"))
    assert defaults.json() == [
        {"title": "untitled", "body": "x", "created_on": "2026-01-01"},
        {"title": "t", "body": None, "created_on": "2026-01-01"},
    ]
    assert defaults.headers["Preference-Applied"] == "missing=default, return=representation"
    one = sent(api, "POST", path, {}, **prefer("return=representation", "missing=default"))
    assert one.json()[0]["title"] == "untitled"


def test_row_of_defaults_alone(api: httpx.Client) -> None:
    assert sent(api, "POST", "notes?select=title", {}, **SHOW).json() == [{"title": "untitled"}]
    assert sent(api, "POST", "notes?select=title", [{}, {}], **SHOW).json() == [{"title": "untitled"}] * 2
    assert sent(api, "POST", "notes", [], **SHOW).json() == []


@pytest.mark.parametrize(
    ("query", "preference", "body", "status", "rows"),
    [
        ("", "merge-duplicates", [("nuts", 50), ("new", 3)], 201, [("nuts", 50), ("new", 3)]),
        ("", "merge-duplicates", [("nuts", 50)], 200, [("nuts", 50)]),
        ("", "ignore-duplicates", [("nuts", 50), ("new", 3)], 201, [("new", 3)]),
        ("&on_conflict=amount", "merge-duplicates", [("wing nuts", 5)], 200, [("wing nuts", 5)]),
        ('&on_conflict="amount"', "ignore-duplicates", [("wing nuts", 5)], 201, []),
    ],
)
def test_rows_that_are_there_are_merged_or_ignored(
    api: httpx.Client, query: str, preference: str, body: list[tuple[str, int]], status: int, rows: list[Any]
) -> None:
    sent_rows = [{"name": name, "amount": amount} for name, amount in body]
    preferences = prefer("return=representation", f"resolution={preference}")
    response = sent(api, "POST", f"tallies?{query}", sent_rows, **preferences)
    assert (response.status_code, response.json()) == (status, [{"name": n, "amount": a} for n, a in rows])
    assert response.headers["Preference-Applied"] == f"resolution={preference}, return=representation"


def test_put_stores_one_row_under_its_key(api: httpx.Client) -> None:
    changed = sent(api, "PUT", "tallies?name=eq.nuts", {"name": "nuts", "amount": 1}, **SHOW)
    assert (changed.status_code, changed.json()) == (200, [{"name": "nuts", "amount": 1}])
    made = sent(api, "PUT", "tallies?name=eq.new", {"name": "new", "amount": 1}, **SHOW)
    assert made.status_code == 201
    assert sent(api, "PUT", "tallies?name=eq.new", {"name": "new", "amount": 1}).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("tallies?name=eq.nuts", {"name": "bolts", "amount": 1}, 400, "PGRST115"),
        ("tallies?name=eq.nuts&limit=1", {"name": "nuts"}, 400, "PGRST114"),
        ("tallies", {"name": "nuts"}, 405, "PGRST105"),
        ("tallies?amount=eq.5", {"name": "nuts"}, 405, "PGRST105"),
        ("tallies?name=like.nuts", {"name": "nuts"}, 405, "PGRST105"),
        ("tallies?name=eq.nuts&or=(name.eq.x,name.eq.y)", {"name": "nuts"}, 405, "PGRST105"),
        ("no_key?a=eq.1", {"a": 1}, 405, "PGRST105"),
    ],
)
def test_put_of_anything_else_is_refused(api: httpx.Client, path: str, body: Any, status: int, code: str) -> None:
    response = sent(api, "PUT", path, body)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_patch_changes_what_the_filters_choose(api: httpx.Client) -> None:
    silent = sent(api, "PATCH", "clients?id=gt.1", {"vip": True})
    assert (silent.status_code, silent.content, silent.headers["Content-Range"]) == (204, b"", "0-1/*")
    assert "Content-Type" not in silent.headers
    assert "Content-Length" not in silent.headers
    shown = sent(
        api, "PATCH", "clients?or=(id.eq.1,id.eq.2)&order=id.desc&select=id,vip", {"vip": True},
        **prefer("return=representation", "count=exact"),
    )  # fmt: skip
    assert (shown.status_code, shown.json()) == (200, [{"id": 2, "vip": True}, {"id": 1, "vip": True}])
    assert shown.headers["Content-Range"] == "0-1/2"
    none = sent(api, "PATCH", "clients?id=eq.99", {"vip": True}, **SHOW)
    assert (none.status_code, none.json(), none.headers["Content-Range"]) == (200, [], "*/*")
    empty = sent(api, "PATCH", "clients?id=eq.1", {}, **SHOW)
    assert (empty.status_code, empty.json()) == (200, [])


def test_patch_with_defaults_for_what_is_missing(api: httpx.Client) -> None:
    path = "clients?id=eq.1&columns=vip&select=vip"
    response = sent(api, "PATCH", path, {}, **prefer("return=representation", "missing=default"))
    assert response.json() == [{"vip": False}]


def test_delete_removes_what_the_filters_choose(api: httpx.Client) -> None:
    silent = sent(api, "DELETE", "no_key?a=eq.1")
    assert (silent.status_code, silent.content, silent.headers["Content-Range"]) == (204, b"", "*/*")
    shown = sent(
        api, "DELETE", "no_key?a=gte.1&select=b&order=a.desc", **prefer("return=representation", "count=exact")
    )
    assert (shown.status_code, shown.json()) == (200, [{"b": "two"}, {"b": "one"}])
    assert shown.headers["Content-Range"] == "*/2"


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"vip": True}), ("DELETE", None)])
def test_more_than_max_affected_are_left_alone(api: httpx.Client, method: str, body: Any) -> None:
    path = "clients?id=gt.1" if method == "PATCH" else "no_key?a=gte.1"
    allowed = sent(api, method, path, body, **prefer("handling=strict", "max-affected=2"))
    assert allowed.status_code == 204
    assert allowed.headers["Preference-Applied"] == "handling=strict, max-affected=2"
    refused = sent(api, method, path, body, **prefer("handling=strict", "max-affected=1"))
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "code": "PGRST124",
            "details": "The query affects 2 rows",
            "hint": None,
            "message": "Query result exceeds max-affected preference constraint",
        },
    )
    lenient = sent(api, method, path, body, **prefer("max-affected=1"))
    assert (lenient.status_code, "Preference-Applied" in lenient.headers) == (204, False)


def test_one_row_or_none_at_all(api: httpx.Client) -> None:
    one = {"Accept": "application/vnd.pgrst.object+json"}
    changed = sent(api, "PATCH", "clients?id=eq.1&select=id", {"vip": False}, **SHOW, **one)
    assert (changed.status_code, changed.json()) == (200, {"id": 1})
    assert changed.headers["Content-Type"] == "application/vnd.pgrst.object+json; charset=utf-8"
    many = sent(api, "PATCH", "clients", {"vip": False}, **SHOW, **one)
    assert (many.status_code, many.json()["code"]) == (406, "PGRST116")
    assert many.json()["details"] == "The result contains 3 rows"


def test_unknown_preference_matters_only_when_it_is_to(api: httpx.Client) -> None:
    refused = sent(api, "GET", "clients", **prefer("handling=strict", "anything", "count=all"))
    assert (refused.status_code, refused.json()) == (
        400,
        {
            "code": "PGRST122",
            "details": "Invalid preferences: anything, count=all",
            "hint": None,
            "message": "Invalid preferences given with handling=strict",
        },
    )
    assert sent(api, "GET", "clients", **prefer("anything", "handling=lenient")).status_code == 200


def test_times_are_shown_in_the_zone_that_is_preferred(api: httpx.Client) -> None:
    path = "things?select=made_at&id=eq.1"
    there = sent(api, "GET", path, **prefer("timezone=America/New_York"))
    assert there.json() == [{"made_at": "2020-01-01T07:00:00-05:00"}]
    assert there.headers["Preference-Applied"] == "timezone=America/New_York"
    by_offset = sent(api, "GET", path, **prefer("timezone=-3"))
    assert by_offset.json() == [{"made_at": "2020-01-01T09:00:00-03:00"}]
    for handling in ("strict", "lenient"):
        nowhere = sent(api, "GET", path, **prefer("timezone=Moon/Crater", f"handling={handling}"))
        assert (nowhere.status_code, nowhere.json()["code"]) == (400, "22023")


def test_change_stays_only_where_that_is_preferred_and_allowed(api: httpx.Client) -> None:
    body = {"id": 50, "name": "Stays"}
    kept = sent(api, "POST", "users", body, **prefer("tx=commit"))
    assert kept.headers["Preference-Applied"] == "tx=commit"
    assert api.get("/users?id=eq.50").json() == [body]
    taken_back = sent(api, "DELETE", "users?id=eq.50", **prefer("tx=rollback"))
    assert taken_back.headers["Preference-Applied"] == "tx=rollback"
    sent(api, "DELETE", "users?id=eq.50")
    assert api.get("/users?id=eq.50").json() == [body]
    sent(api, "DELETE", "users?id=eq.50", **prefer("tx=commit"))
    assert api.get("/users?id=eq.50").json() == []


async def test_preferred_end_is_ignored_where_the_setting_decides(serving: Any) -> None:
    body = {"id": 51, "name": "Goes"}
    async with serving(db_tx_end="rollback") as api:
        response = await api.post("/users", json=body, headers=prefer("tx=commit"))
        assert (response.status_code, "Preference-Applied" in response.headers) == (201, False)
        assert (await api.get("/users?id=eq.51")).json() == []


def test_deferred_constraint_speaks_up_before_all_is_taken_back(api: httpx.Client) -> None:
    response = sent(api, "POST", "deferred", {"id": 2, "twin": 1})
    assert (response.status_code, response.json()["code"]) == (409, "23505")


def test_domain_is_written_in_its_own_format(api: httpx.Client) -> None:
    response = sent(api, "POST", "paints", {"id": 9, "shade": "#00ff00"}, **SHOW)
    assert response.json() == [{"id": 9, "name": None, "shade": "#00ff00"}]
    changed = sent(api, "PATCH", "paints?shade=eq.%23ff0000&select=id,shade", {"shade": "#123456"}, **SHOW)
    assert changed.json() == [{"id": 1, "shade": "#123456"}]


def test_values_keep_their_types(api: httpx.Client) -> None:
    body = {
        "label": "wrench", "state": "used", "made_at": "2026-01-01T00:00:00Z", "weight": 0.10, "tags": ["a", "b,c"],
        "marks": [1, 2], "sizes": "[1,5)", "data": {"a": [1, None]}, "raw": {"b": "é"}, "broken": True,
        "code": "00000000-0000-4000-8000-000000000009", "address": "10.1.0.0/16",
    }  # fmt: skip
    names = ",".join(body)
    (row,) = sent(api, "POST", f"things?select={names}", body, **SHOW).json()
    assert row == {**body, "made_at": "2026-01-01T00:00:00+00:00"}
    too_long = sent(api, "POST", "things", {"label": "much too long a label"})
    assert (too_long.status_code, too_long.json()["code"]) == (400, "22001")
    generated = sent(api, "POST", "things", {"constant": 8})
    assert (generated.status_code, generated.json()["code"]) == (400, "428C9")
