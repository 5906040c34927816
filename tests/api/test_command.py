"""`flows key` and `flows user`, as an operator types them."""

import asyncio
import json
import os
from uuid import UUID

import httpx
import pytest

from api.community import Community
from api.services import FLOWS
from builders import insert
from flows_api.settings import ApiSettings
from flows_shared.db import connect
from flows_shared.settings import ServiceSettings, load_settings
from flows_shared.time import utc_now
from flows_shared.tokens import mailed_token, verify_token

ADMIN = "admin@lab.example"


async def flows(env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWS_")}
    process = await asyncio.create_subprocess_exec(
        FLOWS,
        *arguments,
        env={**kept, **env, "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


async def test_key_is_made_listed_and_revoked(
    client: httpx.AsyncClient, gateway_env: dict[str, str], community: Community
) -> None:
    arguments = ("key", "create", "Meter mediator", "--as", ADMIN, "--scope", "write:flows", "--esco", "lab")
    status, out, err = await flows(gateway_env, *arguments)
    assert status == 0, err
    key, secret = out.split()
    numbers = (await client.get("/rest/v1/invoices?select=number&order=number", headers={"apikey": secret})).json()
    assert numbers == [{"number": community.ann.invoice}, {"number": community.bob.invoice}]
    _, listed, _ = await flows(gateway_env, "key", "list", "--as", ADMIN)
    assert "Meter mediator" in listed
    assert secret[:12] in listed
    assert secret not in listed
    status, out, _ = await flows(gateway_env, "key", "revoke", key, "--as", ADMIN)
    assert (status, out) == (0, "Meter mediator is revoked\n")
    assert (await client.get("/rest/v1/invoices", headers={"apikey": secret})).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("key", "create", "X", "--as", ADMIN, "--scope", "read", "--esco", "wlce"), "for wlce"),
        (("key", "create", "X", "--as", ADMIN, "--scope", "read", "--esco", "none"), "there is no community"),
        (("key", "create", "X", "--as", ADMIN, "--scope", "read"), "may not make a key of role admin"),
        (("key", "create", "X", "--as", ADMIN, "--scope", "read", "--role", "service"), "role service"),
        (("key", "create", "X", "--as", ADMIN, "--scope", "delete", "--esco", "lab"), "do not fit together"),
        (("key", "list", "--as", "nobody@example.org"), "may not log in"),
        (("user", "invite", "cid@example.org", "--as", ADMIN), "there is no customer"),
    ],
)
async def test_what_the_admin_may_not_is_refused(
    gateway_env: dict[str, str], community: Community, arguments: tuple[str, ...], reason: str
) -> None:
    status, out, err = await flows(gateway_env, *arguments)
    assert (status, out) == (1, "")
    assert reason in err


async def test_customer_is_invited(gateway_env: dict[str, str], community: Community, module_database_url: str) -> None:
    db = await connect(module_database_url, name="tests")
    await insert(db, "public.customers", fullname="Dee", email="dee@example.org", esco=community.lab)
    status, out, _ = await flows(gateway_env, "user", "invite", "Dee@example.org", "--as", ADMIN)
    assert status == 0
    assert out.startswith("Dee@example.org is invited until ")
    queued = await db.fetchval("SELECT count(*) FROM flows.outbox WHERE job = 'send_invites'")
    await db.close()
    assert queued == 1


async def test_first_admin_is_made_by_who_migrates_and_mailed_a_link(
    client: httpx.AsyncClient, gateway_env: dict[str, str], community: Community, module_database_url: str
) -> None:
    arguments = ("user", "add-admin", "New@example.org", "--esco", "lab")
    status, _, err = await flows(gateway_env, *arguments)
    assert status == 1
    assert "only the role that migrates" in err
    as_owner = {**gateway_env, "FLOWS_DATABASE_URL": module_database_url}
    status, out, err = await flows(as_owner, *arguments)
    assert (status, out) == (0, "New@example.org is an admin; the mail holds for 7 days\n"), err
    assert "has a login already" in (await flows(as_owner, *arguments))[2]
    db = await connect(module_database_url, name="tests")
    recovery = await db.fetchval(
        "SELECT arguments ->> 0 FROM flows.outbox WHERE job = 'send_recovery' AND service = 'notify'"
    )
    await db.close()
    token = mailed_token(load_settings(ServiceSettings), "recovery", UUID(recovery))
    session = await client.post("/auth/v1/verify", json={"type": "recovery", "token_hash": token})
    headers = {"Authorization": f"Bearer {session.json()['access_token']}"}
    escos = await client.get("/rest/v1/user_escos?select=esco", headers=headers)
    assert escos.json() == [{"esco": str(community.lab)}]


async def test_signing_key_is_one_that_the_settings_take(gateway_env: dict[str, str], community: Community) -> None:
    _, made, _ = await flows({}, "key", "signing", "RS256")
    assert json.loads(made)["alg"] == "RS256"


async def test_anon_key_opens_what_nobody_logs_in_for(client: httpx.AsyncClient, gateway_env: dict[str, str]) -> None:
    status, out, err = await flows(gateway_env, "key", "anon")
    assert status == 0, err
    key = out.strip()
    for headers in (
        {"apikey": key},
        {"Authorization": f"Bearer {key}"},
        {"apikey": key, "Authorization": f"Bearer {key}"},
    ):
        escos = await client.get("/rest/v1/escos?select=code&code=eq.LAB", headers=headers)
        assert (escos.status_code, escos.json()) == (200, [{"code": "LAB"}])
        refused = await client.get("/rest/v1/invoices?select=number", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "42501")
    _, other, _ = await flows({**gateway_env, "FLOWS_JWT_SECRET": "another-secret-of-32-characters-x"}, "key", "anon")
    assert (await client.get("/rest/v1/escos", headers={"apikey": other.strip()})).status_code == 401


async def test_anon_key_is_good_beside_keys_that_sign_logins(gateway_env: dict[str, str], community: Community) -> None:
    _, made, _ = await flows({}, "key", "signing", "ES256")
    env = {**gateway_env, "FLOWS_API_TOKEN_KEYS": f"[{made}]", "FLOWS_API_TOKEN_ISSUER": "elsewhere"}
    _, out, _ = await flows(env, "key", "anon")
    settings = ApiSettings.model_validate(
        {"api_token_keys": env["FLOWS_API_TOKEN_KEYS"], "api_token_issuer": env["FLOWS_API_TOKEN_ISSUER"]}
    )
    audience = settings.api_token_audience
    claims = verify_token(
        out.strip(), settings.token_keys(), now=utc_now(), audience=audience, issuers=settings.issuers()
    )
    assert claims.role == "anon"
