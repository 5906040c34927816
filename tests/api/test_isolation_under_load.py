"""Nobody sees a foreign row while many ask at once, over a few connections that go from role to role."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community, Home
from api.conftest import TokenFor

ROUNDS: Final = 15
AT_ONCE: Final = 24


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    json: dict[str, str] | None = None


# Reads in one round trip and in three, embeds, and a change of all that one may change.
ASKED: Final = (
    Request("GET", "invoices?select=*"),
    Request("GET", "invoices?select=number&order=number", {"Prefer": "timezone=Asia/Tokyo"}),
    Request("GET", "invoices?select=number", {"Prefer": "count=planned"}),
    Request("GET", "customer_accounts?select=*,customers(*),accounts(*,invoices(number))"),
    Request("GET", "meter_registry?select=*", {"Accept-Profile": "flows"}),
    Request("PATCH", "customers?id=not.is.null&select=*", {"Prefer": "return=representation"}, {"phone": "01803"}),
)
# Requests that leave their connection in the middle of something.
REFUSED: Final = (
    Request("GET", "invoices?issued_on=eq.nonsense"),
    Request("GET", "invoices?total_pence=lt.0&select=number,nothing"),
)


@dataclass(frozen=True)
class Asker:
    name: str
    headers: dict[str, str]
    sees: frozenset[str]
    never_sees: frozenset[str]


@pytest.fixture(autouse=True)
def few_connections(gateway_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_API_REST_DB_POOL", "3")
    monkeypatch.setenv("FLOWS_API_TOKEN_CACHE_SECONDS", "60")


@pytest.fixture
def askers(community: Community, as_user: TokenFor) -> list[Asker]:
    everybody = community.homes

    def asker(name: str, headers: dict[str, str], homes: Iterable[Home]) -> Asker:
        own = tuple(homes)
        foreign = [home for home in everybody if home not in own]
        return Asker(name, headers, frozenset(_marks(own)), frozenset(_marks(foreign)))

    return [
        *(asker(home.email, as_user(home.user), [home]) for home in everybody),
        asker("admin of LAB", as_user(community.lab_admin, "admin"), [community.ann, community.bob]),
        asker("operator", as_user(community.operator, "admin"), everybody),
        asker("nobody", {}, []),
    ]


async def test_nobody_sees_a_foreign_row_under_load(
    client: httpx.AsyncClient, gateway: FastAPI, askers: list[Asker]
) -> None:
    work = [(asker, request) for asker in askers for request in ASKED + REFUSED] * ROUNDS
    random.Random(5).shuffle(work)
    room, seen = asyncio.Semaphore(AT_ONCE), {asker.name: "" for asker in askers}

    async def ask(asker: Asker, request: Request) -> None:
        async with room:
            answer = await client.request(
                request.method,
                f"/rest/v1/{request.path}",
                headers=request.headers | asker.headers,
                json=request.json,
            )
        context = (asker.name, request.path, answer.status_code, answer.text)
        assert not _shown(asker.never_sees, answer.text), context
        if request in REFUSED:
            assert answer.status_code == 400, context
        elif not asker.headers:
            assert answer.status_code == 401, context
        else:
            assert answer.status_code in (200, 206), context
            seen[asker.name] += answer.text

    async with asyncio.TaskGroup() as tasks:
        for asker, request in work:
            tasks.create_task(ask(asker, request))
    assert gateway.state.rest.database.pool.get_size() <= 3
    for asker in askers:
        assert _shown(asker.sees, seen[asker.name]) == asker.sees, asker.name


def _marks(homes: Iterable[Home]) -> set[str]:
    """What the requests of somebody who sees these homes show of them."""
    return {mark for home in homes for mark in (home.invoice, home.serial, home.email, str(home.customer))}


def _shown(marks: frozenset[str], text: str) -> set[str]:
    return {mark for mark in marks if mark in text}
