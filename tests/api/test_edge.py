"""What holds for every answer, whichever part gives it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community
from api.conftest import TokenFor
from flows_api.app import create_app
from flows_shared.settings import SettingsError

ANSWERS = (
    "/",
    "/docs",
    "/openapi.json",
    "/rest/v1/escos",
    "/rest/v1/nothing",
    "/v1/billing/runs",
    "/auth/v1/user",
    "/no",
)


@pytest.mark.parametrize("path", ANSWERS)
async def test_answers_carry_security_headers_and_a_request_id(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no", 404),
        ("DELETE", "/v1/billing/runs", 405),
        ("GET", "/v1/billing/runs/7", 401),
        ("POST", "/docs", 405),
    ],
)
async def test_errors_are_json_everywhere(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    assert {"code", "message"} <= response.json().keys()


async def test_body_that_is_too_long_is_refused(client: httpx.AsyncClient) -> None:
    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    for path in ("/auth/v1/token?grant_type=password", "/rest/v1/escos", "/no"):
        response = await client.post(path, content=b" " * 2_000_000)
        assert (response.status_code, response.json()["code"]) == (413, "http")
    for length, status in (("0" * 5_000 + "2", 400), ("9" * 5_000, 413), ("9" * 19, 413)):
        announced = await client.post("/auth/v1/recover", content=b"[]", headers={"Content-Length": length})
        assert announced.status_code == status
    headers = {"Content-Type": "application/json"}
    streamed = await client.post("/auth/v1/token?grant_type=password", content=in_parts(), headers=headers)
    assert (streamed.status_code, streamed.json()["message"]) == (413, "a body holds at most 131072 bytes")


async def test_typed_routes_read_only_short_bodies_of_strangers(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    body = b"[" + b"[]," * 100_000 + b"[]]"
    for headers in ({}, {"Authorization": "Bearer a.b.c"}, {"apikey": "a.b.c"}):
        for path in ("/v1/billing/runs", "/auth/v1/recover", "/auth/v1/token?grant_type=password"):
            answer = await client.post(path, content=body, headers={"Content-Type": "application/json", **headers})
            assert (answer.status_code, answer.json()["message"]) == (413, "a body holds at most 131072 bytes")
    known = as_user(community.operator, "admin")
    assert (await client.post("/v1/billing/runs", content=body, headers=known)).status_code == 422


async def test_body_of_the_data_api_is_as_long_as_the_setting_says(client: httpx.AsyncClient) -> None:
    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    answer = await client.post("/rest/v1/escos", content=in_parts(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["message"]) == (413, "a body holds at most 1048576 bytes")


async def test_answer_that_does_not_begin_in_time_is_given_up(
    gateway_env: dict[str, str], community: Community, as_user: TokenFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = await asyncio.start_server(lambda reader, writer: asyncio.sleep(20), "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    monkeypatch.setenv("FLOWS_API_BILLING_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("FLOWS_API_REQUEST_TIMEOUT_SECONDS", "0.5")
    app = create_app()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://flows") as client,
    ):
        headers = as_user(community.operator, "admin")
        answer = await client.post("/v1/billing/runs", json={"month": "2026-09"}, headers=headers)
    hanging.close()
    assert (answer.status_code, answer.json()["code"]) == (504, "request.timeout")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_browsers_are_kept_to_https_where_it_is_spoken(gateway: FastAPI) -> None:
    for scheme, kept in (("https", True), ("http", False)):
        transport = httpx.ASGITransport(gateway)
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://flows") as client:
            assert ("Strict-Transport-Security" in (await client.get("/healthz")).headers) == kept


async def test_page_may_read_why_it_was_refused(
    gateway_env: dict[str, str], community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_API_CORS_ORIGINS", "https://portal.example")
    monkeypatch.setenv("FLOWS_API_RATE_ADDRESS", "1/h")
    app = create_app()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://flows") as client,
    ):
        answers = [await client.get("/rest/v1/escos", headers={"Origin": "https://portal.example"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == "https://portal.example"
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


async def test_no_origin_may_call_unless_the_setting_names_it(client: httpx.AsyncClient) -> None:
    response = await client.get("/rest/v1/escos", headers={"Origin": "https://portal.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_named_origin_may_call_and_read_the_headers(
    gateway_env: dict[str, str], community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_API_CORS_ORIGINS", "https://portal.example, https://admin.example")
    app = create_app()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://flows") as client,
    ):
        asked = {
            "Origin": "https://portal.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization, apikey, accept-profile",
        }
        preflight = await client.options("/rest/v1/escos", headers=asked)
        assert preflight.status_code == 200
        assert preflight.headers["Access-Control-Allow-Origin"] == "https://portal.example"
        assert "accept-profile" in preflight.headers["Access-Control-Allow-Headers"]
        answer = await client.get("/rest/v1/escos", headers={"Origin": "https://admin.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://admin.example"
        assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]
        stranger = await client.get("/rest/v1/escos", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in stranger.headers


async def test_health_and_metrics_are_there(client: httpx.AsyncClient, gateway: FastAPI) -> None:
    await client.get("/rest/v1/escos")
    assert (await client.get("/readyz")).json() == {"status": "ready", "checks": {"database": "ok", "queue": "ok"}}
    assert 'route="/rest/v1",service="api",status="2xx"' in (await client.get("/metrics")).text


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("FLOWS_API_ROLE_ALIASES", "flows", "must read name=meaning,name=meaning"),
        ("FLOWS_API_ROLE_ALIASES", "flows=postgres", "'postgres' is no role"),
        ("FLOWS_API_REST_PROFILES", "myenergy=private", "'private' is no exposed schema"),
        ("FLOWS_API_REST_DB_SCHEMAS", ",", "at least 1 item"),
        ("FLOWS_API_LOGIN_THREADS", "0", "greater than or equal to 1"),
    ],
)
def test_wrong_setting_names_the_variable(
    gateway_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=reason) as error:
        create_app()
    assert str(error.value).startswith(f"{name}: ")
