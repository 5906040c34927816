"""The gateway as operators start it: `flows serve api`, several processes on a real socket."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx

from api.community import PASSWORD, Community
from api.services import FLOWS
from conftest import JWT_SECRET
from flows_local.servers import free_port
from processes import FlowsProcess


async def test_many_people_at_once_each_see_their_own(
    community: Community, module_role_url: Callable[[str], str], redis_url: str, tmp_path: Path
) -> None:
    port = free_port()
    variables = {
        "FLOWS_DATABASE_URL": module_role_url("flows_gateway"),
        "FLOWS_REDIS_URL": redis_url,
        "FLOWS_JWT_SECRET": JWT_SECRET,
        "FLOWS_API_REST_DB_POOL": "3",
    }
    arguments = [FLOWS, "serve", "api", "--port", str(port), "--workers", "2"]
    with FlowsProcess(arguments, variables, tmp_path / "log") as process:
        process.wait_until_served(port, count=2)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            people = await asyncio.gather(*(log_in(client, home.email) for home in community.homes))
            answers = await asyncio.gather(*(own_invoices(client, token) for token in people * 40))
        assert answers == [[{"number": home.invoice}] for home in community.homes] * 40
        assert process.terminate() == 0
    assert JWT_SECRET not in process.log.read_text()
    assert PASSWORD not in process.log.read_text()


async def log_in(client: httpx.AsyncClient, email: str) -> str:
    body = {"email": email, "password": PASSWORD}
    response = await client.post("/auth/v1/token", params={"grant_type": "password"}, json=body)
    return str(response.json()["access_token"])


async def own_invoices(client: httpx.AsyncClient, token: str) -> object:
    headers = {"Authorization": f"Bearer {token}"}
    response = await client.get("/rest/v1/invoices?select=number", headers=headers)
    return json.loads(response.content)
