"""GET a table or view: which columns, which rows, in which order. Request in, rows out."""

from typing import Any

import httpx
import pytest


def rows(api: httpx.Client, path: str, **headers: str) -> Any:
    response = api.get(f"/{path}", headers=headers)
    assert response.status_code in (200, 206), response.text
    return response.json()


@pytest.mark.parametrize(
    ("select", "row"),
    [
        ("label", {"label": "anvil"}),
        ("what:label,weight", {"what": "anvil", "weight": 100.5}),
        ("weight::text", {"weight": "100.5"}),
        ("heavy:weight::int", {"heavy": 101}),
        (" label , id ", {"label": "anvil", "id": 1}),
        ('"label","a name: with (signs)":id', {"label": "anvil", "a name: with (signs)": 1}),
        ("data->colour", {"colour": "grey"}),
        ("data->>colour", {"colour": "grey"}),
        ("data->parts->0->id", {"id": 1}),
        ("data->parts->-1", {"parts": {"id": 2}}),
        ("second:data->parts->1->>id", {"second": "2"}),
        ("n:data->parts->1->>id::int", {"n": 2}),
        ("raw->a->b", {"b": 1}),
        ("tags->0", {"tags": "heavy"}),
        ("marks->>1", {"marks": "2"}),
        ("state,sizes,address,constant", {"state": "used", "sizes": "[1,10)", "address": "10.0.0.1", "constant": 7}),
    ],
)
def test_select_names_renames_casts_and_looks_into_json(api: httpx.Client, select: str, row: dict[str, Any]) -> None:
    assert api.get("/things", params={"select": select, "id": "eq.1"}).json() == [row]


def test_select_everything_and_more(api: httpx.Client) -> None:
    assert rows(api, "clients?select=*,shout,again:name&id=eq.2") == [
        {"id": 2, "name": "Baker", "vip": False, "shout": "BAKER", "again": "Baker"}
    ]
    assert rows(api, "clients?select=&id=eq.2") == [{"id": 2, "name": "Baker", "vip": False}]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("id=eq.2", ["bolt"]),
        ("id=neq.2", ["anvil", "clamp, big"]),
        ("id=gt.1&id=lt.3", ["bolt"]),
        ("id=gte.2&id=lte.2", ["bolt"]),
        ("id=not.eq.2", ["anvil", "clamp, big"]),
        ("label=like.*vi*", ["anvil"]),
        ("label=ilike.ANV*", ["anvil"]),
        ("label=match.^[ab]", ["anvil", "bolt"]),
        ("label=imatch.^B", ["bolt"]),
        ("label=like(any).{a*,b*}", ["anvil", "bolt"]),
        ("label=like(all).{*a*,*l*}", ["anvil", "clamp, big"]),
        ("id=eq(any).{1,3}", ["anvil", "clamp, big"]),
        ("id=gt(all).{0,1}", ["bolt", "clamp, big"]),
        ("id=not.eq(any).{1,3}", ["bolt"]),
        ("id=in.(1,2)", ["anvil", "bolt"]),
        ('label=in.(bolt,"clamp, big")', ["bolt", "clamp, big"]),
        ('label=in.("an\\vil")', ["anvil"]),
        ("id=in.()", []),
        ("id=not.in.(1,2)", ["clamp, big"]),
        ("state=eq.used", ["anvil"]),
        ("state=in.(new,broken)", ["bolt", "clamp, big"]),
        ("broken=is.true", ["clamp, big"]),
        ("broken=is.FALSE", ["anvil"]),
        ("broken=is.unknown", ["bolt"]),
        ("made_on=is.null", ["clamp, big"]),
        ("made_on=is.not_null", ["anvil", "bolt"]),
        ("made_on=not.is.null", ["anvil", "bolt"]),
        ("made_on=isdistinct.2020-01-01", ["bolt", "clamp, big"]),
        ("made_at=gte.2021-01-01T00:00:00%2B00:00", ["bolt"]),
        ("code=eq.00000000-0000-4000-8000-000000000001", ["anvil"]),
        ("tags=cs.{iron}", ["anvil", "bolt"]),
        ("tags=cd.{iron,wood}", ["bolt"]),
        ("marks=ov.{2,3}", ["anvil", "bolt"]),
        ("sizes=cs.[2,3)", ["anvil"]),
        ("sizes=sl.[10,11)", ["anvil"]),
        ("sizes=sr.[1,10)", ["bolt"]),
        ("sizes=nxr.[1,12)", ["anvil"]),
        ("sizes=nxl.[5,30)", ["bolt"]),
        ("sizes=adj.[10,20)", ["anvil"]),
        ('data=cs.{"colour":"grey"}', ["anvil"]),
        ("data->>colour=eq.black", ["bolt"]),
        ("data->parts->0->>id=eq.1", ["anvil"]),
        ("data->parts->0->id=eq.1", ["anvil"]),
        ("raw->>a=not.is.null", ["anvil"]),
        ("about=fts.heavy", ["anvil"]),
        ("about=plfts(english).small%20bolts", ["bolt"]),
        ("about=not.phfts(english).heavy%20iron", ["bolt"]),
        ("note=fts(english).possible", ["bolt"]),
        ("note=wfts(english).impossible%20or%20fun", ["anvil", "bolt"]),
        ("or=(id.eq.1,label.eq.bolt)", ["anvil", "bolt"]),
        ("and=(id.gt.1,id.lt.3)", ["bolt"]),
        ("not.or=(id.eq.1,id.eq.2)", ["clamp, big"]),
        ("or=(id.eq.1,and(id.gt.1,label.like.cl*))", ["anvil", "clamp, big"]),
        ("or=(id.eq.1,not.and(id.gte.2,id.lt.4))", ["anvil"]),
        ('or=(label.eq."clamp, big",tags.cs.{heavy,iron})', ["anvil", "clamp, big"]),
        ("or=(id.in.(1,3),id.not.is.null)", ["anvil", "bolt", "clamp, big"]),
        ("or=( id.eq.1, data->>colour.eq.black)", ["anvil", "bolt"]),
        ("or=(note.fts(english).fun,id.eq(any).{1})", ["anvil", "bolt"]),
    ],
)
def test_filters_choose_rows(api: httpx.Client, query: str, labels: list[str]) -> None:
    assert [row["label"] for row in rows(api, f"things?select=label&order=id&{query}")] == labels


