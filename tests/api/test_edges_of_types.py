"""Values at the edges of their types, in every parameter and field that the gateway documents: never a failure.

A value that PostgreSQL or Python turns into another one - the year 1 into -infinity - would be stored and then break
every list that it stands in.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeAlias
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community
from api.conftest import TokenFor
from api.services import served
from flows_shared.db import connect

Json: TypeAlias = Any

EDGES: list[Json] = [
    "0000-01",
    "0001-01",
    "9999-12",
    "٢٠٢٦-10",
    "0001-01-01",
    "9999-12-31",
    "infinity",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:00-14:00",
    2**70,
    -(2**70),
    "1e999999",
    "NaN",
    "",
    "東京",
    "\0",
]
INFINITE = """
    SELECT format('%I.%I', nspname, relname) AS place, attname AS name
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p')
       AND atttypid IN ('date'::regtype, 'timestamptz'::regtype)
"""
# Sessions of the test's own end with these; the data API has edges of its own.
LEFT_OUT = ("/rest/v1", "/graphql")


@pytest.fixture
def services(
    gateway_env: dict[str, str],
    module_role_url: Callable[[str], str],
    redis_url: str,
    meter_sync_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Billing and meter-sync behind the gateway, as processes."""
    variables = {**gateway_env, "FLOWS_DATABASE_URL": module_role_url("flows_billing")}
    with served("billing", variables, tmp_path_factory.mktemp("billing") / "log") as url:
        monkeypatch.setenv("FLOWS_API_BILLING_URL", url)
        monkeypatch.setenv("FLOWS_API_METER_SYNC_URL", meter_sync_url)
        yield


@pytest.fixture
async def gateway_with_services(services: None, gateway: FastAPI) -> FastAPI:
    return gateway


async def test_no_value_at_the_edge_of_its_type_is_a_failure_or_is_stored(
    gateway_with_services: FastAPI,
    client: httpx.AsyncClient,
    community: Community,
    as_user: TokenFor,
    module_database_url: str,
) -> None:
    document = gateway_with_services.openapi()
    headers = as_user(community.operator, "admin")
    known = {"account_number": "1", "serial": community.ann.serial, "run_id": str(community.run)}
    asked, failed = 0, []
    for method, path, operation in operations(document):
        for request in requests(document, path, operation, known):
            response = await client.request(method, headers={**headers, "Idempotency-Key": f"key {asked}"}, **request)
            asked += 1
            if response.status_code >= 500:
                failed.append((method, request, response.status_code, response.text[:200]))
    assert failed == []
    assert asked > 500
    assert await infinite(module_database_url) == []
    for path in ("/v1/billing/runs", f"/v1/meters/{community.ann.serial}/commands", "/v1/reports"):
        assert (await client.get(path, headers=headers)).status_code in (200, 404), path


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        if not path.startswith(LEFT_OUT):
            for method, operation in methods.items():
                yield method, path, operation


def requests(document: Json, path: str, operation: Json, known: Mapping[str, str]) -> Iterator[dict[str, Json]]:
    """The operation with one value of it at an edge, the others such as it may have."""
    parameters = operation.get("parameters", [])
    body = sample(document, body_schema(operation))
    places = {each["name"]: known.get(each["name"], sample(document, each["schema"])) for each in parameters}
    needed = {each["name"] for each in parameters if each.get("required")}
    in_path = {each["name"] for each in parameters if each["in"] == "path"}
    in_query = {each["name"] for each in parameters if each["in"] == "query"}

    def request(changed: Mapping[str, Json], body: Json) -> dict[str, Json]:
        values = {**places, **changed}
        url = path
        for name in in_path:
            url = url.replace("{" + name + "}", quote(str(values[name]), safe="") or "%20")
        query = {name: str(values[name]) for name in in_query & (needed | changed.keys())}
        return {"url": url, "params": query, **({} if body is None else {"json": body})}

    for edge in EDGES:
        for name in in_path | in_query:
            yield request({name: edge}, body)
        for changed in changed_bodies(body, edge):
            yield request({}, changed)


def body_schema(operation: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


def changed_bodies(body: Json, edge: Json) -> Iterator[Json]:
    """The body with each of its values in turn at the edge."""
    if isinstance(body, dict | list):
        for key, value in list(body.items() if isinstance(body, dict) else enumerate(body)):
            for inner in [edge, *changed_bodies(value, edge)]:
                changed = deepcopy(body)
                changed[key] = inner
                yield changed


def sample(document: Json, schema: Json) -> Json:
    """A value that the schema may take, with all of its fields."""
    if not schema:
        return None
    if "$ref" in schema:
        return sample(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for key in ("const", "example", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return sample(document, choices[0])
    match schema.get("type"):
        case "object":
            return {name: sample(document, of) for name, of in schema.get("properties", {}).items()}
        case "array":
            return [sample(document, schema.get("items", {}))]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    formats = {
        "uuid": "00000000-0000-4000-8000-000000000001",
        "date": "2026-10-05",
        "date-time": "2026-10-05T10:00:00Z",
        "email": "someone@example.org",
    }
    return formats.get(schema.get("format", ""), "x" * max(schema.get("minLength", 1), 1))


async def infinite(url: str) -> list[tuple[str, str]]:
    """Columns that hold a day or time without an end."""
    db = await connect(url, name="tests")
    try:
        return [
            (place, name)
            for place, name in await db.fetch(INFINITE)
            if await db.fetchval(f'SELECT EXISTS (SELECT FROM {place} WHERE NOT isfinite("{name}"))')
        ]
    finally:
        await db.close()
