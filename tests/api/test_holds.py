"""Bills that wait for a person, over the gateway: their admins list and release them, and nobody else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.community import Community, Home
from flows_shared.db import Connection, connect

TokenFor = Callable[..., dict[str, str]]


async def hold(db: Connection, home: Home) -> UUID:
    held: UUID = await db.fetchval(
        """INSERT INTO public.bill_holds (account, month, reason, details)
           VALUES ($1, '2026-10-01', 'spike', '20.2 kWh at 2026-10-05 12:00Z') RETURNING id""",
        home.account,
    )
    return held


async def test_admin_lists_and_releases_the_bills_of_their_own_community_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    own, foreign = await hold(db, community.ann), await hold(db, community.cid)
    headers = as_user(community.lab_admin, "admin")
    listed = await client.get("/rest/v1/bill_holds?select=id,account,reason&released_at=is.null", headers=headers)
    assert listed.json() == [{"id": str(own), "account": str(community.ann.account), "reason": "spike"}]
    asked = {"reason": "The heating was mended."}
    released = await client.post(f"/v1/billing/holds/{own}/release", json=asked, headers=headers)
    body = released.json()
    assert (released.status_code, body["month"], body["release_reason"], body["released_by"]) == (
        200,
        "2026-10",
        "The heating was mended.",
        str(community.lab_admin),
    )
    for unknown in (foreign, uuid4()):
        refused = await client.post(f"/v1/billing/holds/{unknown}/release", json=asked, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "billing.unknown_hold")
    [record] = await db.fetch(
        "SELECT actor FROM flows.audit_log WHERE table_name = 'public.bill_holds' AND action = 'update'"
    )
    assert record["actor"] == str(community.lab_admin)
    await db.close()


async def test_who_released_a_bill_cannot_be_made_up(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    held = await hold(db, community.bob)
    await db.close()
    headers = as_user(community.lab_admin, "admin")
    path = f"/rest/v1/bill_holds?id=eq.{held}"
    for change in ({"released_by": "Somebody"}, {"details": "nothing"}, {"released_at": "2026-11-01T00:00:00Z"}):
        assert (await client.patch(path, json=change, headers=headers)).status_code == 403
    assert (await client.patch(path, json={"release_reason": "Seen"}, headers=headers)).status_code == 204
    [row] = (await client.get(path, headers=headers)).json()
    assert (row["released_by"], row["release_reason"]) == (str(community.lab_admin), "Seen")


@pytest.mark.parametrize(
    "asked", [{}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 501}, {"reason": "x", "by": "y"}]
)
async def test_release_says_why(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, asked: dict[str, Any]
) -> None:
    headers = as_user(community.lab_admin, "admin")
    refused = await client.post(f"/v1/billing/holds/{uuid4()}/release", json=asked, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")


async def test_customers_neither_see_nor_release_held_bills(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.ann.user)
    refused = await client.post(f"/v1/billing/holds/{uuid4()}/release", json={"reason": "x"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.role")
    assert (await client.get("/rest/v1/bill_holds", headers=headers)).status_code == 403


async def test_price_that_is_no_number_is_refused_over_the_data_api(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    tariff = {
        "esco": str(community.lab),
        "period_start": "2031-01-01",
        "computed_unit_rate": "NaN",
        "computed_standing_charge": "0.5",
    }
    refused = await client.post("/rest/v1/microgrid_tariffs", json=tariff, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "23514")
    assert "computed_unit_rate_from_0_to_10000" in refused.json()["message"]
    profile = {"esco": str(community.lab), "name": "Night", "holidays": "GB-WAL"}
    refused = await client.post("/rest/v1/rate_profiles", json=profile, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "23514")
    assert refused.json()["hint"] == "Of GB there are GB, GB-ENG, GB-NIR, GB-SCT, GB-WLS."
