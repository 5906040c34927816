"""Keys of programs, as an admin makes them."""

from typing import Any

import httpx

KEYS = "/v1/api-keys"


READ_ONLY = ["read"]


async def make(
    client: httpx.AsyncClient, headers: dict[str, str], scopes: list[str] | None = None, **wish: Any
) -> dict[str, Any]:
    response = await client.post(KEYS, json={"name": "Test", "scopes": scopes or READ_ONLY, **wish}, headers=headers)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made
