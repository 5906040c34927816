"""Text that would mean something to SQL, in every place of a request: refused or found nowhere, never a failure."""

from itertools import product
from urllib.parse import quote

import httpx
import pytest

HOSTILE = [
    "'; DROP TABLE workshop.clients; --",
    '"; DROP TABLE workshop.clients; --',
    "' OR '1'='1",
    "1) OR (1=1",
    "$1",
    "%s",
    "{}",
    '{"a": 1}',
    "\\",
    "\0",
    "\r\nX-Injected: 1",
    "pg_sleep(10)",
    "\N{PILE OF POO}",
    "(" * 300,
    '"' * 99,
    "a" * 3000,
    ",,,",
    "..",
    "->>",
    "::",
    "*",
    "-1",
    "9" * 40,
    "NaN",
]

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
    deep = b"[" * 100_000
    for path, code in (("clients", "PGRST102"), ("rpc/takes_json", "PGRST102"), ("clients?columns=id", "54001")):
        response = api.post(f"/{path}", content=deep, headers={"Content-Type": "application/json"})
        assert response.json()["code"] == code
    surrogate = api.post("/clients", content=b'{"\\ud800": "\\ud800"}', headers={"Content-Type": "application/json"})
    assert surrogate.status_code == 400
