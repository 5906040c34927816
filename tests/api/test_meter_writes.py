"""/v1/meters: what is known of a meter, and writes that are asked for once, by role and on record."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from api.api_keys import make
from api.community import Community
from api.conftest import TokenFor
from flows_shared.db import connect

TARIFF = {
    "unit_rate_a": "0.21",
    "unit_rate_b": "0.2",
    "standing_charge": "0.4",
    "activation_at": "2099-01-01T00:00:00Z",
}
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("tariff", "tariff", TARIFF),
    ("token", "token", {"token": "00010000000112345678", "amount_pence": 1000}),
    ("clock", "clock", {}),
    ("prepay", "prepay", {"enabled": True}),
    ("backlight", "backlight", {"setting": "always_on_3p"}),
    ("load-switch", "load_switch", {"setting": "no_button_credit_mode"}),
    ("daylight-saving", "daylight_saving", {"enabled": False}),
]


@pytest.fixture
def gateway_env(gateway_env: dict[str, str], meter_sync_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("FLOWS_API_METER_SYNC_URL", meter_sync_url)
    return gateway_env


async def fetch(url: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    db = await connect(url, name="tests")
    try:
        return await db.fetch(query, *arguments)
    finally:
        await db.close()


async def test_write_is_accepted_once_followed_and_on_record(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    headers = as_user(community.lab_admin, "admin")
    for path, kind, body in WRITES:
        url = f"/v1/meters/{community.ann.serial}/{path}"
        keyed = {**headers, "Idempotency-Key": f"once {kind}"}
        responses = [await client.post(url, json=body or None, headers=keyed) for _ in "ab"]
        assert [response.status_code for response in responses] == [202, 202], responses[0].text
        first, second = [response.json() for response in responses]
        assert first == second
        assert (first["kind"], first["status"], first["tries"]) == (kind, "pending", 0)
        assert first["requested_by"] == str(community.lab_admin)
        followed = await client.get(f"/v1/meters/{community.ann.serial}/commands/{first['id']}", headers=headers)
        assert followed.json() == first
        [job] = await fetch(module_database_url, "SELECT job FROM flows.outbox WHERE key = $1", first["id"])
        assert job["job"] == "send_command"
        [entry] = await fetch(
            module_database_url,
            "SELECT * FROM flows.audit_log WHERE table_name = 'flows.meter_commands' AND row_id = $1",
            first["id"],
        )
        assert (entry["actor"], entry["action"]) == (str(community.lab_admin), "insert")
    listed = (await client.get(f"/v1/meters/{community.ann.serial}/commands", headers=headers)).json()
    assert [command["kind"] for command in listed] == [kind for _, kind, _ in reversed(WRITES)]


async def test_read_on_demand_is_on_record(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    headers = as_user(community.lab_admin, "admin")
    await client.post(f"/v1/meters/{community.bob.serial}/sync", json={"metrics": ["SyncerCsq"]}, headers=headers)
    query = "SELECT actor, row_id, after FROM flows.audit_log WHERE action = 'sync'"
    [entry] = await fetch(module_database_url, query)
    assert (entry["actor"], entry["row_id"]) == (str(community.lab_admin), str(community.bob.meter))
    assert "SyncerCsq" in str(entry["after"])


async def test_only_operators_write_and_only_to_their_own_meters(
    client: httpx.AsyncClient,
    community: Community,
    as_user: TokenFor,
    as_machine: Callable[[str], dict[str, str]],
) -> None:
    async def post(headers: dict[str, str], serial: str) -> tuple[int, str]:
        keyed = {**headers, "Idempotency-Key": "mine"}
        response = await client.post(f"/v1/meters/{serial}/prepay", json={"enabled": True}, headers=keyed)
        return response.status_code, response.json().get("code", "")

    assert await post(as_user(community.ann.user), community.ann.serial) == (403, "auth.role")
    assert await post(as_user(community.lab_admin, "admin"), community.cid.serial) == (404, "meter.unknown")
    assert await post(as_user(community.lab_admin, "admin"), "EML-NONE") == (404, "meter.unknown")
    assert (await post(as_machine("flows"), community.cid.serial))[0] == 202


async def test_customer_follows_writes_to_their_own_meter_only(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    keyed = {**as_user(community.lab_admin, "admin"), "Idempotency-Key": "bob's"}
    path = f"/v1/meters/{community.bob.serial}"
    command = (await client.post(f"{path}/clock", headers=keyed)).json()
    own = await client.get(f"{path}/commands/{command['id']}", headers=as_user(community.bob.user))
    assert (own.status_code, own.json()["id"]) == (200, command["id"])
    for url in (f"{path}/commands/{command['id']}", f"{path}/commands", f"{path}/read"):
        assert (await client.get(url, headers=as_user(community.ann.user))).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("tariff", {**TARIFF, "unit_rate_a": "1.5"}, "unit_rate_a"),
        ("tariff", {**TARIFF, "standing_charge": "0.1234567"}, "standing_charge"),
        ("tariff", {**TARIFF, "activation_at": "2099-01-01"}, "activation_at"),
        ("token", {"token": "12"}, "token"),
        ("prepay", {}, "enabled"),
        ("backlight", {"setting": "pink"}, "setting"),
        ("load-switch", {"setting": "none", "more": 1}, "more"),
    ],
)
async def test_value_that_cannot_be_is_refused_by_its_name(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, path: str, body: dict[str, Any], field: str
) -> None:
    keyed = {**as_user(community.lab_admin, "admin"), "Idempotency-Key": "wrong"}
    response = await client.post(f"/v1/meters/{community.ann.serial}/{path}", json=body, headers=keyed)
    assert response.status_code == 422
    assert field in response.json()["message"]


async def test_write_needs_a_key_and_a_key_stands_for_one_write(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    url = f"/v1/meters/{community.ann.serial}/prepay"
    missing = await client.post(url, json={"enabled": True}, headers=headers)
    assert (missing.status_code, "dempotency-" in missing.json()["message"]) == (422, True)
    keyed = {**headers, "Idempotency-Key": "one"}
    assert (await client.post(url, json={"enabled": True}, headers=keyed)).status_code == 202
    other = await client.post(url, json={"enabled": False}, headers=keyed)
    assert (other.status_code, other.json()["code"]) == (409, "command.key_taken")


async def test_passive_meter_is_not_written_to(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    await fetch(
        module_database_url, "UPDATE flows.meter_registry SET mode = 'passive' WHERE serial = $1", community.bob.serial
    )
    keyed = {**as_user(community.lab_admin, "admin"), "Idempotency-Key": "passive"}
    response = await client.post(f"/v1/meters/{community.bob.serial}/clock", headers=keyed)
    assert (response.status_code, response.json()["code"]) == (409, "meter.passive")


async def test_what_is_known_of_a_meter_is_shown_to_whose_it_is(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    ann = community.ann
    await fetch(
        module_database_url,
        """UPDATE flows.meter_shadows SET csq = 17, balance = 4.5, clock_time_diff_seconds = 3,
                  tariffs_active = '{"standing_charge": "0.41250"}' WHERE id = $1""",
        ann.meter,
    )
    await fetch(module_database_url, "INSERT INTO flows.meter_event_log VALUES ($1, now(), 33, 1)", ann.meter)
    for headers in (as_user(ann.user), as_user(community.lab_admin, "admin")):

        async def get(what: str, **query: Any) -> Any:
            response = await client.get(f"/v1/meters/{ann.serial}{what}", headers=headers, params=query)  # noqa: B023
            assert response.status_code == 200, response.text
            return response.json()

        assert (await get(""))["esco_code"] == "LAB"
        reads = await get("/read")
        assert (reads["import_a"], reads["error"]) == ("12.345", None)
        assert reads["read_at"] is not None
        assert (await get("/csq"))["csq"] == 17
        assert (await get("/balance"))["balance"] == "4.5"
        assert (await get("/clock"))["clock_time_diff_seconds"] == 3
        assert (await get("/tariff"))["tariffs_active"] == {"standing_charge": "0.41250"}
        half_hours = await get("/profile", start="2026-10-01T00:00:00Z", end="2026-10-01T02:00:00Z")
        assert [Decimal(row["kwh"]) * 100 for row in half_hours] == [0, 1, 2, 3]
        assert {row["source"] for row in half_hours} == {"measured"}
        assert (await get("/events"))[0]["name"] == "EVENT_POWER_UP"
    wrong = {"start": "2026-01-01T00:00:00Z", "end": "2026-10-01T00:00:00Z"}
    response = await client.get(f"/v1/meters/{ann.serial}/profile", headers=as_user(ann.user), params=wrong)
    assert (response.status_code, response.json()["code"]) == (422, "profile.period")


async def test_why_a_meter_was_not_reached_is_shown(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    reason = "no connection to 10.0.0.1:8080: no answer within 10 s"
    await fetch(
        module_database_url,
        "UPDATE flows.meter_shadows SET health = 'unhealthy', health_details = $2 WHERE id = $1",
        community.cid.meter,
        reason,
    )
    await fetch(
        module_database_url,
        "UPDATE flows.meter_sync_status SET last_error = $2 WHERE meter_id = $1",
        community.cid.meter,
        reason,
    )
    reads = (await client.get(f"/v1/meters/{community.cid.serial}/read", headers=as_user(community.cid.user))).json()
    assert (reads["health"], reads["health_details"], reads["error"]) == ("unhealthy", reason, reason)


async def test_key_that_asks_is_the_actor_and_not_the_person_who_made_it(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    made = await make(client, as_user(community.lab_admin, "admin"), ["read", "write"], esco=str(community.lab))
    key = {"apikey": made["key"], "Prefer": "return=representation", "Idempotency-Key": "a program's"}
    actor = f"api_key:{made['id']}"
    serial, customer = community.ann.serial, str(community.ann.customer)
    written = await client.post(f"/v1/meters/{serial}/prepay", json={"enabled": True}, headers=key)
    synced = await client.post(f"/v1/meters/{serial}/sync", headers=key)
    renamed = await client.patch(f"/rest/v1/customers?id=eq.{customer}", json={"phone": "1"}, headers=key)
    invited = await client.post("/v1/invites", json={"customer": customer}, headers=key)
    statuses = [answer.status_code for answer in (written, synced, renamed, invited)]
    assert statuses == [202, 202, 200, 201], [written.text, synced.text, renamed.text, invited.text]
    assert written.json()["requested_by"] == actor
    actors = "SELECT table_name, actor FROM flows.audit_log WHERE actor = $1"
    tables = {row["table_name"] for row in await fetch(module_database_url, actors, actor)}
    assert tables >= {"public.customers", "public.customer_invites", "flows.meter_registry"}
    named = "SELECT id FROM flows.audit_log WHERE row_id = $1 AND actor = $2"
    assert await fetch(module_database_url, named, customer, str(community.lab_admin)) == []
