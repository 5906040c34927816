"""Text that would mean something to SQL, HTTP or JSON, in every place of a request: refused, never a failure."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.community import PASSWORD, Community
from api.conftest import TokenFor
from flows_api.rest.errors import RestError
from flows_api.rest.options import RestOptions
from flows_api.rest.request.request import RawRequest, parse_request
from flows_shared.db import connect

HOSTILE = [
    "'; DROP TABLE public.invoices; --",
    '"; DROP TABLE public.invoices; --',
    "' OR '1'='1",
    "1) OR (1=1",
    'serial" FROM flows.meter_registry; DELETE FROM public.payments; --',
    "$1",
    "%s",
    "{0}",
    "\\",
    "\\'",
    "/* */",
    "\0",
    "\r\nSet-Cookie: a=b",
    "pg_sleep(10)",
    "::regclass",
    "password_hash",
    "é" * 100,
    "\N{PILE OF POO}",
    "a" * 3000,
    "(" * 500,
    '"' * 501,
    ",,,",
    "..",
    "%",
]

DATA = [
    "/rest/v1/{}",
    "/rest/v1/{}/",
    "/rest/v1/rpc/{}",
    "/rest/v1/invoices?{}=eq.1",
    "/rest/v1/invoices?{}",
    "/rest/v1/invoices?number={}",
    "/rest/v1/invoices?number=eq.{}",
    "/rest/v1/invoices?number=not.{}",
    "/rest/v1/invoices?number=not.eq.{}",
    "/rest/v1/invoices?number=in.({})",
    "/rest/v1/invoices?number=in.{}",
    "/rest/v1/invoices?number=is.{}",
    "/rest/v1/invoices?number=like.{}",
    "/rest/v1/invoices?number=match.{}",
    "/rest/v1/invoices?total_pence=gt.{}",
    "/rest/v1/invoices?id=in.({})",
    "/rest/v1/invoices?issue_date=eq.{}",
    "/rest/v1/invoices?select={}",
    "/rest/v1/invoices?select=number::{}",
    "/rest/v1/invoices?select={}:number",
    '/rest/v1/invoices?select="{}":number',
    "/rest/v1/invoices?order={}",
    "/rest/v1/invoices?order=number.{}",
    "/rest/v1/invoices?limit={}",
    "/rest/v1/invoices?offset={}",
    "/rest/v1/invoices?and={}",
    "/v1/billing/runs?month={}",
    "/v1/billing/runs?esco={}",
    "/v1/billing/runs?limit={}",
    "/v1/billing/runs/{}",
    "/v1/meters/{}/sync",
    "/v1/invoices/{}/pdf",
]

HEADERS = ["Accept-Profile", "Accept", "Authorization", "apikey", "X-Request-Id", "Prefer", "Range"]


@pytest.fixture(autouse=True)
async def _nothing_is_lost(community: Community, module_database_url: str) -> None:
    """Asked before each test; the last test asks once more."""
    assert await counts(module_database_url) == (3, 3, 3)


@pytest.mark.parametrize("place", DATA)
async def test_path_and_query(client: httpx.AsyncClient, community: Community, as_user: TokenFor, place: str) -> None:
    headers = as_user(community.operator, "admin")
    for text in HOSTILE:
        response = await client.get(place.replace("{}", quote(text, safe="")), headers=headers)
        assert response.status_code < 500, (place, text, response.text)
        if response.status_code == 200:
            assert response.headers["Content-Type"].startswith("application/json")
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("name", HEADERS)
async def test_headers(client: httpx.AsyncClient, community: Community, as_user: TokenFor, name: str) -> None:
    for text in HOSTILE:
        headers = [(key.encode(), value.encode()) for key, value in as_user(community.ann.user).items()]
        for path in ("/rest/v1/invoices?select=number", "/v1/invoices/LAB-ANN-1/pdf"):
            sent = [*headers, (name.encode(), text.encode())]
            response = await client.get(path, headers=sent)
            assert response.status_code < 500, (name, text)
            assert "Set-Cookie" not in response.headers


async def test_login(client: httpx.AsyncClient) -> None:
    for text in HOSTILE:
        for body in (
            {"email": text, "password": PASSWORD},
            {"email": f"{text}@example.org", "password": PASSWORD},
            {"email": "ann@example.org", "password": text},
            {"refresh_token": text},
            {text: text},
            [text],
            text,
        ):
            for grant_type in ("password", "refresh_token"):
                response = await client.post("/auth/v1/token", params={"grant_type": grant_type}, json=body)
                assert response.status_code == 400, (body, response.text)
                assert response.json().keys() == {"code", "error_code", "msg"}


async def test_bodies_of_commands(
    client: httpx.AsyncClient, as_machine: Callable[[str], dict[str, str]], community: Community
) -> None:
    headers = as_machine("service_role")
    for text in HOSTILE:
        run = await client.post("/v1/billing/runs", json={"month": text, "escos": [text]}, headers=headers)
        assert run.status_code == 422
        sync = await client.post(f"/v1/meters/{community.ann.serial}/sync", json={"metrics": [text]}, headers=headers)
        assert sync.status_code == (503 if text == "password_hash" else 422), text


async def test_lone_surrogates_and_deep_json(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b'{"email": "\\ud800@b", "password": "x"}', b"[" * 100_000, b"\xff\xfe", b'{"email": 1e999}'):
        response = await client.post("/auth/v1/token?grant_type=password", content=body, headers=headers)
        assert response.status_code == 400, body[:50]


async def test_alias_is_a_name_and_nothing_else(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    alias = 'a\\", (SELECT current_user) AS \\"b'
    params = {"select": f'"{alias}":number'}
    response = await client.get("/rest/v1/invoices", params=params, headers=as_user(community.ann.user))
    assert response.json() == [{'a", (SELECT current_user) AS "b': community.ann.invoice}]


async def test_nothing_was_changed(module_database_url: str) -> None:
    assert await counts(module_database_url) == (3, 3, 3)


@given(query=st.text(), path=st.text(), accept=st.text(max_size=20))
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_request_or_refused(query: str, path: str, accept: str) -> None:
    for text in (query, quote(query, safe="=&.,()")):
        with suppress(RestError):
            raw = RawRequest("GET", f"/{path}", text.encode(errors="replace"), {"accept": accept})
            parse_request(raw, RestOptions("", ("public",)))


async def counts(url: str) -> tuple[int, int, int]:
    db = await connect(url, name="tests")
    try:
        tables = ("public.invoices", "public.payments", "flows.meter_registry")
        found = [await db.fetchval(f"SELECT count(*) FROM {table}") for table in tables]
    finally:
        await db.close()
    return found[0], found[1], found[2]
