"""What every service's web app does, over HTTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.types import Receive, Scope, Send

from flows_shared.auth import CallingService, service_headers
from flows_shared.contracts.job import Call
from flows_shared.db import CONNECTION_LOST, Connection, is_closed
from flows_shared.errors import ConflictError, FlowsError, NotFoundError
from flows_shared.outbox import enqueue
from flows_shared.service import Db, create_service_app
from flows_shared.settings import ServiceSettings, load_settings
from flows_shared.telemetry.trace import bind_work
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token
from waiting import until

MINUTE = timedelta(minutes=1)


class MeterSilent(FlowsError):
    code = "meter.silent"


END_SELF = "SELECT pg_terminate_backend(pg_backend_pid())"

router = APIRouter(prefix="/internal")


@router.get("/caller")
async def caller(service: CallingService) -> dict[str, str | None]:
    return {"service": service.subject, "for": service.actor}


@router.get("/errors/{kind}")
async def errors(kind: str) -> None:
    raise {
        "missing": NotFoundError("no such meter"),
        "twice": ConflictError("billed already"),
        "own": MeterSilent("the meter did not answer"),
        "unlisted": FlowsError("nobody knows"),
        "bug": RuntimeError("secret detail"),
    }[kind]


@router.post("/work/{number}")
async def work(number: int, db: Db) -> None:
    async with db.transaction() as transaction:
        await enqueue(transaction, Call("billing", "bill", (number,)))


@router.get("/cut")
async def cut(db: Db) -> None:
    async with db.connection() as connection:
        await connection.execute(END_SELF)


@router.get("/cut/before")
async def cut_before(db: Db) -> None:
    """The connection died before it was asked again: asyncpg has taken it back by then."""
    async with db.connection() as connection:
        with suppress(*CONNECTION_LOST):
            await connection.execute(END_SELF)
        await until(partial(_is_closed, connection))
        await connection.execute("SELECT 1")


@router.get("/cut/inside")
async def cut_inside(db: Db) -> None:
    """The transaction that is to be rolled back has no connection any more."""
    async with db.transaction() as transaction:
        try:
            await transaction.execute(END_SELF)
        finally:
            await until(partial(_is_closed, transaction))


@router.get("/cut/after")
async def cut_after(db: Db) -> None:
    """What was asked for is done; then the connection dies."""
    async with db.connection() as connection:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        async with db.connection() as other:
            await other.execute("SELECT pg_terminate_backend($1)", pid)


async def _is_closed(connection: Connection) -> bool:
    return is_closed(connection)


async def raw_app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"raw"})


@pytest.fixture
def app(settings_env: dict[str, str]) -> FastAPI:
    app = create_service_app("billing", load_settings(ServiceSettings), error_statuses={MeterSilent: 504})
    app.include_router(router)
    app.mount("/rest/v1", raw_app)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://billing") as client:
            yield client


async def test_ready_when_database_and_queue_answer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    response = await client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": {"database": "ok", "queue": "ok"}}


async def test_starts_without_its_servers_and_says_so(
    settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_DATABASE_URL", "postgresql://flows:hunter2@127.0.0.1:1/flows")
    monkeypatch.setenv("FLOWS_REDIS_URL", "redis://127.0.0.1:1/0")
    app = create_service_app("billing", load_settings(ServiceSettings))
    app.include_router(router)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://billing") as client:
            response = await client.get("/readyz")
            work = await client.post("/internal/work/1")
            assert (await client.get("/healthz")).status_code == 200
    assert response.status_code == 503
    assert "cannot use PostgreSQL at 127.0.0.1:1/flows" in response.json()["checks"]["database"]
    assert "ConnectionError" in response.json()["checks"]["queue"]
    assert work.status_code == 503
    assert work.json()["code"] == "database.unavailable"
    assert "hunter2" not in response.text + work.text


@pytest.mark.parametrize(
    ("kind", "status", "code", "message"),
    [
        ("missing", 404, "not_found", "no such meter"),
        ("twice", 409, "conflict", "billed already"),
        ("own", 504, "meter.silent", "the meter did not answer"),
        ("unlisted", 500, "flows", "nobody knows"),
        ("bug", 500, "internal", "something went wrong here; the log knows it by X-Request-Id"),
    ],
)
async def test_error_has_a_status_a_code_and_a_sentence(
    client: httpx.AsyncClient, kind: str, status: int, code: str, message: str
) -> None:
    response = await client.get(f"/internal/errors/{kind}")
    assert response.status_code == status
    assert response.json() == {"code": code, "message": message}
    assert response.headers["X-Request-Id"]


async def test_unknown_route_and_wrong_parameter_have_the_same_form(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere")).json() == {"code": "http", "message": "Not Found"}
    response = await client.post("/internal/work/many")
    assert response.status_code == 422
    assert response.json()["code"] == "request.invalid"
    assert response.json()["message"].startswith("path.number: ")


async def test_lost_connection_is_503_and_the_next_request_works(client: httpx.AsyncClient) -> None:
    response = await client.get("/internal/cut")
    assert response.status_code == 503
    assert response.json()["code"] == "database.unavailable"
    assert (await client.post("/internal/work/1")).status_code == 200


@pytest.mark.parametrize("when", ["before", "inside"])
async def test_connection_that_was_lost_unseen_is_503_too(client: httpx.AsyncClient, when: str) -> None:
    response = await client.get(f"/internal/cut/{when}")
    assert (response.status_code, response.json()["code"]) == (503, "database.unavailable")
    assert (await client.post("/internal/work/1")).status_code == 200


async def test_connection_that_is_lost_after_the_work_was_done_spoils_no_answer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/internal/cut/after")).status_code == 200
    assert (await client.post("/internal/work/1")).status_code == 200


async def test_request_id_comes_back_and_goes_on_into_the_outbox_and_the_log(
    client: httpx.AsyncClient, app: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await client.post("/internal/work/1", headers={"X-Request-Id": "req-7"})
    assert response.headers["X-Request-Id"] == "req-7"
    async with app.state.db.connection() as connection:
        assert await connection.fetchval("SELECT request_id FROM flows.outbox") == "req-7"
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [request] = [event for event in logged if event["event"] == "request"]
    assert (request["request_id"], request["service"], request["status"]) == ("req-7", "billing", 200)


@pytest.mark.parametrize("given", ["", "x" * 200, "a b", 'a"b'])
async def test_request_id_unfit_for_logs_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    response = await client.get("/healthz", headers={"X-Request-Id": given})
    assert response.headers["X-Request-Id"] != given
    assert len(response.headers["X-Request-Id"]) == 32


async def test_metrics_know_routes_by_their_templates(client: httpx.AsyncClient) -> None:
    for path in ("/internal/errors/missing", "/internal/errors/twice", "/rest/v1/meters", "/nowhere/42"):
        await client.get(path)
    metrics = (await client.get("/metrics")).text
    for labels in (
        'route="/internal/errors/{kind}",service="billing",status="4xx"',
        'route="/rest/v1",service="billing",status="2xx"',
        'route="unmatched",service="billing",status="4xx"',
    ):
        assert f'flows_http_request_seconds_count{{method="GET",{labels}}}' in metrics
    assert "/nowhere" not in metrics


@pytest.mark.parametrize(
    ("address", "headers", "is_told"),
    [
        ("10.0.0.5", {}, True),
        ("::ffff:10.0.0.5", {}, True),
        ("127.0.0.1", {}, True),
        ("8.8.8.8", {}, False),
        ("::ffff:8.8.8.8", {}, False),
        ("unix", {}, False),
        *(
            ("10.0.0.5", {name: said}, False)
            for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
            for said in ("203.0.113.5", "10.0.0.1", "127.0.0.1, 203.0.113.5", "for=127.0.0.1", "")
        ),
    ],
)
async def test_process_tells_of_itself_to_its_own_network_and_not_over_a_proxy(
    app: FastAPI, address: str, headers: dict[str, str], is_told: bool
) -> None:
    transport = httpx.ASGITransport(app, client=(address, 1234))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://flows") as client,
    ):
        assert (await client.get("/metrics", headers=headers)).status_code == (200 if is_told else 404)
        ready = (await client.get("/readyz", headers=headers)).json()
        assert ready["status"] == "ready"
        assert ("checks" in ready) == is_told
        for page in ("/docs", "/redoc", "/openapi.json"):
            assert (await client.get(page, headers=headers)).status_code == 404


async def test_internal_route_opens_to_a_service_that_acts_for_a_user(app: FastAPI, client: httpx.AsyncClient) -> None:
    with bind_work(request_id="req-8"):
        headers = service_headers(app.state.settings, "api", utc_now(), acting_for="u1")
    response = await client.get("/internal/caller", headers=headers)
    assert response.json() == {"service": "api", "for": "u1"}
    assert response.headers["X-Request-Id"] == "req-8"


def _bearer(app: FastAPI, **changes: Any) -> dict[str, str]:
    claims: dict[str, Any] = {"subject": "u1", "role": "service", "lifetime": MINUTE, "audience": "flows-internal"}
    token = sign_token(app.state.settings.jwt_secret.get_secret_value(), now=utc_now(), **claims | changes)
    return {"Authorization": f"Bearer {token}"}


async def test_internal_route_stays_closed_to_everybody_else(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def refused(headers: dict[str, str]) -> tuple[int, str]:
        response = await client.get("/internal/caller", headers=headers)
        assert response.headers.get("WWW-Authenticate") == ("Bearer" if response.status_code == 401 else None)
        return response.status_code, response.json()["code"]

    assert await refused({}) == (401, "auth.token_missing")
    assert await refused({"Authorization": "Basic abc"}) == (401, "auth.token_malformed")
    assert await refused({"Authorization": "Bearer abc"}) == (401, "auth.token_malformed")
    assert await refused(_bearer(app, audience=None)) == (401, "auth.token_audience")
    assert await refused(_bearer(app, lifetime=-MINUTE)) == (401, "auth.token_expired")
    assert await refused(_bearer(app, role="admin")) == (403, "forbidden")


async def test_service_opens_its_own_parts_after_the_shared_ones(settings_env: dict[str, str]) -> None:
    seen: list[Any] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with app.state.db.connection() as connection:
            seen.append(await connection.fetchval("SELECT 1"))
        yield
        async with app.state.db.connection() as connection:
            seen.append(await connection.fetchval("SELECT 2"))

    app = create_service_app("billing", load_settings(ServiceSettings), lifespan=lifespan)
    async with app.router.lifespan_context(app):
        assert seen == [1]
    assert seen == [1, 2]
