"""The gateway as clients meet it: its real app on a real database, as its own login role."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community, make_community
from api.services import served
from conftest import JWT_SECRET
from databases import Background, Databases
from flows_api.app import create_app
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token

TokenFor: TypeAlias = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def community(module_database_url: str, background: Background) -> Community:
    return background.run(make_community(module_database_url))


@pytest.fixture(scope="module")
def module_role_url(databases: Databases, module_database_url: str) -> Callable[[str], str]:
    parts = urlsplit(module_database_url)

    def url(role: str) -> str:
        if parts.password:
            databases.execute(f"ALTER ROLE {role} PASSWORD '{parts.password}'")
        return databases.url_of(parts.path.removeprefix("/"), user=role)

    return url


@pytest.fixture(scope="module")
def meter_sync_url(
    module_role_url: Callable[[str], str], redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The service behind /v1/meters, as a process."""
    variables = {
        "FLOWS_DATABASE_URL": module_role_url("flows_meter_sync"),
        "FLOWS_METER_SYNC_NETWORKS": "127.0.0.0/8",
        "FLOWS_REDIS_URL": redis_server,
        "FLOWS_JWT_SECRET": JWT_SECRET,
    }
    with served("meter-sync", variables, tmp_path_factory.mktemp("meter-sync") / "log") as url:
        yield url


@pytest.fixture
def gateway_env(
    monkeypatch: pytest.MonkeyPatch, module_role_url: Callable[[str], str], redis_url: str
) -> dict[str, str]:
    variables = {
        "FLOWS_DATABASE_URL": module_role_url("flows_gateway"),
        "FLOWS_REDIS_URL": redis_url,
        "FLOWS_JWT_SECRET": JWT_SECRET,
        "FLOWS_API_ISSUERS_WITHOUT_AUDIENCE": "supabase",
        "FLOWS_API_TOKEN_CACHE_SECONDS": "0",
        "FLOWS_API_RATE_LOGIN_ADDRESS": "off",
        "FLOWS_API_RATE_LOGIN_ACCOUNT": "off",
        "FLOWS_API_RATE_LOGIN_EVERYWHERE": "off",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
async def gateway(gateway_env: dict[str, str], community: Community) -> AsyncIterator[FastAPI]:
    app = create_app()
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(gateway: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://flows") as client:
        yield client


@pytest.fixture
def as_user() -> TokenFor:
    """Headers of a person's token, as login gives it; `claims` change it."""

    def headers(user: UUID | str, role: str = "customer", **claims: Any) -> dict[str, str]:
        known = {"lifetime": timedelta(minutes=5), "now": utc_now(), "audience": "authenticated", "issuer": "flows"}
        given: dict[str, Any] = {**known, **claims}
        return {"Authorization": f"Bearer {sign_token(JWT_SECRET, subject=str(user), role=role, **given)}"}

    return headers


@pytest.fixture
def as_machine(as_user: TokenFor) -> Callable[[str], dict[str, str]]:
    """Headers of a program's long-lived token, which carries no audience."""

    def headers(role: str) -> dict[str, str]:
        machine = "00000000-0000-4000-8000-000000000001"
        return as_user(machine, role, issuer="supabase", audience=None, lifetime=timedelta(days=365))

    return headers


@pytest.fixture(scope="module")
def billing_url(
    module_role_url: Callable[[str], str], redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    variables = {
        "FLOWS_DATABASE_URL": module_role_url("flows_billing"),
        "FLOWS_REDIS_URL": redis_server,
        "FLOWS_JWT_SECRET": JWT_SECRET,
    }
    with served("billing", variables, tmp_path_factory.mktemp("billing") / "log") as url:
        yield url


@pytest.fixture
def with_billing(gateway_env: dict[str, str], billing_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway has a billing service to ask."""
    monkeypatch.setenv("FLOWS_API_BILLING_URL", billing_url)