@pytest.mark.parametrize(
    ("order", "letters"),
    [
        ("a", ["one", "two", None]),
        ("a.desc", [None, "two", "one"]),
        ("a.nullsfirst", [None, "one", "two"]),
        ("a.desc.nullslast", ["two", "one", None]),
        ("b.asc.nullsfirst,a", [None, "one", "two"]),
    ],
)
def test_order(api: httpx.Client, order: str, letters: list[str | None]) -> None:
    assert [row["b"] for row in rows(api, f"no_key?select=b&order={order}")] == letters


def test_order_by_a_place_in_json_and_by_a_computed_field(api: httpx.Client) -> None:
    assert rows(api, "things?select=id&order=data->>colour.asc.nullslast") == [{"id": 2}, {"id": 1}, {"id": 3}]
    assert rows(api, "clients?select=name&order=name_length.desc,name&name_length=gt.5") == [
        {"name": "Miller"},
        {"name": "Nobody"},
    ]


@pytest.mark.parametrize(
    ("query", "headers", "ids", "status", "content_range"),
    [
        ("", {}, [1, 2, 3], 200, "0-2/*"),
        ("limit=1", {}, [1], 200, "0-0/*"),
        ("limit=1&offset=1", {}, [2], 200, "1-1/*"),
        ("offset=2", {}, [3], 200, "2-2/*"),
        ("limit=0", {}, [], 200, "*/*"),
        ("offset=9", {}, [], 200, "*/*"),
        ("limit=nonsense", {}, [1, 2, 3], 200, "0-2/*"),
        ("", {"Range": "0-1"}, [1, 2], 200, "0-1/*"),
        ("", {"Range": "1-"}, [2, 3], 200, "1-2/*"),
        ("", {"Range": "bytes=0-1"}, [1, 2, 3], 200, "0-2/*"),
        ("limit=2", {"Range": "1-9"}, [2], 200, "1-1/*"),
        ("", {"Prefer": "count=exact"}, [1, 2, 3], 200, "0-2/3"),
        ("limit=2", {"Prefer": "count=exact"}, [1, 2], 206, "0-1/3"),
        ("limit=1&id=gt.1", {"Prefer": "count=exact"}, [2], 206, "0-0/2"),
        ("limit=0", {"Prefer": "count=exact"}, [], 206, "*/3"),
        ("id=gt.9", {"Prefer": "count=exact"}, [], 200, "*/0"),
        ("offset=3", {"Prefer": "count=exact"}, [], 206, "*/3"),
    ],
)
def test_paging(
    api: httpx.Client, query: str, headers: dict[str, str], ids: list[int], status: int, content_range: str
) -> None:
    response = api.get(f"/clients?select=id&order=id&{query}", headers=headers)
    assert [row["id"] for row in response.json()] == ids
    assert (response.status_code, response.headers["Content-Range"]) == (status, content_range)


