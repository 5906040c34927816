"""The very requests of the programs that use a Flows database over HTTP today: sync jobs, mediators, tools, portals."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from api.community import Community
from flows_shared.db import connect

Machine = Callable[[str], dict[str, str]]
SHOW = {"Prefer": "return=representation"}


@pytest.fixture
def sync(client: httpx.AsyncClient, as_machine: Machine) -> httpx.AsyncClient:
    """As the sync jobs ask: role `flows`, both profiles on every request."""
    client.headers.update(_headers(as_machine, "flows", "flows"))
    return client


@pytest.fixture
def business(client: httpx.AsyncClient, as_machine: Machine) -> httpx.AsyncClient:
    """As the business jobs ask: role `public_backend`, profile `myenergy`."""
    client.headers.update(_headers(as_machine, "public_backend", "myenergy"))
    return client


@pytest.fixture
async def topup(community: Community, module_database_url: str) -> AsyncIterator[UUID]:
    """Ann's meter has a wallet, and a token that waits to be pushed to it."""
    wallet, topup = uuid4(), uuid4()
    db = await connect(module_database_url, name="tests")
    await db.execute("INSERT INTO public.wallets (id, esco, balance) VALUES ($1, $2, 12.5)", wallet, community.lab)
    await db.execute("UPDATE public.meters SET wallet = $1, balance = 3.25 WHERE id = $2", wallet, community.ann.meter)
    await db.execute(
        """INSERT INTO public.topups (id, meter, amount_pence, status, source, token)
           VALUES ($1, $2, 1000, 'wait_token_push', 'payment', '12345678901234567890')""",
        topup,
        community.ann.meter,
    )
    yield topup
    # One that is completed stays: it is in the ledger.
    await db.execute("DELETE FROM public.topups WHERE id = $1 AND status <> 'completed'", topup)
    await db.execute("UPDATE public.meters SET wallet = NULL WHERE wallet = $1", wallet)
    await db.execute("DELETE FROM public.wallets WHERE id = $1", wallet)
    await db.close()


async def rows(client: httpx.AsyncClient, path: str) -> Any:
    response = await client.get(f"/rest/v1/{path}")
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    return response.json()


async def test_community_by_code_without_a_wildcard(sync: httpx.AsyncClient, community: Community) -> None:
    assert await rows(sync, "escos?select=id&code=ilike.lab") == [{"id": str(community.lab)}]


async def test_meters_of_a_community(sync: httpx.AsyncClient, community: Community, module_database_url: str) -> None:
    db = await connect(module_database_url, name="tests")
    await db.execute("UPDATE flows.meter_registry SET ip_address = '127.1.2.3' WHERE id = $1", community.ann.meter)
    await db.close()
    found = await rows(sync, f"meter_registry?select=serial,ip_address&esco=eq.{community.lab}")
    assert {"serial": "EML-ANN", "ip_address": "127.1.2.3"} in found
    path = (
        f"meter_registry?select=id,ip_address,serial,hardware&esco=eq.{community.lab}&mode=eq.active&order=serial.asc"
    )
    assert [row["serial"] for row in await rows(sync, path)] == ["EML-ANN", "EML-BOB"]
    (ann,) = await rows(sync, "meter_registry?select=*&serial=eq.EML-ANN&mode=eq.active")
    assert ann["id"] == str(community.ann.meter)


async def test_what_is_due_by_a_capital_true(sync: httpx.AsyncClient) -> None:
    due = await rows(sync, "meter_metrics?select=*&enabled=eq.True&run_frequency=eq.hourly")
    assert due
    assert all(row["enabled"] and row["run_frequency"] == "hourly" for row in due)


async def test_shadow_is_updated_with_values_and_with_a_failure(sync: httpx.AsyncClient, community: Community) -> None:
    path = f"/rest/v1/meter_shadows?id=eq.{community.bob.meter}"
    values = {
        "import_a": 1234.567,
        "voltage": 241.0,
        "balance": "12.34567",
        "backlight": "normal_sp",
        "load_switch": "normal_button_always",
        "tariffs_active": {"standing_charge": "0.12345", "threshold_mask": {"rate1": True}, "block_rate": 1},
        "tariffs_future": {"activation_datetime": "2025-05-08T06:13:20+00:00"},
    }
    done = await sync.patch(path, json={**values, "health": "healthy", "health_details": ""}, headers=SHOW)
    assert done.status_code == 200, done.text
    (shadow,) = done.json()
    assert {name: shadow[name] for name in values} == {**values, "balance": 12.34567}
    assert (shadow["health"], shadow["health_details"]) == ("healthy", "")
    failed = await sync.patch(
        path, json={"health": "unhealthy", "health_details": "no answer", "csq": None}, headers=SHOW
    )
    assert (failed.json()[0]["health"], failed.json()[0]["csq"]) == ("unhealthy", None)


