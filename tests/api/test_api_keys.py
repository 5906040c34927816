"""Keys of programs: who makes them, what they reach and may write, and how they end."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.api_keys import KEYS, READ_ONLY, make
from api.community import PASSWORD, Community
from api.conftest import TokenFor
from flows_shared.db import connect
from waiting import until


@pytest.fixture
def operator(community: Community, as_user: TokenFor) -> dict[str, str]:
    return as_user(community.operator, "admin")


@pytest.fixture
def lab_admin(community: Community, as_user: TokenFor) -> dict[str, str]:
    return as_user(community.lab_admin, "admin")


async def invoices(client: httpx.AsyncClient, headers: dict[str, str]) -> set[str]:
    response = await client.get("/rest/v1/invoices?select=number", headers=headers)
    assert response.status_code == 200, response.text
    return {row["number"] for row in response.json()}


async def test_key_is_shown_once_and_works_in_either_header(
    client: httpx.AsyncClient, community: Community, lab_admin: dict[str, str], module_database_url: str
) -> None:
    made = await make(client, lab_admin, esco=str(community.lab))
    lab = {community.ann.invoice, community.bob.invoice}
    assert await invoices(client, {"apikey": made["key"]}) == lab
    assert await invoices(client, {"Authorization": f"Bearer {made['key']}"}) == lab
    assert await invoices(client, {"Authorization": f"Bearer {made['key']}", "apikey": "anon"}) == lab
    [seen] = [key for key in (await client.get(KEYS, headers=lab_admin)).json() if key["id"] == made["id"]]
    assert "key" not in seen
    assert made["key"].startswith(seen["hint"])
    assert seen["last_used_at"] is not None
    assert (await client.get(f"{KEYS}/{made['id']}", headers=lab_admin)).json() == seen
    db = await connect(module_database_url, name="tests")
    kept = await db.fetch("SELECT secret::text FROM flows.api_key_secrets AS secret")
    audited = await db.fetch("SELECT actor, after::text FROM flows.audit_log WHERE table_name = 'public.api_keys'")
    await db.close()
    assert not any(made["key"][13:] in row[0] for row in kept)
    assert str(community.lab_admin) in {row["actor"] for row in audited}
    assert not any(made["key"][13:] in row["after"] for row in audited)


async def test_person_before_key_where_both_are_sent(
    client: httpx.AsyncClient, community: Community, lab_admin: dict[str, str], as_user: TokenFor
) -> None:
    made = await make(client, lab_admin, esco=str(community.lab))
    headers = as_user(community.cid.user) | {"apikey": made["key"]}
    assert await invoices(client, headers) == {community.cid.invoice}


@pytest.mark.parametrize(
    ("who", "wish", "status", "reason"),
    [
        ("lab_admin", {"esco": "wlce"}, 403, "not an admin of"),
        ("lab_admin", {}, 403, "name the esco"),
        ("lab_admin", {"role": "service"}, 403, "every community"),
        ("lab_admin", {"role": "reporting"}, 403, "every community"),
        ("operator", {"role": "service", "esco": "lab"}, 403, "leave esco out"),
        ("operator", {"role": "postgres"}, 422, "role"),
        ("operator", {"scopes": []}, 422, "scopes"),
        ("operator", {"scopes": ["write:public.x;y"]}, 422, "scopes"),
        ("operator", {"expires_at": "2020-01-01T00:00:00Z"}, 422, "in the future"),
        ("operator", {"expires_at": "2199-01-01T00:00:00Z"}, 422, "within three years"),
        ("operator", {"name": " "}, 422, "name"),
        ("ann", {"esco": "lab"}, 403, "role admin"),
        ("ann", {"role": "service"}, 403, "role admin"),
    ],
)
async def test_key_that_one_may_not_make_is_refused(
    client: httpx.AsyncClient,
    community: Community,
    as_user: TokenFor,
    who: str,
    wish: dict[str, Any],
    status: int,
    reason: str,
) -> None:
    escos = {"lab": str(community.lab), "wlce": str(community.wlce)}
    headers = {
        "lab_admin": as_user(community.lab_admin, "admin"),
        "operator": as_user(community.operator, "admin"),
        "ann": as_user(community.ann.user),
    }[who]
    body = {"name": "Test", "scopes": READ_ONLY, **wish}
    if "esco" in body:
        body["esco"] = escos[body["esco"]]
    response = await client.post(KEYS, json=body, headers=headers)
    assert response.status_code == status
    assert reason in response.json()["message"]


async def test_key_of_an_operator_reaches_one_community_or_all(
    client: httpx.AsyncClient, community: Community, operator: dict[str, str]
) -> None:
    one = await make(client, operator, esco=str(community.wlce))
    every = await make(client, operator)
    service = await make(client, operator, role="service")
    assert await invoices(client, {"apikey": one["key"]}) == {community.cid.invoice}
    for made in (every, service):
        assert await invoices(client, {"apikey": made["key"]}) == {home.invoice for home in community.homes}
    audit = {"apikey": one["key"], "Accept-Profile": "flows"}
    assert (await client.get("/rest/v1/audit_log", headers=audit)).json() == []


async def test_key_makes_no_keys_and_is_no_person(
    client: httpx.AsyncClient, community: Community, operator: dict[str, str]
) -> None:
    made = await make(client, operator, ["write"], esco=str(community.lab))
    for headers in ({"apikey": made["key"]}, {"Authorization": f"Bearer {made['key']}"}):
        for method, path in (("GET", KEYS), ("POST", KEYS), ("DELETE", f"{KEYS}/{made['id']}")):
            body = {"name": "Test", "scopes": READ_ONLY} if method == "POST" else None
            response = await client.request(method, path, json=body, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, "api_key.forbidden")
        assert (await client.get("/auth/v1/user", headers=headers)).status_code == 401


async def test_admin_sees_and_revokes_keys_of_their_communities_alone(
    client: httpx.AsyncClient, community: Community, operator: dict[str, str], lab_admin: dict[str, str]
) -> None:
    theirs = await make(client, operator, esco=str(community.wlce))
    ours = await make(client, operator, esco=str(community.lab))
    seen = {key["id"] for key in (await client.get(KEYS, headers=lab_admin)).json()}
    assert (ours["id"] in seen, theirs["id"] in seen) == (True, False)
    assert (await client.delete(f"{KEYS}/{theirs['id']}", headers=lab_admin)).status_code == 404
    assert (await client.delete(f"{KEYS}/{ours['id']}", headers=lab_admin)).json()["revoked_at"]


async def test_revoked_key_is_refused_and_stays_revoked(
    client: httpx.AsyncClient, community: Community, lab_admin: dict[str, str]
) -> None:
    made = await make(client, lab_admin, esco=str(community.lab))
    first = (await client.delete(f"{KEYS}/{made['id']}", headers=lab_admin)).json()
    again = (await client.delete(f"{KEYS}/{made['id']}", headers=lab_admin)).json()
    assert first["revoked_at"] == again["revoked_at"]
    answer = await client.get("/v1/billing/runs", headers={"apikey": made["key"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.key_revoked")
    assert "was revoked" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE public.api_keys SET expires_at = now() WHERE id = $1", "auth.token_expired"),
        ("UPDATE public.api_keys SET revoked_at = now() WHERE id = $1", "auth.key_revoked"),
        ("DELETE FROM public.api_keys WHERE id = $1", "auth.key_unknown"),
        (
            """UPDATE public.users SET disabled_at = now()
                WHERE id = (SELECT created_by FROM public.api_keys WHERE id = $1)""",
            "auth.key_not_allowed",
        ),
    ],
)
async def test_believed_key_is_refused_as_soon_as_the_database_says_so(
    client: httpx.AsyncClient,
    gateway: FastAPI,
    community: Community,
    operator: dict[str, str],
    module_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    code: str,
) -> None:
    authenticator = gateway.state.authenticator
    believing = authenticator.settings.model_copy(update={"api_token_cache_seconds": 600.0})
    monkeypatch.setattr(authenticator, "settings", believing)
    made = await make(client, operator, esco=str(community.lab))
    headers = {"apikey": made["key"]}
    assert (await client.get("/v1/billing/runs", headers=headers)).status_code == 200
    db = await connect(module_database_url, name="tests")
    await db.execute(statement, made["id"])

    async def refused() -> bool:
        answer = await client.get("/v1/billing/runs", headers=headers)
        return answer.status_code == 401 and answer.json()["code"] == code

    await until(refused, seconds=10)
    await db.execute("UPDATE public.users SET disabled_at = NULL WHERE id = $1", community.operator)
    await db.close()


@pytest.mark.parametrize(
    ("scopes", "meters", "runs"),
    [
        (["read"], False, False),
        (["read", "write:flows"], True, False),
        (["write:public"], False, True),
        (["write:public.invoices"], False, False),
        (["write"], True, True),
    ],
)
async def test_scopes_hold_for_commands(
    client: httpx.AsyncClient,
    community: Community,
    operator: dict[str, str],
    scopes: list[str],
    meters: bool,
    runs: bool,
) -> None:
    """The services do not run here: what is allowed fails behind the gateway."""
    headers = {"apikey": (await make(client, operator, scopes))["key"]}
    for path, body, allowed in (
        (f"/v1/meters/{community.ann.serial}/sync", None, meters),
        ("/v1/billing/runs", {"month": "2026-09"}, runs),
    ):
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code == (503 if allowed else 403), answer.text
        assert allowed or answer.json()["code"] == "auth.scope"
    assert (await client.get("/v1/billing/runs", headers=headers)).status_code == 200


async def test_unknown_key_is_refused_and_says_so(client: httpx.AsyncClient) -> None:
    for path in ("/v1/billing/runs", "/rest/v1/escos"):
        answer = await client.get(path, headers={"apikey": "flows_" + "x" * 43})
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_anon_key_beside_a_persons_token_is_as_before(
    client: httpx.AsyncClient, community: Community, as_machine: Callable[[str], dict[str, str]]
) -> None:
    anon = as_machine("anon")["Authorization"].removeprefix("Bearer ")
    both = {"apikey": anon, "Authorization": f"Bearer {anon}"}
    body = {"email": "ann@example.org", "password": PASSWORD}
    session = await client.post("/auth/v1/token?grant_type=password", json=body, headers=both)
    headers = {"apikey": anon, "Authorization": f"Bearer {session.json()['access_token']}"}
    assert await invoices(client, headers) == {community.ann.invoice}
    assert (await client.get("/rest/v1/escos", headers={"apikey": anon})).status_code == 200
