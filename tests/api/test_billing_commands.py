"""/v1/billing: admins start runs for their own communities and read what became of each account."""

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.community import Community
from api.conftest import TokenFor
from flows_local.servers import free_port
from flows_shared.db import connect

RUNS = "/v1/billing/runs"


pytestmark = pytest.mark.usefixtures("with_billing")


async def test_admin_starts_a_run_for_their_communities_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    response = await client.post(RUNS, json={"month": "2026-08"}, headers=as_user(community.lab_admin, "admin"))
    assert response.status_code == 202
    (run,) = response.json()
    assert (run["esco"], run["esco_code"], run["month"]) == (str(community.lab), "LAB", "2026-08")
    assert (run["status"], run["requested_by"]) == ("pending", str(community.lab_admin))


async def test_operator_starts_a_run_for_each_community(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    response = await client.post(RUNS, json={"month": "2026-07"}, headers=as_user(community.operator, "admin"))
    assert [run["esco_code"] for run in response.json()] == ["LAB", "WLCE"]


async def test_machine_names_the_communities(
    client: httpx.AsyncClient, community: Community, as_machine: Callable[[str], dict[str, str]]
) -> None:
    body = {"month": "2026-06", "escos": [str(community.wlce)]}
    response = await client.post(RUNS, json=body, headers=as_machine("service_role"))
    assert [run["esco_code"] for run in response.json()] == ["WLCE"]


async def test_request_id_follows_the_work_into_the_service(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    headers = as_user(community.lab_admin, "admin") | {"X-Request-Id": "from-the-portal-1"}
    response = await client.post(RUNS, json={"month": "2026-05"}, headers=headers)
    assert response.headers["X-Request-Id"] == "from-the-portal-1"
    db = await connect(module_database_url, name="tests")
    jobs = await db.fetch("SELECT arguments FROM flows.outbox WHERE request_id = 'from-the-portal-1'")
    await db.close()
    assert [row["arguments"][0] for row in jobs] == [run["id"] for run in response.json()]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"month": "2199-01"}, 422, "billing.month_in_future"),
        ({"month": "2026-13"}, 422, "request.invalid"),
        ({"month": "2026-10-01"}, 422, "request.invalid"),
        ({"month": "2026-10", "escos": []}, 422, "request.invalid"),
        ({"month": "2026-10", "escos": ["LAB"]}, 422, "request.invalid"),
        ({"month": "2026-10", "esco": None}, 422, "request.invalid"),
        ({}, 422, "request.invalid"),
    ],
)
async def test_wrong_request_says_what_is_wrong(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, body: object, status: int, code: str
) -> None:
    response = await client.post(RUNS, json=body, headers=as_user(community.operator, "admin"))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"]


async def test_unknown_community_is_not_found_by_a_machine(
    client: httpx.AsyncClient, as_machine: Callable[[str], dict[str, str]], community: Community
) -> None:
    body = {"month": "2026-08", "escos": [str(uuid4())]}
    response = await client.post(RUNS, json=body, headers=as_machine("service_role"))
    assert (response.status_code, response.json()["code"]) == (404, "billing.unknown_esco")


async def test_another_community_cannot_be_billed(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    body = {"month": "2026-08", "escos": [str(community.lab), str(community.wlce)]}
    response = await client.post(RUNS, json=body, headers=as_user(community.lab_admin, "admin"))
    assert (response.status_code, response.json()["code"]) == (403, "billing.esco_forbidden")
    assert str(community.wlce) in response.json()["message"]
    assert str(community.lab) not in response.json()["message"]


async def test_disabled_admin_starts_nothing(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    response = await client.post(RUNS, json={"month": "2026-08"}, headers=as_user(community.disabled, "admin"))
    assert (response.status_code, response.json()["code"]) == (403, "billing.esco_forbidden")


async def test_customers_and_readers_have_no_say_in_billing(
    client: httpx.AsyncClient,
    community: Community,
    as_user: TokenFor,
    as_machine: Callable[[str], dict[str, str]],
) -> None:
    for headers in (as_user(community.ann.user), as_machine("readers"), as_machine("anon")):
        for method, path in (("POST", RUNS), ("GET", RUNS), ("GET", f"{RUNS}/{community.run}")):
            response = await client.request(method, path, json={"month": "2026-08"}, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, "auth.role")


async def test_run_is_read_with_the_outcome_of_each_account(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    response = await client.get(f"{RUNS}/{community.run}", headers=as_user(community.lab_admin, "admin"))
    run = response.json()
    assert (run["month"], run["status"], run["percent"]) == ("2026-09", "completed", 100)
    (outcome,) = run["outcomes"]
    assert (outcome["account"], outcome["outcome"]) == (str(community.ann.account), "billed")
    assert (outcome["invoice"], outcome["total_pence"]) == (community.ann.invoice, 2100)
    failed = await client.get(f"{RUNS}/{community.run}?outcome=failed", headers=as_user(community.lab_admin, "admin"))
    assert failed.json()["outcomes"] == []


async def test_run_under_way_tells_its_percentage(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    run = await db.fetchval(
        """INSERT INTO public.billing_runs (esco, month, status, requested_by, accounts, billed, skipped, failed)
           VALUES ($1, '2026-02-01', 'running', 'tests', 8, 3, 1, 1) RETURNING id""",
        community.lab,
    )
    await db.close()
    response = await client.get(f"{RUNS}/{run}", headers=as_user(community.lab_admin, "admin"))
    assert (response.json()["status"], response.json()["percent"]) == ("running", 62)  # 5 of 8 have an outcome


async def test_runs_are_listed_by_month_and_community(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.operator, "admin")
    by_month = await client.get(f"{RUNS}?month=2026-09", headers=headers)
    assert [run["id"] for run in by_month.json()] == [str(community.run)]
    by_esco = await client.get(f"{RUNS}?month=2026-09&esco={community.wlce}", headers=headers)
    assert by_esco.json() == []


async def test_run_of_another_community_is_not_there(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    other = await db.fetchval(
        "INSERT INTO public.billing_runs (esco, month, requested_by) VALUES ($1, '2025-01-01', 'tests') RETURNING id",
        community.wlce,
    )
    await db.close()
    headers = as_user(community.lab_admin, "admin")
    response = await client.get(f"{RUNS}/{other}", headers=headers)
    assert (response.status_code, response.json()["code"]) == (404, "billing.unknown_run")
    assert other not in [run["id"] for run in (await client.get(RUNS, headers=headers)).json()]


async def test_service_that_is_down_is_named(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor
) -> None:
    gateway.state.billing.http.base_url = f"http://127.0.0.1:{free_port()}"
    response = await client.post(RUNS, json={"month": "2026-08"}, headers=as_user(community.operator, "admin"))
    assert (response.status_code, response.json()["code"]) == (503, "service.unavailable")
    assert response.json()["message"] == "the service billing does not answer; try again later"


async def test_service_with_another_secret_is_unavailable_and_not_the_callers_fault(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor
) -> None:
    other = SecretStr("the secret before it was changed, or after")
    gateway.state.billing.settings = gateway.state.settings.model_copy(update={"jwt_secret": other})
    response = await client.post(RUNS, json={"month": "2026-08"}, headers=as_user(community.operator, "admin"))
    assert (response.status_code, response.json()["code"]) == (503, "service.unavailable")
