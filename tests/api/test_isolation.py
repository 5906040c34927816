"""Nobody reads what is not theirs: asked of every table and view that the database exposes."""

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community, Home
from api.conftest import TokenFor
from flows_api.rest.catalog.relations import Relation

OPEN_TO_ALL = {("flows", "escos"), ("flows", "regions"), ("public", "escos"), ("public", "regions")}
# Tables of which roles see some columns only, so that `select=*` is refused.
BY_COLUMN = {("public", "users")}


def relations(gateway: FastAPI) -> list[Relation]:
    return list(gateway.state.rest.cache.catalog.relations.values())


def marks(homes: Iterable[Home]) -> set[str]:
    """Every text by which a row could give someone away."""
    return {str(value) for home in homes for name, value in vars(home).items() if name != "esco"}


async def read(
    client: httpx.AsyncClient, relation: Relation, headers: dict[str, str], select: str = "*"
) -> httpx.Response:
    profile = {"Accept-Profile": relation.schema}
    return await client.get(f"/rest/v1/{relation.name}", params={"select": select}, headers=headers | profile)


async def test_anon_reads_communities_and_regions_and_nothing_else(client: httpx.AsyncClient, gateway: FastAPI) -> None:
    for relation in relations(gateway):
        response = await read(client, relation, {})
        name = (relation.schema, relation.name)
        assert response.status_code == (200 if name in OPEN_TO_ALL else 401), name
        if response.status_code == 401:
            assert response.json()["code"] == "42501"
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_customer_reads_nothing_of_anyone_else(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor
) -> None:
    await check_every_relation(client, gateway, as_user(community.ann.user), marks((community.bob, community.cid)))


async def test_admin_reads_nothing_of_another_community(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    await check_every_relation(client, gateway, headers, marks((community.cid,)))


async def test_role_that_the_login_does_not_have_gives_nothing(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor
) -> None:
    everyone = marks(community.homes)
    for user, role in ((community.disabled, "admin"), (community.ann.user, "admin"), (community.lab_admin, "customer")):
        own = {str(user), community.ann.email} if user == community.ann.user else {str(user)}
        await check_every_relation(client, gateway, as_user(user, role), everyone - own - {str(community.ann.customer)})


async def check_every_relation(
    client: httpx.AsyncClient, gateway: FastAPI, headers: dict[str, str], hidden: set[str]
) -> None:
    role_reads = 0
    for relation in relations(gateway):
        response = await read(client, relation, headers)
        assert response.status_code in (200, 403), (relation.name, response.text)
        assert not [mark for mark in hidden if mark in response.text], (relation.schema, relation.name)
        role_reads += response.status_code == 200
    assert role_reads > 40


@pytest.mark.parametrize(
    ("schema", "table", "column", "mine"),
    [
        ("public", "customers", "id", "customer"),
        ("public", "accounts", "id", "account"),
        ("public", "properties", "id", "property"),
        ("public", "meters", "serial", "serial"),
        ("public", "invoices", "number", "invoice"),
        ("public", "payments", "id", "payment"),
        ("flows", "meter_registry", "id", "meter"),
        ("flows", "meter_shadows", "id", "meter"),
        ("flows", "meter_registers", "register_id", "register"),
        ("flows", "register_interval_hh", "register_id", "register"),
        ("flows", "meter_sync_status", "meter_id", "meter"),
    ],
)
async def test_customer_reads_their_own_and_admin_their_community(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, schema: str, table: str, column: str, mine: str
) -> None:
    async def seen(headers: dict[str, str]) -> set[str]:
        response = await client.get(f"/rest/v1/{table}?select={column}", headers=headers | {"Accept-Profile": schema})
        return {row[column] for row in response.json()}

    def of(*homes: Home) -> set[str]:
        return {str(getattr(home, mine)) for home in homes}

    assert await seen(as_user(community.ann.user)) == of(community.ann)
    assert await seen(as_user(community.lab_admin, "admin")) == of(community.ann, community.bob)
    assert await seen(as_user(community.operator, "admin")) == of(*community.homes)


async def test_hidden_column_cannot_be_reached_by_any_clause(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.ann.user)
    for query in ("select=password_hash", "select=id&password_hash=not.is.null", "select=id&order=password_hash", ""):
        response = await client.get(f"/rest/v1/users?{query}", headers=headers)
        assert (response.status_code, response.json()["code"]) == (403, "42501")
    own = await client.get("/rest/v1/users?select=email", headers=headers)
    assert own.json() == [{"email": community.ann.email}]


async def test_reporting_reads_every_home_but_no_secrets(
    client: httpx.AsyncClient, community: Community, as_machine: Callable[[str], dict[str, str]]
) -> None:
    headers = as_machine("readers")
    numbers = (await client.get("/rest/v1/invoices?select=number", headers=headers)).json()
    assert {row["number"] for row in numbers} == {home.invoice for home in community.homes}
    for schema, table in (("public", "customer_invites"), ("flows", "outbox"), ("flows", "refresh_tokens")):
        response = await client.get(f"/rest/v1/{table}", headers=headers | {"Accept-Profile": schema})
        assert response.status_code == 403


async def test_what_one_request_sets_is_gone_for_the_next(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    """All of them use the same few connections."""
    people: list[tuple[dict[str, str], Any]] = [
        (as_user(community.ann.user), [{"number": community.ann.invoice}]),
        ({}, None),
        (as_user(community.cid.user), [{"number": community.cid.invoice}]),
        ({}, None),
    ]
    for headers, expected in people * 5:
        response = await client.get("/rest/v1/invoices?select=number", headers=headers)
        assert (response.json() if expected else response.status_code) == (expected or 401)
        failed = await client.get("/rest/v1/invoices?id=eq.nonsense", headers=headers)
        assert failed.status_code in (400, 401)
