"""Text that would mean something to SQL, in every place of a request: refused or found nowhere, never a failure."""

from itertools import product
from urllib.parse import quote

import httpx
import pytest

from flows_api.rest.request.preferences import parse_preferences
from rest.hostile import HOSTILE

QUERIES = [
    "{}=eq.1",
    "{}",
    "name={}",
    "name=eq.{}",
    "name=not.{}",
    "name=in.({})",
    "name=in.{}",
    "name=like.{}",
    "name=match.{}",
    "name=is.{}",
    "name=eq(any).{}",
    "name=fts.{}",
    "name=fts({}).x",
    "id=eq.{}",
    "id=in.({})",
    "or={}",
    "or=({})",
    "or=(name.eq.{})",
    "and=(name.eq.x,{}.eq.1)",
    "select={}",
    "select={}:name",
    "select=name::{}",
    "select={}(name)",
    "select=projects!{}(name)",
    "select=...{}(name)",
    "select=projects({})",
    "select=name->{}",
    "select=name->>{}",
    "select=projects(name)&projects.{}=eq.1",
    "select=projects(name)&projects.name=eq.{}",
    "select={}.sum()",
    "order={}",
    "order=name.{}",
    "order=projects({})",
    "limit={}",
    "offset={}",
    "projects.limit={}",
    "columns={}",
    "on_conflict={}",
]

HEADERS = ["Accept", "Accept-Profile", "Content-Profile", "Content-Type", "Prefer", "Range", "Cookie", "X-Any"]
PREFERENCES = ["timezone={}", "max-affected={}", "count={}", "return={}", "{}"]


@pytest.mark.parametrize("place", QUERIES)
def test_query(api: httpx.Client, place: str) -> None:
    for text in HOSTILE:
        for method in ("GET", "DELETE"):
            response = api.request(method, f"/clients?{place.replace('{}', quote(text, safe=''))}")
            assert response.status_code < 500, (method, text, response.text)
            assert "X-Injected" not in response.headers
    assert len(api.get("/clients").json()) == 3


@pytest.mark.parametrize("place", ["{}", "rpc/{}", "rpc/hello?{}=x", "rpc/hello?name={}", "rpc/add?a={}", "clients/{}"])
def test_path_and_arguments(api: httpx.Client, place: str) -> None:
    for text in HOSTILE:
        response = api.get(f"/{place.replace('{}', quote(text, safe=''))}")
        assert response.status_code < 500, (text, response.text)


@pytest.mark.parametrize("name", HEADERS)
def test_headers(api: httpx.Client, name: str) -> None:
    values = [text.encode() for text in HOSTILE if not set(text) & {"\0", "\r"}]
    values += [place.replace("{}", text.decode()).encode() for place, text in product(PREFERENCES, values)]
    for value in values if name == "Prefer" else values[: len(HOSTILE)]:
        for method, body in (("GET", None), ("POST", b'{"id": 9, "name": "x"}')):
            response = api.request(method, "/clients", content=body, headers=[(name.encode(), value)])
            assert response.status_code < 500, (method, value, response.text)


@pytest.mark.parametrize("media", ["application/json", "text/csv", "application/x-www-form-urlencoded"])
def test_bodies(api: httpx.Client, media: str) -> None:
    for text in HOSTILE:
        for body in (text, f"name\n{text}", f"{text}\nx", f'{{"id": 9, "name": {text!r}}}', f"{quote(text)}=1"):
            for method, path in (("POST", "clients"), ("PATCH", "clients?id=eq.1"), ("POST", "rpc/hello")):
                headers = {"Content-Type": media}
                response = api.request(method, f"/{path}", content=body.encode(), headers=headers)
                assert response.status_code < 500, (path, body, response.text)
    assert [row["name"] for row in api.get("/clients?order=id").json()] == ["Miller", "Baker", "Nobody"]


def test_keys_and_values_of_json(api: httpx.Client) -> None:
    for text in HOSTILE:
        for body in ({text: 1}, {"name": text}, [{"id": 9, text: text}], {"name": {text: [text]}}):
            for path in ("clients", "clients?columns=id,name", "rpc/hello", "rpc/jsonify", "rpc/takes_json"):
                response = api.post(f"/{path}", json=body)
                assert response.status_code < 500, (path, body, response.text)
    surrogate = api.post("/clients", content=b'{"\\ud800": "\\ud800"}', headers={"Content-Type": "application/json"})
    assert surrogate.status_code == 400


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["]",', b"[[],"])
@pytest.mark.parametrize("path", ["clients", "clients?columns=id", "rpc/takes_json", "rpc/jsonify?columns=value"])
def test_json_without_an_end_is_refused_before_the_database_sees_it(
    api: httpx.Client, path: str, opening: bytes
) -> None:
    response = api.post(f"/{path}", content=opening * 20_000, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, "PGRST102")


@pytest.mark.parametrize("place", ["rpc/jsonify?value={}", "things?data=eq.{}", "things?or=(data.eq.{},id.eq.1)"])
def test_value_without_an_end_is_refused_before_the_database_sees_it(api: httpx.Client, place: str) -> None:
    response = api.get("/" + place.replace("{}", quote("[" * 10_000, safe="[")))
    assert (response.status_code, response.json()["code"]) == (400, "PGRST100")


def test_json_may_nest_as_deep_as_people_write_it(api: httpx.Client) -> None:
    deep = "[" * 400 + '"[[[["' + "]" * 400
    assert api.get("/rpc/jsonify", params={"value": deep}).text == deep
    rows = [{"id": 100 + number, "name": "[{" * 9} for number in range(1_000)]
    assert api.post("/clients", json=rows).status_code == 201


@pytest.mark.parametrize("limit", ["--5", "-", "1_0", "+5", "\u0663", "1e3", "9" * 30, ""])
def test_limit_of_changed_rows_that_is_no_number_is_none(limit: str) -> None:
    preferred = parse_preferences([f"handling=strict, max-affected={limit}"], tx_allowed=False)
    assert preferred.max_affected is None
