"""The schema cache follows the database: migrations, restarts, and a start before the database is there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.services import FLOWS
from conftest import JWT_SECRET
from databases import RoleUrl
from flows_api.app import create_app
from flows_local.servers import free_port
from flows_shared.db import Database
from processes import FlowsProcess
from waiting import until

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE usename = 'flows_gateway' AND datname = current_database()
"""
# A view upon itself, in a schema that is not exposed: PostgreSQL takes it, and refuses only to read from it.
CIRCLE = """
    CREATE SCHEMA hidden;
    CREATE TABLE hidden.pots (id integer PRIMARY KEY);
    CREATE VIEW hidden.one AS SELECT * FROM hidden.pots;
    CREATE VIEW hidden.two AS SELECT * FROM hidden.one;
    CREATE VIEW hidden.alone AS SELECT * FROM hidden.pots;
    CREATE OR REPLACE VIEW hidden.one AS SELECT * FROM hidden.two;
    CREATE OR REPLACE VIEW hidden.alone AS SELECT * FROM hidden.alone;
"""
LATER = """
    CREATE TABLE public.later (id integer);
    GRANT SELECT ON public.later TO anon;
    NOTIFY pgrst, 'reload schema'
"""
# The comments of tables are read by loads alone.
HOLD_LOADS = "LOCK TABLE pg_catalog.pg_description IN ACCESS EXCLUSIVE MODE"
LOADS_HELD = "SELECT count(*) FROM pg_lock_status() WHERE relation = 'pg_description'::regclass AND NOT granted"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch, role_url: RoleUrl, redis_url: str) -> dict[str, str]:
    variables = {
        "FLOWS_DATABASE_URL": role_url("flows_gateway"),
        "FLOWS_REDIS_URL": redis_url,
        "FLOWS_JWT_SECRET": JWT_SECRET,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@contextmanager
def gateway_process(variables: dict[str, str], log: Path) -> Iterator[FlowsProcess]:
    arguments = [FLOWS, "serve", "api", "--port", str(free_port())]
    with FlowsProcess(arguments, variables, log) as process:
        process.wait_for("started")
        yield process


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


async def test_views_upon_themselves_are_loaded_past(db: Database) -> None:
    async with running(create_app()) as client:
        async with db.connection() as connection:
            await connection.execute(CIRCLE)
            await connection.execute(LATER)
        await until(lambda: is_status(client, "/rest/v1/later", 200))
        assert await status(client, "/rest/v1/escos") == 200


async def test_gateway_starts_beside_views_upon_themselves_and_stops_when_told(
    variables: dict[str, str], db: Database, tmp_path: Path
) -> None:
    async with db.connection() as connection:
        await connection.execute(CIRCLE)
    with gateway_process(variables, tmp_path / "log") as gateway:
        assert gateway.terminate(seconds=20) == 0


async def test_gateway_stops_when_told_while_a_load_hangs(
    variables: dict[str, str], db: Database, tmp_path: Path
) -> None:
    with gateway_process(variables, tmp_path / "log") as gateway:
        async with db.transaction() as holding:
            await holding.execute(HOLD_LOADS)
            async with db.connection() as connection:
                await connection.execute("NOTIFY pgrst, 'reload schema'")
            await until(lambda: is_held(db))
            assert await asyncio.to_thread(gateway.terminate, 20) == 0


async def test_last_catalog_serves_while_a_load_hangs_and_is_given_up(
    monkeypatch: pytest.MonkeyPatch, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(create_app()) as client:
        assert await status(client, "/rest/v1/later") == 404
        monkeypatch.setattr("flows_api.rest.cache.LOAD_SECONDS", 0.2)
        async with db.transaction() as holding:
            await holding.execute(HOLD_LOADS)
            async with db.connection() as connection:
                await connection.execute(LATER)
            await until(lambda: is_held(db))
            assert await status(client, "/rest/v1/escos") == 200
            await until(lambda: says(capsys, "schema_cache_waits"))
            assert (await status(client, "/rest/v1/later"), await status(client, "/rest/v1/escos")) == (404, 200)
        monkeypatch.setattr("flows_api.rest.cache.LOAD_SECONDS", 60)
        await until(lambda: is_status(client, "/rest/v1/later", 200))


async def test_request_waits_for_the_first_load(monkeypatch: pytest.MonkeyPatch, db: Database) -> None:
    monkeypatch.setattr("flows_api.rest.app.START_SECONDS", 0.01)  # as on a machine that has too much to do
    async with db.transaction() as holding:
        await holding.execute(HOLD_LOADS)
        async with running(create_app()) as client:
            asked = asyncio.create_task(client.get("/rest/v1/escos"))
            await until(lambda: is_held(db))
            assert not asked.done()
            await holding.execute("ROLLBACK; BEGIN")
            assert (await asked).status_code == 200


async def test_request_does_not_wait_for_the_first_load_for_ever(monkeypatch: pytest.MonkeyPatch, db: Database) -> None:
    monkeypatch.setattr("flows_api.rest.app.START_SECONDS", 0.01)
    monkeypatch.setenv("FLOWS_API_REST_DB_POOL_ACQUISITION_TIMEOUT", "0.05")
    async with db.transaction() as holding:
        await holding.execute(HOLD_LOADS)
        async with running(create_app()) as client:
            refused = await client.get("/rest/v1/escos")
            assert (refused.status_code, refused.json()["code"]) == (503, "PGRST002")


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


async def is_held(db: Database) -> bool:
    async with db.connection() as connection:
        return bool(await connection.fetchval(LOADS_HELD))


async def says(capsys: pytest.CaptureFixture[str], event: str) -> bool:
    return event in capsys.readouterr().err
