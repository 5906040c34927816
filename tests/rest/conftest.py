"""The data API alone, `flows serve api --rest-only`, on a database of its own that fixture.sql has filled."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import asyncpg
import httpx
import pytest
from jose import jwt

from api.services import FLOWS
from databases import Background, Databases
from flows_api.rest.standalone import create_app
from flows_local.servers import free_port
from processes import FlowsProcess

SECRET = "a secret for the workshop, long enough"
FIXTURE = Path(__file__).with_name("fixture.sql")
# Every change is taken back, unless a request says that it is to stay.
SETTINGS = {
    "FLOWS_API_REST_DB_SCHEMAS": "workshop,archive",
    "FLOWS_API_REST_DB_EXTRA_SEARCH_PATH": "tools",
    "FLOWS_API_REST_DB_ANON_ROLE": "flows_rest_anon",
    "FLOWS_API_REST_DB_AGGREGATES_ENABLED": "true",
    "FLOWS_API_REST_DB_PLAN_ENABLED": "true",
    "FLOWS_API_REST_DB_TX_END": "rollback-allow-override",
    "FLOWS_API_REST_JWT_SECRET": SECRET,
    "FLOWS_API_REST_APP_SETTINGS_SIGN": "hammer",
}

Serving: TypeAlias = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def workshop_url(databases: Databases, background: Background) -> Iterator[str]:
    name = databases.create("template0")
    background.run(_fill(databases.url_of(name)))
    yield databases.url_of(name)
    databases.drop(name)


@pytest.fixture(scope="session")
def served(workshop_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one process that all tests ask."""
    port = free_port()
    variables = {**SETTINGS, "FLOWS_API_REST_DB_URI": workshop_url}
    arguments = [FLOWS, "serve", "api", "--rest-only", "--port", str(port)]
    with FlowsProcess(arguments, variables, tmp_path_factory.mktemp("rest") / "log") as process:
        process.wait_until_served(port)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def api(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served) as client:
        yield client


@pytest.fixture
def serving(workshop_url: str, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """The same app with other settings, for a block: `serving(db_max_rows="2")`."""

    @asynccontextmanager
    async def serve(**settings: str) -> AsyncIterator[httpx.AsyncClient]:
        more = {f"FLOWS_API_REST_{name.upper()}": value for name, value in settings.items()}
        for name, value in {**SETTINGS, "FLOWS_API_REST_DB_URI": workshop_url, **more}.items():
            monkeypatch.setenv(name, value)
        app = create_app()
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://workshop") as client:
                yield client

    return serve


def bearer(secret: str = SECRET, **claims: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"}


def author() -> dict[str, str]:
    return bearer(role="flows_rest_author")


def prefer(*preferences: str) -> dict[str, str]:
    return {"Prefer": ", ".join(preferences)}


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(FIXTURE.read_text())
    finally:
        await connection.close()
