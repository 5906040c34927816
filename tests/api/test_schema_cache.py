"""The schema cache follows the database: migrations, restarts, and a start before the database is there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from conftest import JWT_SECRET
from databases import RoleUrl
from flows_api.app import create_app
from flows_local.servers import free_port
from flows_shared.db import Database
from waiting import until

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE usename = 'flows_gateway' AND datname = current_database()
"""


@pytest.fixture(autouse=True)
def _variables(monkeypatch: pytest.MonkeyPatch, role_url: RoleUrl, redis_url: str) -> None:
    monkeypatch.setenv("FLOWS_DATABASE_URL", role_url("flows_gateway"))
    monkeypatch.setenv("FLOWS_REDIS_URL", redis_url)
    monkeypatch.setenv("FLOWS_JWT_SECRET", JWT_SECRET)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://flows") as client,
    ):
        yield client


async def status(client: httpx.AsyncClient, path: str) -> int:
    return (await client.get(path)).status_code


async def test_new_table_is_served_when_the_database_says_so(db: Database) -> None:
    async with running(create_app()) as client:
        assert await status(client, "/rest/v1/notices") == 404
        async with db.transaction() as transaction:
            await transaction.execute(
                """CREATE TABLE public.notices (id integer PRIMARY KEY, text text);
                   INSERT INTO public.notices VALUES (1, 'hello');
                   GRANT SELECT ON public.notices TO anon;
                   NOTIFY pgrst, 'reload schema'"""
            )
        await until(lambda: is_status(client, "/rest/v1/notices", 200))
        assert (await client.get("/rest/v1/notices")).json() == [{"id": 1, "text": "hello"}]
        assert "/rest/v1/notices" in (await client.get("/openapi.json")).json()["paths"]


async def test_lost_connections_are_replaced(db: Database) -> None:
    async with running(create_app()) as client:
        assert await status(client, "/rest/v1/escos") == 200
        async with db.connection() as connection:
            await connection.execute(CUT)
        await until(lambda: is_status(client, "/rest/v1/escos", 200))
        async with db.connection() as connection:
            await connection.execute("CREATE TABLE public.later (id integer); GRANT SELECT ON public.later TO anon")
            await connection.execute("NOTIFY pgrst, 'reload schema'")
        await until(lambda: is_status(client, "/rest/v1/later", 200))


async def test_gateway_starts_without_a_database_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_DATABASE_URL", f"postgresql://flows_gateway@127.0.0.1:{free_port()}/flows")
    monkeypatch.setattr("flows_api.rest.app.START_SECONDS", 0.1)
    async with running(create_app()) as client:
        data = await client.get("/rest/v1/escos")
        assert (data.status_code, data.json()["code"]) == (503, "PGRST002")
        login = {"email": "ann@example.org", "password": "x"}
        refused = await client.post("/auth/v1/token?grant_type=password", json=login)
        assert (refused.status_code, refused.json()["code"]) == (503, "database.unavailable")
        assert "/v1/billing/runs" in (await client.get("/openapi.json")).json()["paths"]
        assert await status(client, "/readyz") == 503


async def test_slow_query_is_cancelled(monkeypatch: pytest.MonkeyPatch, db: Database) -> None:
    monkeypatch.setenv("FLOWS_API_REST_STATEMENT_TIMEOUT_SECONDS", "0.05")
    async with db.connection() as connection:
        await connection.execute(
            "CREATE VIEW public.slow AS SELECT pg_sleep(5)::text; GRANT SELECT ON public.slow TO anon"
        )
    async with running(create_app()) as client:
        response = await client.get("/rest/v1/slow")
        assert (response.status_code, response.json()["code"]) == (500, "57014")
        assert await status(client, "/rest/v1/escos") == 200


async def test_waiting_for_a_connection_ends(monkeypatch: pytest.MonkeyPatch, db: Database) -> None:
    monkeypatch.setenv("FLOWS_API_REST_DB_POOL", "1")
    monkeypatch.setenv("FLOWS_API_REST_DB_POOL_ACQUISITION_TIMEOUT", "0.05")
    app = create_app()
    async with running(app) as client, app.state.rest.database.pool.acquire():
        response = await client.get("/rest/v1/escos")
        assert (response.status_code, response.json()["code"]) == (504, "PGRST003")


async def test_rows_are_cut_at_the_most_that_the_setting_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_API_REST_DB_MAX_ROWS", "3")
    async with running(create_app()) as client:
        assert len((await client.get("/rest/v1/regions")).json()) == 3
        assert len((await client.get("/rest/v1/regions?limit=2")).json()) == 2
        assert len((await client.get("/rest/v1/regions?limit=9")).json()) == 3


async def is_status(client: httpx.AsyncClient, path: str, expected: int) -> bool:
    return await status(client, path) == expected
