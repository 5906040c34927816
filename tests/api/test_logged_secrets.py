"""A token or key that is put into a URL by mistake is in no line that a server logs, at any level."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from api.community import Community
from api.conftest import TokenFor
from api.services import served
from conftest import JWT_SECRET

KEY = "flows_" + "aB3-" * 10 + "xyz"
PATHS = (
    "/rest/v1/{}",
    "/rest/v1/invoices?apikey={}",
    "/rest/v1/invoices?select={}",
    "/rest/v1/invoices?{}=eq.1",
    "/rest/v1/rpc/{}",
    "/v1/meters/{}/values",
    "/v1/{}",
    "/auth/v1/user?access_token={}",
    "/auth/v1/{}",
    "/{}",
    "/healthz/{}",
    "//{}",
    "/%2e/{}",
)


@pytest.mark.parametrize("service", ["api", "billing", "meter-sync"])
async def test_no_log_line_holds_a_token_of_the_url(
    service: str,
    community: Community,
    as_user: TokenFor,
    module_role_url: Callable[[str], str],
    redis_url: str,
    tmp_path: Path,
) -> None:
    roles = {"api": "flows_gateway", "billing": "flows_billing", "meter-sync": "flows_meter_sync"}
    variables = {
        "FLOWS_DATABASE_URL": module_role_url(roles[service]),
        "FLOWS_REDIS_URL": redis_url,
        "FLOWS_JWT_SECRET": JWT_SECRET,
        "FLOWS_LOG_LEVEL": "debug",
    }
    token = as_user(community.lab_admin, "admin")["Authorization"].removeprefix("Bearer ")
    spelled = {secret: [secret, secret.replace("_", "%5F").replace("e", "%65")] for secret in (token, KEY)}
    log = tmp_path / "log"
    with served(service, variables, log) as url:
        async with httpx.AsyncClient() as client:
            for path in PATHS:
                for spellings in spelled.values():
                    for spelling in spellings:
                        await client.get(url + path.format(spelling))
                        await client.post(url + path.format(spelling), json={})
        await _send_raw(url, f"GET /{token} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        await _send_raw(url, f"GET /{token}\x01 NONSENSE\r\n\r\n")
    said = log.read_text()
    assert '"path": "' in said
    assert "***" in said
    for secret in spelled:
        signature = secret.rpartition(".")[2] if secret == token else secret.removeprefix("flows_")
        assert signature[:12] not in said


async def _send_raw(url: str, request: str) -> None:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request.encode("latin-1"))
    await reader.read(1)
    writer.close()
