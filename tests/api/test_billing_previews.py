"""/v1/billing/previews, simulations and verifications: for admins of the community, and nothing is changed."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from api.community import Community
from api.conftest import TokenFor
from builders import insert
from flows_shared.db import connect

pytestmark = pytest.mark.usefixtures("with_billing")

TARIFF = {"unit_rate": "0.2", "standing_charge": "0.5", "components": []}


def body(path: str, community: Community) -> dict[str, object]:
    asked: dict[str, object] = {"month": "2026-08", "esco": str(community.lab)}
    return asked | ({"tariff": TARIFF} if path == "simulations" else {})


@pytest.mark.parametrize("path", ["previews", "simulations", "sharing"])
async def test_admin_looks_at_their_own_community_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, path: str
) -> None:
    headers = as_user(community.lab_admin, "admin")
    found = await client.post(f"/v1/billing/{path}", json=body(path, community), headers=headers)
    assert (found.status_code, found.json()["esco_code"]) == (200, "LAB")
    foreign = body(path, community) | {"esco": str(community.wlce)}
    refused = await client.post(f"/v1/billing/{path}", json=foreign, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "billing.esco_forbidden")


async def test_admin_sees_what_each_home_of_a_group_shared(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    try:
        group = (await insert(db, "public.sharing_groups", esco=community.lab, name="Sun Club"))["id"]
        since = {"sharing_group": group, "period_start": date(2026, 1, 1)}
        await insert(db, "public.sharing_terms", **since, method="proportional", internal_rate=Decimal("0.12"))
        await insert(
            db,
            "public.sharing_members",
            sharing_group=group,
            property=community.ann.property,
            start_date=date(2026, 1, 1),
        )
    finally:
        await db.close()
    asked = body("sharing", community) | {"account": str(community.ann.account)}
    found = await client.post("/v1/billing/sharing", json=asked, headers=as_user(community.lab_admin, "admin"))
    assert found.status_code == 200
    [group_found] = found.json()["groups"]
    assert (group_found["name"], group_found["half_hours"], group_found["generation_missing"]) == (
        "Sun Club",
        1488,
        0,  # without a generation meter it shares nothing, and nothing is missing
    )
    assert [home["home"] for home in group_found["homes"]] == [str(community.ann.property)]
    assert len(group_found["home_half_hours"]) == 1488


async def test_preview_of_a_month_that_is_not_over_is_refused(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    asked = body("previews", community) | {"month": "2199-01"}
    response = await client.post("/v1/billing/previews", json=asked, headers=as_user(community.lab_admin, "admin"))
    assert (response.status_code, response.json()["code"]) == (422, "billing.month_in_future")


async def test_verification_counts_the_callers_invoices(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    response = await client.post("/v1/billing/verifications", json={}, headers=as_user(community.lab_admin, "admin"))
    found = response.json()
    assert response.status_code == 200
    assert found["invoices"] > 0
    # The test's invoices were not made by a run: nothing in the ledger stands for them.
    assert "posted to the account" in {finding["check"] for finding in found["findings"]}


async def test_customer_has_their_own_invoice_explained_and_no_other(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.ann.user)
    for place in ("/v1/invoices", "/v1/billing/invoices"):
        said = await client.get(f"{place}/{community.ann.invoice}/explanation", headers=headers)
        assert (said.status_code, said.json()["number"]) == (200, community.ann.invoice)
        other = await client.get(f"{place}/{community.cid.invoice}/explanation", headers=headers)
        assert (other.status_code, other.json()["code"]) == (404, "invoice.unknown")


async def test_what_if_is_of_several_months_in_their_order(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    asked = body("simulations", community)
    found = await client.post("/v1/billing/simulations", json=asked | {"until": "2026-10"}, headers=headers)
    assert (found.status_code, found.json()["month"], found.json()["until"]) == (200, "2026-08", "2026-10")
    for until in ("2026-07", "2029-08"):
        refused = await client.post("/v1/billing/simulations", json=asked | {"until": until}, headers=headers)
        assert refused.status_code == 422
    alone = await client.post("/v1/billing/simulations", json=asked, headers=headers)
    assert alone.json()["until"] == "2026-08"


async def test_customers_look_at_no_run(client: httpx.AsyncClient, community: Community, as_user: TokenFor) -> None:
    for path in ("previews", "simulations", "sharing", "verifications"):
        response = await client.post(
            f"/v1/billing/{path}", json=body(path, community), headers=as_user(community.ann.user)
        )
        assert (response.status_code, response.json()["code"]) == (403, "auth.role")
