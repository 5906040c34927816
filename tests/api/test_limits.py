"""What the gateway bounds for everyone: counts, periods at the edges of the calendar, and what may be asked."""

import httpx
import pytest

from api.community import Community
from api.conftest import TokenFor


@pytest.mark.parametrize("count", ["planned", "estimated", "exact"])
@pytest.mark.parametrize("asked", ["", "&total_pence=gt.0", "&total_pence=gt.-1000000&order=number"])
async def test_counts_tell_of_own_rows_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, count: str, asked: str
) -> None:
    """Three communities' invoices are in the table, and one of them is Ann's."""
    headers = {**as_user(community.ann.user), "Prefer": f"count={count}"}
    answer = await client.get(f"/rest/v1/invoices?select=number&limit=1{asked}", headers=headers)
    assert answer.headers["Content-Range"] == "0-0/1"
    stranger = await client.get("/rest/v1/invoices?select=number&limit=1", headers={"Prefer": f"count={count}"})
    assert stranger.headers.get("Content-Range", "*/0") == "*/0"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, "0001-01-01T00:00:00Z"),
        (None, "0001-01-01T00:00:00+14:00"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-14:00"),
        ("9999-12-31T23:59:00-14:00", "9999-12-31T23:59:59-14:00"),
        (None, "9999-12-31T23:59:59-14:00"),
        ("9999-12-31T23:59:59-14:00", None),
        (str(2**70), None),
    ],
)
async def test_period_at_the_edge_of_the_calendar_is_refused(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, start: str | None, end: str | None
) -> None:
    params = {name: value for name, value in (("start", start), ("end", end)) if value}
    path = f"/v1/meters/{community.ann.serial}/profile"
    answer = await client.get(path, params=params, headers=as_user(community.ann.user))
    assert answer.status_code == 422


async def test_anonymous_request_that_asks_too_much_is_refused(client: httpx.AsyncClient) -> None:
    for query in ("order=" + ",".join(["name"] * 9_000), "select=" + "escos(regions(" * 8 + "id" + "))" * 8):
        answer = await client.get(f"/rest/v1/regions?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "PGRST100")
