"""/v1/billing/reports: which there are, and their rows as JSON and CSV, of the caller's communities."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest

from api.community import Community
from api.conftest import TokenFor
from databases import Background
from flows_shared.db import connect

REPORTS = "/v1/billing/reports"
REFRESH = "SELECT flows.refresh_report(report, clock_timestamp()) FROM public.report_refreshes"


@pytest.fixture(scope="module", autouse=True)
def _made(community: Community, module_database_url: str, background: Background) -> None:
    async def make() -> None:
        db = await connect(module_database_url, name="tests")
        await db.execute("UPDATE public.properties SET plot = '=1+1' WHERE id = $1", community.ann.property)
        await db.execute("UPDATE flows.meter_registry SET prepay_enabled = true WHERE id = $1", community.ann.meter)
        await db.execute(REFRESH)
        await db.close()

    background.run(make())


@pytest.fixture
def lab_admin(community: Community, as_user: TokenFor) -> dict[str, str]:
    return as_user(community.lab_admin, "admin")


async def test_reports_are_listed_with_the_time_of_their_refresh(
    client: httpx.AsyncClient, lab_admin: dict[str, str]
) -> None:
    reports = (await client.get(REPORTS, headers=lab_admin)).json()
    assert [report["name"] for report in reports][:3] == ["energy", "exchange", "revenue"]
    assert all(report["refreshed_at"] and report["title"] and report["error"] is None for report in reports)


async def test_every_report_is_answered_as_json_and_as_csv(
    client: httpx.AsyncClient, as_machine: Callable[[str], dict[str, str]]
) -> None:
    machine = as_machine("service_role")
    for report in (await client.get(REPORTS, headers=machine)).json():
        path = f"{REPORTS}/{report['name']}"
        answer = (await client.get(path, headers=machine)).json()
        text = (await client.get(path, params={"format": "csv"}, headers=machine)).text
        header, *lines = list(csv.reader(io.StringIO(text)))
        assert answer["refreshed_at"] == report["refreshed_at"]
        assert header[:2] == ["esco_code", "esco"]
        assert len(lines) == len(answer["rows"])
        assert all(list(row) == header for row in answer["rows"])


async def test_admin_reads_their_community_alone(
    client: httpx.AsyncClient, community: Community, lab_admin: dict[str, str]
) -> None:
    rows = (await client.get(f"{REPORTS}/energy", headers=lab_admin)).json()["rows"]
    # two homes of 0.00 + 0.01 + .. + 0.47 kWh from 01:00 of the 1st of October on, as clocks there show
    assert [(row["esco_code"], row["day"], row["nature"], Decimal(row["kwh"])) for row in rows] == [
        ("LAB", "2026-10-01", "power", Decimal("20.7")),
        ("LAB", "2026-10-02", "power", Decimal("1.86")),
    ]
    other = await client.get(f"{REPORTS}/energy", params={"esco": str(community.wlce)}, headers=lab_admin)
    assert other.json()["rows"] == []


async def test_days_are_chosen_and_rows_are_paged(client: httpx.AsyncClient, lab_admin: dict[str, str]) -> None:
    async def days(**params: str) -> list[str]:
        response = await client.get(f"{REPORTS}/energy", params=params, headers=lab_admin)
        return [row["day"] for row in response.json()["rows"]]

    assert await days(**{"from": "2026-10-02"}) == ["2026-10-02"]
    assert await days(to="2026-10-01") == ["2026-10-01"]
    assert await days(limit="1", offset="1") == ["2026-10-02"]


async def test_csv_is_by_accept_and_safe_to_open(client: httpx.AsyncClient, lab_admin: dict[str, str]) -> None:
    response = await client.get(f"{REPORTS}/prepay_balances", headers=lab_admin | {"Accept": "text/csv"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="prepay_balances.csv"'
    [row] = csv.DictReader(io.StringIO(response.text))
    assert row["plot"] == "'=1+1"


async def test_customers_have_no_reports_and_readers_have_all(
    client: httpx.AsyncClient,
    community: Community,
    as_user: TokenFor,
    as_machine: Callable[[str], dict[str, str]],
) -> None:
    for path in (REPORTS, f"{REPORTS}/arrears"):
        for headers in (as_user(community.ann.user), as_machine("anon")):
            response = await client.get(path, headers=headers)
            assert (response.status_code, response.json()["code"]) == (403, "auth.role")
    read = await client.get(f"{REPORTS}/energy", headers=as_machine("readers"))
    assert {row["esco_code"] for row in read.json()["rows"]} == {"LAB", "WLCE"}
    disabled = await client.get(f"{REPORTS}/energy", headers=as_user(community.disabled, "admin"))
    assert disabled.json()["rows"] == []


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("nothing", {}, 404, "report.unknown"),
        ("arrears", {"from": "2026-10-01"}, 422, "report.no_dates"),
        ("energy", {"from": "October"}, 422, "request.invalid"),
        ("energy", {"format": "xlsx"}, 422, "request.invalid"),
    ],
)
async def test_wrong_request_says_what_is_wrong(
    client: httpx.AsyncClient, lab_admin: dict[str, str], path: str, params: dict[str, str], status: int, code: str
) -> None:
    response = await client.get(f"{REPORTS}/{path}", params=params, headers=lab_admin)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_data_api_serves_reports_within_the_callers_communities(
    client: httpx.AsyncClient, community: Community, lab_admin: dict[str, str], as_user: TokenFor
) -> None:
    query = {"select": "esco_code,day", "day": "eq.2026-10-01"}
    rows = await client.get("/rest/v1/report_energy", params=query, headers=lab_admin)
    assert {row["esco_code"] for row in rows.json()} == {"LAB"}
    refused = await client.get("/rest/v1/report_energy", params=query, headers=as_user(community.ann.user))
    assert refused.status_code == 403


async def test_rows_are_typed_in_the_openapi_document(client: httpx.AsyncClient, lab_admin: dict[str, str]) -> None:
    document = (await client.get("/openapi.json", headers=lab_admin)).json()
    assert set(document["paths"][f"{REPORTS}/{{name}}"]["get"]["responses"]["200"]["content"]) == {
        "application/json",
        "text/csv",
    }
    assert "saving_pence" in document["components"]["schemas"]["SavingsRow"]["properties"]
