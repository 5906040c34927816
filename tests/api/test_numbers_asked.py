"""`1_0`, `+5` and digits of other scripts are no numbers, in any parameter or field that the gateway documents."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community
from api.conftest import TokenFor

Json: TypeAlias = Any

ODD = ["1_0", "１０", "٣", "+5", " 5 ", "1e3", "0x10", "nan"]
SAMPLES = {"account_number": "1", "serial": "EML1", "esco": "WLCE"}


@pytest.mark.parametrize("text", ODD)
async def test_no_parameter_or_field_takes_it(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, as_user: TokenFor, text: str
) -> None:
    headers = {**as_user(community.operator, "admin"), "Idempotency-Key": "odd"}
    taken, asked = [], 0
    for method, path, place, name in _numbers(gateway.openapi()):
        url = path.replace(f"{{{name}}}", text) if place == "path" else path
        for other, sample in SAMPLES.items():
            url = url.replace(f"{{{other}}}", sample)
        if "{" in url:
            url = "".join("00000000-0000-4000-8000-000000000001" if i % 2 else part for i, part in _parts(url))
        query, body = ({name: text} if place == which else None for which in ("query", "body"))
        answer = await client.request(method, url, params=query, json=body, headers=headers)
        asked += 1
        if answer.status_code != 422 or f"{name}: " not in answer.text:
            taken.append((method, url, name, answer.status_code, answer.text[:200]))
    assert asked > 15
    assert taken == []


def _parts(url: str) -> Iterator[tuple[int, str]]:
    return enumerate(url.replace("}", "{").split("{"))


def _numbers(document: Mapping[str, Json]) -> Iterator[tuple[str, str, str, str]]:
    """Method, path, place and name of each."""
    for path, methods in document["paths"].items():
        if path.startswith(("/rest/v1", "/graphql")):
            continue
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                if _is_number(parameter["schema"]):
                    yield method, path, parameter["in"], parameter["name"]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for name, field in _resolved(document, body).get("properties", {}).items():
                if _is_number(field):
                    yield method, path, "body", name


def _resolved(document: Mapping[str, Json], schema: Mapping[str, Json]) -> Mapping[str, Json]:
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            resolved: Mapping[str, Json] = document["components"]["schemas"][each["$ref"].rpartition("/")[2]]
            return resolved
    return schema


def _is_number(schema: Mapping[str, Json]) -> bool:
    return any(each.get("type") in ("integer", "number") for each in (schema, *schema.get("anyOf", ())))