@pytest.mark.parametrize(
    ("query", "headers", "details"),
    [
        ("offset=4", {"Prefer": "count=exact"}, "An offset of 4 was requested, but there are only 3 rows."),
        ("limit=-1", {}, "Limit should be greater than or equal to zero."),
        (
            "",
            {"Range": "2-1"},
            "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
        ),
    ],
)
def test_range_that_cannot_be_is_416(api: httpx.Client, query: str, headers: dict[str, str], details: str) -> None:
    response = api.get(f"/clients?{query}", headers=headers)
    assert response.status_code == 416
    assert response.json() == {
        "code": "PGRST103",
        "details": details,
        "hint": None,
        "message": "Requested range not satisfiable",
    }


@pytest.mark.parametrize("count", ["planned", "estimated"])
def test_count_may_be_the_planners_guess(api: httpx.Client, count: str) -> None:
    response = api.get("/clients?limit=1", headers={"Prefer": f"count={count}"})
    assert int(response.headers["Content-Range"].removeprefix("0-0/")) >= 3
    assert response.headers["Preference-Applied"] == f"count={count}"


def test_head_tells_the_same_without_a_body(api: httpx.Client) -> None:
    response = api.head("/clients?limit=2", headers={"Prefer": "count=exact"})
    assert (response.status_code, response.content) == (206, b"")
    assert response.headers["Content-Range"] == "0-1/3"
    assert "Content-Length" not in response.headers


def test_answer_says_what_it_is(api: httpx.Client) -> None:
    response = api.get("/clients?vip=is.true&select=name")
    assert response.content == b'[{"name":"Miller"}]'
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Content-Length"] == "19"
    assert response.headers["Content-Location"] == "/clients?select=name&vip=is.true"
    assert response.headers["Content-Profile"] == "workshop"
    assert response.headers["Vary"] == "Accept, Prefer, Range"


def test_profile_chooses_the_schema(api: httpx.Client) -> None:
    response = api.get("/projects", headers={"Accept-Profile": "archive"})
    assert response.json() == [{"id": 1, "year": 1999}]
    assert response.headers["Content-Profile"] == "archive"
    unknown = api.get("/projects", headers={"Accept-Profile": "hidden"})
    assert (unknown.status_code, unknown.json()) == (
        406,
        {
            "code": "PGRST106",
            "details": None,
            "hint": "Only the following schemas are exposed: workshop, archive",
            "message": "Invalid schema: hidden",
        },
    )


def test_partitioned_tables_and_views_are_read_like_tables(api: httpx.Client) -> None:
    assert rows(api, "readings?select=value&at=gt.2026-03-01T12:00:00Z") == [{"value": 2.5}]
    assert rows(api, "project_titles?project=eq.1") == [{"project": 1, "title": "Gate", "ordered_by": 1}]
    assert rows(api, "client_names?id=eq.1") == [{"id": 1, "name": "Miller"}]
    assert api.get("/readings_2026").status_code == 404


def test_odd_names_are_quoted(api: httpx.Client) -> None:
    path = "/odd%20names,%20(really)"
    assert api.get(path, params={"select": '"a b","c,d","->>",é', '"c,d"': "eq.x"}).json() == [
        {"a b": 1, "c,d": "x", "->>": "arrow", "é": "accent"}
    ]
    assert api.get(path, params={"select": "a b", "or": '("c,d".eq.x,é.eq.y)'}).json() == [{"a b": 1}]


def test_domain_is_shown_and_read_in_its_own_format(api: httpx.Client) -> None:
    assert rows(api, "paints?order=id") == [
        {"id": 1, "name": "red", "shade": "#ff0000"},
        {"id": 2, "name": "blue", "shade": "#0000ff"},
        {"id": 3, "name": "none", "shade": None},
    ]
    assert rows(api, "paints?select=shade&shade=eq.%230000ff") == [{"shade": "#0000ff"}]
    assert rows(api, "paints?select=name&shade=in.(%23ff0000,%230000ff)&order=id") == [
        {"name": "red"},
        {"name": "blue"},
    ]
