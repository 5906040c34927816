"""/rpc: functions by GET and POST, with arguments of every kind, their results shaped like tables."""

from typing import Any

import httpx
import pytest

from rest.conftest import prefer


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("add?a=1&b=2", 3),
        ("add?a=1", 11),
        ("hello?name=you%20there", "Hello, you there"),
        ("hello?name=first&name=last", "Hello, last"),
        ("no_arguments", 42),
        ("numbers?last=3", [1, 2, 3]),
        ("numbers?last=0", []),
        ("all_clients?id=lt.3&select=name&order=name", [{"name": "Baker"}, {"name": "Miller"}]),
        ("all_clients?select=name,projects(name)&vip=is.true&projects.order=id",
         [{"name": "Miller", "projects": [{"name": "Gate"}, {"name": "Shelf"}]}]),
        ("all_clients?select=shout,first_project(name)&id=eq.2",
         [{"shout": "BAKER", "first_project": {"name": "Oven"}}]),
        ("all_clients?select=name&projects=is.null&limit=1", None),
        ("all_clients?limit=1&offset=1&order=id&select=id", [{"id": 2}]),
        ("all_clients?select=name.max()", [{"max": "Nobody"}]),
        ("all_clients?or=(id.eq.1,name.eq.Baker)&select=id", [{"id": 1}, {"id": 2}]),
        ("one_client?id=1&select=name", {"name": "Miller"}),
        ("sum_and_product?a=2&b=5", {"sum": 7, "product": 10}),
        ("table_of?n=3&square=gt.3&order=number.desc", [{"number": 3, "square": 9}, {"number": 2, "square": 4}]),
        ("joined?words=a&words=b", "a-b"),
        ("joined?words=alone", "alone"),
        ("overloaded", "none"),
        ("overloaded?a=1", "a"),
        ("overloaded?b=1&a=1", "a and b"),
        ("arrays?numbers={1,2}", [1, 2]),
        ("uses_the_path", "found"),
        ("setting?name=app.settings.SIGN", "hammer"),
        ("setting?name=request.method", "GET"),
        ("setting?name=request.path", "/rpc/setting"),
        ("who", "flows_rest_anon"),
    ],
)  # fmt: skip
def test_function_by_get(api: httpx.Client, path: str, result: Any) -> None:
    response = api.get(f"/rpc/{path}")
    if result is None:
        assert response.json()["code"] == "42703"
    else:
        assert (response.status_code, response.json()) == (200, result)


@pytest.mark.parametrize(
    ("path", "body", "result"),
    [
        ("add", {"a": 1, "b": 2}, 3),
        ("add", [{"a": 1, "b": 2}, {"a": 100, "b": 200}], 3),
        ("add?columns=a", {"a": 1, "b": 2, "c": 3}, 11),
        ("hello", {"name": "￥"}, "Hello, ￥"),
        ("joined", {"words": ["x", "y"]}, "x-y"),
        ("jsonify", {"value": {"a": [1]}}, {"a": [1]}),
        ("arrays", {"numbers": [1, 2]}, [1, 2]),
        ("takes_json", {"any": ["thing"]}, {"any": ["thing"]}),
        ("all_clients?select=id&id=gt.2", {}, [{"id": 3}]),
        ("one_client", {"id": 99}, {"id": None, "name": None, "vip": None}),
    ],
)
def test_function_by_post(api: httpx.Client, path: str, body: Any, result: Any) -> None:
    response = api.post(f"/rpc/{path}", json=body)
    assert (response.status_code, response.json()) == (200, result)


def test_stable_function_runs_whether_or_not_its_value_is_shown(api: httpx.Client) -> None:
    for answer in (
        api.post("/rpc/void_check", json={"number": 1}),
        api.get("/rpc/void_check?number=1"),
        api.head("/rpc/void_check?number=1"),
    ):
        assert (answer.status_code, answer.content, answer.headers["X-Ran"]) == (204, b"", "yes")
    for refused in (
        api.post("/rpc/void_check", json={"number": -1}),
        api.get("/rpc/void_check?number=-1"),
        api.head("/rpc/void_check?number=-1"),
        api.head("/rpc/checked?number=-1"),
    ):
        assert refused.status_code == 400
    assert api.get("/rpc/checked?number=-1").json()["message"] == "below zero"
    assert api.head("/rpc/checked?number=1").status_code == 200


def test_body_of_other_kinds_is_a_form_or_the_only_argument(api: httpx.Client) -> None:
    assert api.post("/rpc/add", data={"a": "1", "b": "2"}).json() == 3
    assert (
        api.post("/rpc/joined", content=b"words=a&words=b", headers=_type("application/x-www-form-urlencoded")).json()
        == "a-b"
    )
    assert api.post("/rpc/takes_text", content=b"as it is", headers=_type("text/plain")).json() == "AS IT IS"
    assert api.post("/rpc/takes_bytes", content=b"\xff\x00\xfe", headers=_type("application/octet-stream")).json() == 3
    assert api.post("/rpc/no_arguments", content=b"", headers=_type("application/json")).json() == 42


