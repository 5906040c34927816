"""One round trip a request: connections stay in a role, and nobody sees or does more for it."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from rest.conftest import Serving, author, bearer

OPEN = {"db_one_trip": "true", "db_tx_end": "commit"}


def writer(subject: str) -> dict[str, str]:
    return bearer(role="flows_rest_author", sub=subject)


async def pages(api: httpx.AsyncClient, subject: str) -> list[str]:
    response = await api.get("/diary?select=owner", headers=writer(subject))
    assert response.status_code == 200, response.text
    return [row["owner"] for row in response.json()]


@pytest.mark.parametrize("connections", ["1", "3"])
async def test_each_reads_what_is_theirs_however_requests_follow_each_other(serving: Serving, connections: str) -> None:
    async with serving(**OPEN, db_pool=connections) as api:

        async def ask(number: int) -> None:
            subject = ("ann", "bob", "nobody")[number % 3]
            assert await pages(api, subject) == [subject] * (subject != "nobody")
            if number % 2:
                refused = await api.get("/diary")
                assert refused.json() == []
                assert (await api.get("/author_only")).status_code == 401
                assert (await api.get("/author_only", headers=writer(subject))).status_code == 200
            else:
                who = await api.patch("/diary?page=eq.none", json={"page": "x"}, headers=writer(subject))
                assert who.status_code == 204

        await asyncio.gather(*(ask(number) for number in range(60)))


async def test_refused_request_leaves_nothing_for_the_next(serving: Serving) -> None:
    async with serving(**OPEN, db_pool="1") as api:
        for wrong in ("/diary?id=eq.x", "/author_only", "/diary?nothing=eq.1"):
            assert (await api.get(wrong, headers=bearer(role="flows_rest_anon", sub="ann"))).status_code >= 400
            assert await pages(api, "bob") == ["bob"]
        assert (await api.get("/diary", headers=bearer(role="no_such_role"))).status_code >= 400
        assert (await api.get("/diary")).json() == []
        assert await pages(api, "ann") == ["ann"]


async def test_row_is_made_with_the_claims_of_who_makes_it(serving: Serving, workshop_url: str) -> None:
    db = await asyncpg.connect(workshop_url)
    async with serving(**OPEN) as api:
        try:
            shown = {"Prefer": "return=representation"}
            for subject in ("cid", "dan"):
                made = await api.post(
                    "/diary?select=owner,path,page,clients(name)",
                    json=[{"page": "one", "client_id": 1}, {"page": "two", "client_id": None}],
                    headers=writer(subject) | shown,
                )
                row: dict[str, Any] = {"owner": subject, "path": "/diary"}
                assert (made.status_code, made.json()) == (
                    201,
                    [
                        row | {"page": "one", "clients": {"name": "Miller"}},
                        row | {"page": "two", "clients": None},
                    ],
                )
                plain = await api.post("/diary", json={"page": "three"}, headers=writer(subject))
                assert (plain.status_code, plain.content) == (201, b"")
                foreign = await api.post("/diary", json={"owner": "ann"}, headers=writer(subject))
                assert (foreign.status_code, foreign.json()["code"]) == (403, "42501")
            assert await pages(api, "dan") == ["dan"] * 3
        finally:
            await db.execute("DELETE FROM workshop.diary WHERE owner IN ('cid', 'dan')")
            await db.close()


async def test_read_cannot_write(serving: Serving) -> None:
    async with serving(**OPEN) as api:
        response = await api.get("/diary?select=torn", headers=writer("ann"))
        assert (response.status_code, response.json()["code"]) == (405, "25006")


async def test_constraint_that_is_checked_at_the_end_refuses_the_row(serving: Serving) -> None:
    async with serving(**OPEN, db_pool="1") as api:
        for _ in range(2):
            response = await api.post("/deferred", json={"id": 2, "twin": 1}, headers=author())
            assert (response.status_code, response.json()["code"]) == (409, "23505")
        assert (await api.get("/deferred?select=id")).json() == [{"id": 1}]


async def test_settings_of_a_role_are_for_that_role(serving: Serving, workshop_url: str) -> None:
    db = await asyncpg.connect(workshop_url)
    try:
        await db.execute("CREATE VIEW workshop.zone AS SELECT current_setting('timezone') AS name")
        await db.execute("ALTER ROLE flows_rest_author SET timezone = 'Asia/Tokyo'")
        async with serving(**OPEN, db_pool="1") as api:
            usual = (await api.get("/zone")).json()
            for _ in range(2):
                assert (await api.get("/zone", headers=author())).json() == [{"name": "Asia/Tokyo"}]
                # This one takes more than a round trip.
                assert (await api.get("/zone", headers={"Prefer": "count=planned"})).json() == usual
                assert (await api.get("/zone", headers=author())).json() == [{"name": "Asia/Tokyo"}]
                assert (await api.get("/zone")).json() == usual != [{"name": "Asia/Tokyo"}]
                in_paris = {"Prefer": "timezone=Europe/Paris"}
                assert (await api.get("/zone", headers=in_paris)).json() == [{"name": "Europe/Paris"}]
                assert (await api.get("/zone")).json() == usual
    finally:
        await db.execute("ALTER ROLE flows_rest_author RESET timezone; DROP VIEW IF EXISTS workshop.zone")
        await db.close()