async def test_registry_is_updated_by_column(sync: httpx.AsyncClient, community: Community) -> None:
    path = f"/rest/v1/meter_registry?id=eq.{community.cid.meter}"
    done = await sync.patch(path, json={"firmware_version": "6_35_9"}, headers=SHOW)
    assert (done.status_code, done.json()[0]["firmware_version"]) == (200, "6_35_9")


@pytest.mark.parametrize("minute", ["07:00", "00:03"])
async def test_half_hour_off_the_clock_is_refused_and_named(
    sync: httpx.AsyncClient, community: Community, minute: str
) -> None:
    half_hours = [
        {"register_id": str(community.ann.register), "timestamp": f"2026-10-05T10:{at}+00:00", "kwh": 0.2}
        for at in ("30:00", minute)
    ]
    response = await sync.post("/rest/v1/register_interval_hh?on_conflict=register_id,timestamp", json=half_hours)
    assert (response.status_code, response.json()["code"]) == (400, "23514")
    assert response.json()["message"] == f"no half hour begins at 2026-10-05T10:{minute}Z"


async def test_community_in_a_zone_that_cuts_half_hours_is_refused_by_name(sync: httpx.AsyncClient) -> None:
    esco = {"name": "Kathmandu", "code": "KTM", "time_zone": "Asia/Kathmandu"}
    response = await sync.post("/rest/v1/escos", json=esco)
    assert (response.status_code, response.json()["code"]) == (400, "23514")
    assert response.json()["message"].startswith('time zone "Asia/Kathmandu" is 05:45:00 from UTC')


@pytest.mark.parametrize("table", ["customers", "invoices", "accounts", "microgrid_tariffs", "wallets", "topups"])
async def test_sync_jobs_see_no_business_in_any_profile(sync: httpx.AsyncClient, table: str) -> None:
    for profile in ("public", "myenergy"):
        headers = {"Accept-Profile": profile, "Content-Profile": profile}
        refused = await sync.get(f"/rest/v1/{table}?select=id", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "42501")
    assert (await sync.get("/v1/billing/runs")).status_code == 403


async def test_sync_jobs_see_no_secret_of_the_network(sync: httpx.AsyncClient) -> None:
    for table in ("meter_proxies", "meter_sources", "audit_log", "seals", "money_requests", "own_meter_metrics"):
        assert (await sync.get(f"/rest/v1/{table}")).status_code == 403


async def test_events_are_stored_once(sync: httpx.AsyncClient, community: Community) -> None:
    meter = str(community.ann.meter)
    events = [
        {"meter_id": meter, "timestamp": f"2026-10-01T00:{minute:02}:00+00:00", "event_type": 5, "event_set": 1}
        for minute in range(60)
    ]
    columns = quote('"meter_id","timestamp","event_type","event_set"')
    path = f"/rest/v1/meter_event_log?on_conflict=meter_id,timestamp,event_type&columns={columns}"
    headers = {"Prefer": "return=representation,resolution=ignore-duplicates"}
    first = await sync.post(path, json=events[:40], headers=headers)
    assert (first.status_code, len(first.json())) == (201, 40)
    again = await sync.post(path, json=events, headers=headers)
    assert (again.status_code, [event["timestamp"] for event in again.json()]) == (
        201,
        [event["timestamp"] for event in events[40:]],
    )
    last = f"select=timestamp,event_type,event_set&meter_id=eq.{meter}&order=timestamp.desc&limit=1"
    assert await rows(sync, f"meter_event_log?{last}") == [
        {"timestamp": "2026-10-01T00:59:00+00:00", "event_type": 5, "event_set": 1}
    ]


async def test_clocks_that_drift(sync: httpx.AsyncClient, community: Community, module_database_url: str) -> None:
    db = await connect(module_database_url, name="tests")
    await db.execute("UPDATE flows.meter_shadows SET clock_time_diff_seconds = 42 WHERE id = $1", community.ann.meter)
    await db.execute("UPDATE flows.meter_shadows SET clock_time_diff_seconds = 43 WHERE id = $1", community.cid.meter)
    await db.close()
    select = "clock_time_diff_seconds,id,meter_registry!inner(serial,mode,escos!inner(code))"
    path = f"meter_shadows?select={select}&clock_time_diff_seconds=gt.20"
    both = f"{path}&meter_registry.mode=eq.active"
    assert [row["clock_time_diff_seconds"] for row in await rows(sync, f"{both}&order=clock_time_diff_seconds")] == [
        42,
        43,
    ]
    code = "ilike.lab"
    assert await rows(sync, f"{both}&meter_registry.escos.code={code}") == [
        {
            "clock_time_diff_seconds": 42,
            "id": str(community.ann.meter),
            "meter_registry": {"serial": "EML-ANN", "mode": "active", "escos": {"code": "LAB"}},
        }
    ]
    assert await rows(sync, f"{both}&meter_registry.escos.code=eq.lab") == []