def test_nothing_is_answered_with_nothing(api: httpx.Client) -> None:
    response = api.post("/rpc/nothing")
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers


def test_what_changes_data_needs_post(api: httpx.Client) -> None:
    assert api.post("/rpc/add_note", json={"title": "x"}).status_code == 200
    by_get = api.get("/rpc/add_note?title=x")
    assert (by_get.status_code, by_get.json()["code"]) == (405, "25006")
    by_delete = api.delete("/rpc/add_note")
    assert (by_delete.status_code, by_delete.json()["message"]) == (405, "Cannot use the DELETE method on RPC")


def test_rows_are_paged_and_counted(api: httpx.Client) -> None:
    response = api.get("/rpc/all_clients?limit=2", headers=prefer("count=exact"))
    assert (response.status_code, response.headers["Content-Range"]) == (206, "0-1/3")
    ranged = api.get("/rpc/numbers?last=5", headers={"Range": "1-2"})
    assert (ranged.json(), ranged.headers["Content-Range"]) == ([2, 3], "1-2/*")
    single = api.get("/rpc/add?a=1", headers=prefer("count=exact"))
    assert single.headers["Content-Range"] == "0-0/1"
    head = api.head("/rpc/all_clients?limit=2", headers=prefer("count=exact"))
    assert (head.status_code, head.content, head.headers["Content-Range"]) == (206, b"", "0-1/3")


def test_max_affected_holds_for_functions_that_return_rows(api: httpx.Client) -> None:
    strict = prefer("handling=strict", "max-affected=0")
    assert api.post("/rpc/close_notes", json={}, headers=strict).status_code == 200
    many = api.post("/rpc/all_clients", json={}, headers=prefer("handling=strict", "max-affected=1"))
    assert (many.status_code, many.json()["code"]) == (400, "PGRST124")
    one = api.post("/rpc/add_note", json={"title": "x"}, headers=strict)
    assert (one.status_code, one.json()["code"]) == (400, "PGRST128")


def test_function_decides_status_and_headers(api: httpx.Client) -> None:
    response = api.post("/rpc/teapot")
    assert (response.status_code, response.json()) == (418, "short and stout")
    assert response.headers.get_list("Set-Cookie") == ["a=1", "b=2"]
    assert response.headers["X-Kettle"] == "on"
    for function, code in (("bad_headers", "PGRST111"), ("bad_status", "PGRST112")):
        wrong = api.post(f"/rpc/{function}")
        assert (wrong.status_code, wrong.json()["code"]) == (500, code)


def test_function_sees_headers_cookies_and_claims(api: httpx.Client) -> None:
    headers = {"X-Colour": "green", "Cookie": "a=1; b=two"}
    seen = api.get("/rpc/setting?name=request.cookies", headers=headers).json()
    assert seen.replace(" ", "") == '{"a":"1","b":"two"}'
    seen = api.get("/rpc/setting?name=request.headers", headers=headers).json()
    assert '"x-colour": "green"' in seen
    assert "cookie" not in seen
    assert api.get("/rpc/setting?name=request.jwt.claims").json() == '{"role":"flows_rest_anon"}'


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (
            "hell?name=x",
            {
                "code": "PGRST202",
                "message": "Could not find the function workshop.hell(name) in the schema cache",
                "details": "Searched for the function workshop.hell with parameter name, but no matches were found in "
                "the schema cache.",
                "hint": "Perhaps you meant to call the function workshop.hello",
            },
        ),
        (
            "add?a=1&b=2&c=3",
            {
                "code": "PGRST202",
                "message": "Could not find the function workshop.add(a, b, c) in the schema cache",
                "details": "Searched for the function workshop.add with parameters a, b, c, but no matches were found "
                "in the schema cache.",
                "hint": "Perhaps you meant to call the function workshop.add(a, b)",
            },
        ),
        (
            "unclear",
            {
                "code": "PGRST203",
                "message": "Could not choose the best candidate function between: workshop.unclear(a => integer), "
                "workshop.unclear(b => text)",
                "details": None,
                "hint": "Try renaming the parameters or the function itself in the database so function overloading "
                "can be resolved",
            },
        ),
    ],
)
def test_unknown_function_is_named_with_the_one_that_was_meant(
    api: httpx.Client, path: str, problem: dict[str, Any]
) -> None:
    response = api.get(f"/rpc/{path}")
    assert response.status_code == (300 if problem["code"] == "PGRST203" else 404)
    assert response.json() == problem


def test_nameless_parameter_that_is_not_there(api: httpx.Client) -> None:
    response = api.post("/rpc/hello", content=b"x", headers=_type("text/plain"))
    assert response.json() == {
        "code": "PGRST202",
        "message": "Could not find the function workshop.hello in the schema cache",
        "details": "Searched for the function workshop.hello with a single unnamed text parameter, but no matches were "
        "found in the schema cache.",
        "hint": None,
    }


def test_settings_of_a_function_hold_for_its_transaction(api: httpx.Client) -> None:
    response = api.get("/rpc/slow")
    assert (response.status_code, response.json()["code"]) == (500, "57014")


def _type(media: str) -> dict[str, str]:
    return {"Content-Type": media}
