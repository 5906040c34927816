"""Logging in, as a client does."""

import httpx

from api.community import PASSWORD

TOKEN = "/auth/v1/token"


INVALID = {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    body = {"email": email, "password": password, "data": {}, "gotrue_meta_security": {"captcha_token": None}}
    return await client.post(TOKEN, params={"grant_type": "password"}, json=body, headers={"apikey": "anon-key"})


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(TOKEN, params={"grant_type": "refresh_token"}, json={"refresh_token": token})