async def test_same_column_is_filtered_twice(sync: httpx.AsyncClient, community: Community) -> None:
    path = f"meter_registry?select=*&esco=eq.{community.lab}&prepay_enabled=eq.False&hardware=neq.P1.bx"
    assert len(await rows(sync, f"{path}&hardware=neq.P1.cx")) == 2
    assert await rows(sync, f"{path}&hardware=neq.P1.ax") == []


async def test_list_for_people(sync: httpx.AsyncClient, community: Community) -> None:
    response = await sync.post("/rest/v1/rpc/get_meters_for_cli", json={"esco_filter": "lab", "feeder_filter": None})
    assert response.status_code == 200, response.text
    listed = sorted(response.json(), key=lambda row: row["serial"])
    assert [row["serial"] for row in listed] == ["EML-ANN", "EML-BOB"]
    assert set(listed[0]) == {
        "id", "ip_address", "serial", "name", "single_meter_app", "esco", "csq", "health", "hardware", "feeder",
    }  # fmt: skip


async def test_topups_are_found_and_completed(business: httpx.AsyncClient, community: Community, topup: UUID) -> None:
    properties = await rows(business, f"properties?select=supply_meter&esco=eq.{community.lab}")
    meters = [row["supply_meter"] for row in properties]
    assert str(community.ann.meter) in meters
    select = "id,meter,token,status,meters(serial)"
    path = f"topups?select={select}&status=eq.wait_token_push&used_at=is.null&meter=in.({','.join(meters)})"
    assert await rows(business, path) == [
        {
            "id": str(topup),
            "meter": str(community.ann.meter),
            "token": "12345678901234567890",
            "status": "wait_token_push",
            "meters": {"serial": "EML-ANN"},
        }
    ]
    body = {
        "status": "completed",
        "notes": "pushed",
        "updated_at": "2026-11-01T10:00:00.123456",
        "used_at": "2026-11-01T10:00:00",
    }
    done = await business.patch(f"/rest/v1/topups?id=eq.{topup}", json=body, headers=SHOW)
    assert done.status_code == 200, done.text
    assert (done.json()[0]["status"], done.json()[0]["used_at"]) == ("completed", "2026-11-01T10:00:00+00:00")
    assert await rows(business, path) == []


async def test_tariffs_that_are_due(business: httpx.AsyncClient) -> None:
    response = await business.post("/rest/v1/rpc/meters_missing_future_tariffs", json={"esco_code_in": "lab"})
    assert response.status_code == 200, response.text
    assert isinstance(response.json(), list)


async def test_auto_topup_reads_the_wallet_as_one_object(
    business: httpx.AsyncClient, community: Community, topup: UUID
) -> None:
    select = "id,serial,balance,wallet,wallets(id,balance,minimum_balance,target_balance,auto_topup)"
    (ann,) = await rows(business, f"meters?select={select}&id=eq.{community.ann.meter}")
    assert (ann["balance"], ann["wallets"]["id"]) == (3.25, ann["wallet"])
    assert {name: ann["wallets"][name] for name in ("balance", "minimum_balance", "target_balance", "auto_topup")} == {
        "balance": 12.5,
        "minimum_balance": 20,
        "target_balance": 30,
        "auto_topup": False,
    }


async def test_anonymous_key_alone_sees_communities(client: httpx.AsyncClient, as_machine: Machine) -> None:
    client.headers.update(_headers(as_machine, "anon", "flows"))
    assert {"code": "LAB"} in await rows(client, "escos?select=code")
    refused = await client.get("/rest/v1/meter_registry?select=serial")
    assert (refused.status_code, refused.json()["code"]) == (401, "42501")


def _headers(as_machine: Machine, role: str, profile: str) -> dict[str, str]:
    key = as_machine("anon")["Authorization"].removeprefix("Bearer ")
    return {
        **as_machine(role),
        "apikey": key,
        "Accept": "*/*",
        "Accept-Profile": profile,
        "Content-Profile": profile,
    }
