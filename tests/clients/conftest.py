"""A gateway as a process of its own, and what its clients are given to start with."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.community import PASSWORD, Community
from api.conftest import community, module_role_url  # noqa: F401, fixtures
from api.services import FLOWS, served
from builders import insert
from conftest import JWT_SECRET
from databases import Background
from flows_shared.db import connect


@dataclass(frozen=True)
class Served:
    """`anon` is the key that every client sends; `key` is a program's; the invites are by email."""

    url: str
    anon: str
    key: str
    invites: dict[str, str]


@pytest.fixture(scope="module")
def gateway(
    module_database_url: str,
    module_role_url: Callable[[str], str],  # noqa: F811
    community: Community,  # noqa: F811
    redis_server: str,
    background: Background,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    variables = {
        "FLOWS_DATABASE_URL": module_role_url("flows_gateway"),
        "FLOWS_REDIS_URL": redis_server,
        "FLOWS_JWT_SECRET": JWT_SECRET,
        "FLOWS_API_ISSUERS_WITHOUT_AUDIENCE": "supabase",
        "FLOWS_API_RATE_LOGIN_ADDRESS": "off",
        "FLOWS_API_RATE_LOGIN_ACCOUNT": "off",
        "FLOWS_API_RATE_LOGIN_EVERYWHERE": "off",
    }
    asked = subprocess.run(
        [FLOWS, "key", "anon"], env=variables, capture_output=True, text=True, check=True, timeout=60
    )
    anon = asked.stdout.strip()
    invites = background.run(_invite(module_database_url, community))
    with served("api", variables, tmp_path_factory.mktemp("gateway") / "log") as url:
        token = log_in(url, anon, "admin@lab.example")["access_token"]
        wish = {"name": "Client", "scopes": ["read"], "esco": str(community.lab)}
        made = httpx.post(f"{url}/v1/api-keys", json=wish, headers={"Authorization": f"Bearer {token}"})
        yield Served(url, anon, made.json()["key"], invites)


def log_in(url: str, anon: str, email: str) -> dict[str, Any]:
    headers = {"apikey": anon, "Authorization": f"Bearer {anon}"}
    body = {"email": email, "password": PASSWORD}
    response = httpx.post(f"{url}/auth/v1/token?grant_type=password", json=body, headers=headers, timeout=20)
    session: dict[str, Any] = response.raise_for_status().json()
    return session


async def _invite(url: str, people: Community) -> dict[str, str]:
    db = await connect(url, name="tests")
    try:
        made = {}
        for name in ("dee", "flo"):
            email = f"{name}@example.org"
            customer = await insert(db, "public.customers", fullname=name, email=email, esco=people.lab)
            invite = await insert(db, "public.customer_invites", customer=customer["id"])
            made[email] = str(invite["invite_token"])
        return made
    finally:
        await db.close()
