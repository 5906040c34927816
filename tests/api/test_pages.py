"""The OpenAPI document, which clients are generated from, and the pages that show it."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openapi_spec_validator import OpenAPIV31SpecValidator

PAGES = ("/", "/docs", "/redoc")
UNSEEN = ("outbox", "meter_leases", "refresh_tokens", "recoveries", "email_changes", "login_mails", "api_key_secrets")


async def document(client: httpx.AsyncClient) -> Any:
    return (await client.get("/openapi.json")).json()


async def test_document_is_valid_openapi_3_1(client: httpx.AsyncClient) -> None:
    described = await document(client)
    assert described["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(described).validate()


async def test_every_reference_leads_somewhere(client: httpx.AsyncClient) -> None:
    response = await client.get("/openapi.json")
    described = response.json()
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', response.text)):
        place = described
        for part in reference.split("/"):
            place = place[part]


async def test_operations_have_names_of_their_own(client: httpx.AsyncClient) -> None:
    described = await document(client)
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


async def test_document_describes_the_typed_routes_with_examples(client: httpx.AsyncClient) -> None:
    described = await document(client)
    for path in (
        "/auth/v1/token",
        "/auth/v1/user",
        "/v1/billing/runs",
        "/v1/billing/runs/{run_id}",
        "/v1/meters/{serial}/sync",
        "/v1/invoices/{number}/pdf",
    ):
        assert path in described["paths"]
    assert described["components"]["schemas"]["RunRequest"]["examples"] == [{"month": "2026-10"}]
    assert "application/pdf" in str(described["paths"]["/v1/invoices/{number}/pdf"])
    assert list(described["components"]["securitySchemes"]) == ["bearer"]


async def test_document_describes_every_table_that_someone_may_read(
    client: httpx.AsyncClient, gateway: FastAPI
) -> None:
    described = await document(client)
    for relation in gateway.state.rest.cache.catalog.relations.values():
        path = described["paths"].get(f"/rest/v1/{relation.name}")
        if not relation.readers:
            assert relation.name in UNSEEN
            assert path is None
            continue
        columns = described["components"]["schemas"][f"{relation.schema}.{relation.name}"]["properties"]
        assert list(columns) == list(relation.columns)
        parameters = {parameter.get("name") for parameter in path["get"]["parameters"]}
        assert set(columns) <= parameters
        assert f"`{relation.schema}.{relation.name}`" in path["get"]["description"]


async def test_types_keys_and_comments_are_the_databases(client: httpx.AsyncClient) -> None:
    described = (await document(client))["components"]["schemas"]
    invoice = described["public.invoices"]["properties"]
    assert invoice["id"] == {"type": "string", "format": "uuid", "description": "Part of the primary key"}
    assert invoice["period_end"]["description"] == "First day after the period"
    shadow = described["flows.meter_shadows"]
    assert shadow["properties"]["voltage"] == {"type": ["number", "null"]}
    assert shadow["description"] == "Last known state of each meter, its digital twin; made with the meter"


@pytest.mark.parametrize(
    ("role", "profile", "table"),
    [("flows", "flows", "meter_registry"), ("public_backend", "myenergy", "invoices")],
)
async def test_root_of_the_data_describes_what_the_caller_may_use(
    client: httpx.AsyncClient, as_machine: Callable[[str], dict[str, str]], role: str, profile: str, table: str
) -> None:
    anonymous = await client.get("/rest/v1/", headers={"Accept-Profile": profile})
    assert f"/{table}" not in anonymous.json()["paths"]
    response = await client.get("/rest/v1/", headers=as_machine(role) | {"Accept-Profile": profile})
    assert response.headers["Content-Type"] == "application/openapi+json; charset=utf-8"
    OpenAPIV31SpecValidator(response.json()).validate()
    assert f"/{table}" in response.json()["paths"]


@pytest.mark.parametrize("page", PAGES)
async def test_page_and_all_that_it_loads_come_from_here(client: httpx.AsyncClient, page: str) -> None:
    response = await client.get(page)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "<script>" not in response.text
    places = re.findall(r'(?:src|href|spec-url)="([^"]+)"', response.text)
    assert places
    for place in places:
        assert "//" not in place
        assert (await client.get(f"/{place}")).status_code == 200


async def test_landing_page_links_to_the_documentation(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    for place in ("docs", "redoc", "openapi.json"):
        assert f'href="{place}"' in page
