"""What lets someone in is handed out once, and is nowhere in the database: not in a row, a queue or the audit log."""

from uuid import UUID

import httpx
from fastapi import FastAPI

from api.accounts import bearer, sign_up, verify
from api.api_keys import make
from api.community import PASSWORD, Community
from api.conftest import TokenFor
from api.logins import log_in, refresh
from builders import insert
from flows_shared.db import Connection, connect
from flows_shared.tokens import mailed_code, mailed_token

TABLES = """
    SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
"""
NEW = "a new and longer password"


async def test_nothing_that_was_handed_out_is_kept_as_it_is(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    settings = gateway.state.settings
    admin = as_user(community.lab_admin, "admin")
    key = await make(client, admin, esco=str(community.lab))
    used, unused = [await _invite(client, admin, db, community.lab, name) for name in ("Gus", "Hal")]
    session = (await sign_up(client, "gus@example.org", used)).json()
    again = (await refresh(client, session["refresh_token"])).json()
    await client.put("/auth/v1/user", json={"email": "gus2@example.org"}, headers=bearer(again))
    await client.get("/auth/v1/reauthenticate", headers=bearer(again))
    await client.post("/auth/v1/recover", json={"email": "gus@example.org"})
    user = UUID(again["user"]["id"])
    change = await db.fetchval("SELECT id FROM flows.email_changes WHERE user_id = $1", user)
    recovery = await db.fetchval("SELECT id FROM flows.recoveries WHERE user_id = $1", user)
    code = await db.fetchval("SELECT id FROM flows.login_mails WHERE user_id = $1", user)
    handed_out = {
        "api key": key["key"], "secret of the key": key["key"].partition("_")[2], "invite": unused, "used invite": used,
        "refresh token": session["refresh_token"], "next one": again["refresh_token"],
        "access token": again["access_token"], "recovery": mailed_token(settings, "recovery", recovery),
        "new address": mailed_token(settings, "email_change", change),
        "code": mailed_code(settings, code), "password": NEW, "another password": PASSWORD,
    }  # fmt: skip
    assert (await verify(client, type="recovery", token_hash=handed_out["recovery"])).status_code == 200
    assert (await log_in(client, "gus@example.org", NEW)).status_code == 200
    rows = [str(row) for [table] in await db.fetch(TABLES) for row in await db.fetch(f"SELECT t::text FROM {table} t")]
    await db.close()
    assert len(rows) > 100
    kept = "\n".join(rows)
    assert [name for name, secret in handed_out.items() if secret in kept] == []


async def _invite(client: httpx.AsyncClient, admin: dict[str, str], db: Connection, esco: UUID, name: str) -> str:
    """As the gateway's own command makes it."""
    customer = await insert(db, "public.customers", fullname=name, email=f"{name.lower()}@example.org", esco=esco)
    made = await client.post("/v1/invites", json={"customer": str(customer["id"])}, headers=admin)
    token: str = made.json()["invite_token"]
    return token
