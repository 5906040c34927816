"""/v1/meters: who may have a meter read now, and who sees how its reads have gone."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community
from api.conftest import TokenFor
from flows_local.servers import free_port
from flows_shared.db import connect


@pytest.fixture
def gateway_env(gateway_env: dict[str, str], meter_sync_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("FLOWS_API_METER_SYNC_URL", meter_sync_url)
    return gateway_env


async def test_admin_and_machine_have_a_meter_read(
    client: httpx.AsyncClient,
    community: Community,
    as_user: TokenFor,
    as_machine: Callable[[str], dict[str, str]],
    module_database_url: str,
) -> None:
    for headers in (as_user(community.lab_admin, "admin"), as_machine("flows")):
        for body in (None, {"metrics": None}, {"metrics": ["SyncerReads"]}):
            response = await client.post(f"/v1/meters/{community.ann.serial}/sync", json=body, headers=headers)
            assert response.status_code == 202, response.text
            assert response.json()["meter_id"] == str(community.ann.meter)
    db = await connect(module_database_url, name="tests")
    job = await db.fetchrow(
        "SELECT service, arguments FROM flows.outbox WHERE id = $1", UUID(response.json()["job_id"])
    )
    await db.close()
    assert job is not None
    assert job["service"] == "meter-sync"
    assert str(community.ann.meter) in str(job["arguments"])


async def test_customer_has_no_meter_read(client: httpx.AsyncClient, community: Community, as_user: TokenFor) -> None:
    response = await client.post(f"/v1/meters/{community.ann.serial}/sync", headers=as_user(community.ann.user))
    assert (response.status_code, response.json()["code"]) == (403, "auth.role")


async def test_meter_of_another_community_is_not_there(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    for serial in (community.cid.serial, "EML-NONE"):
        for method in ("GET", "POST"):
            response = await client.request(method, f"/v1/meters/{serial}/sync", headers=headers)
            assert (response.status_code, response.json()["code"]) == (404, "meter.unknown")


async def test_wrong_metrics_are_refused(client: httpx.AsyncClient, community: Community, as_user: TokenFor) -> None:
    headers = as_user(community.lab_admin, "admin")
    bodies: list[object] = [
        {"metrics": []},
        {"metrics": "SyncerReads"},
        {"metrics": ["a b"]},
        {"metric": "SyncerReads"},
    ]
    for body in bodies:
        response = await client.post(f"/v1/meters/{community.ann.serial}/sync", json=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (422, "request.invalid")


async def test_unknown_metric_is_refused_in_the_services_own_words(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    body = {"metrics": ["SyncerNonsense"]}
    response = await client.post(f"/v1/meters/{community.ann.serial}/sync", json=body, headers=headers)
    assert response.status_code in (404, 422)
    assert response.json()["code"] not in ("request.invalid", "meter.unknown")
    assert "SyncerNonsense" in response.json()["message"]


async def test_status_is_read_by_whose_meter_it_is(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    path = f"/v1/meters/{community.ann.serial}/sync"
    for headers in (as_user(community.ann.user), as_user(community.lab_admin, "admin")):
        status = (await client.get(path, headers=headers)).json()
        assert (status["serial"], status["health"]) == (community.ann.serial, "healthy")
        (metric,) = status["metrics"]
        assert (metric["metric"], metric["duration_ms"], metric["consecutive_failures"]) == ("SyncerReads", 120, 0)
        assert metric["last_success_at"] is not None
    assert (await client.get(path, headers=as_user(community.bob.user))).status_code == 404


async def test_service_that_is_down_is_named(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor
) -> None:
    gateway.state.meter_sync.http.base_url = f"http://127.0.0.1:{free_port()}"
    headers = as_user(community.lab_admin, "admin")
    response = await client.post(f"/v1/meters/{community.ann.serial}/sync", headers=headers)
    assert (response.status_code, response.json()["code"]) == (503, "service.unavailable")
    assert response.json()["message"] == "the service meter-sync does not answer; try again later"
