"""Signing up, and what comes of links in mails."""

from typing import Any

import httpx

NEW = "a new and longer password"


async def sign_up(client: httpx.AsyncClient, email: str, invite: str | None, password: str = NEW) -> httpx.Response:
    body = {"email": email, "password": password, "data": {"invite_token": invite} if invite else {}}
    return await client.post("/auth/v1/signup", json=body)


async def verify(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/auth/v1/verify", json=body)


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}
