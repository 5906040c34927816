"""Keys that sign logins: published, changed while their tokens live, and never confused with each other."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
import pytest
from jose import jwt

from api.community import Community
from api.conftest import TokenFor
from api.logins import log_in
from conftest import JWT_SECRET
from flows_api.app import create_app
from flows_shared.settings import SettingsError
from flows_shared.time import utc_now
from flows_shared.tokens import TokenKey, generate_jwk, sign_token

Serve: TypeAlias = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

OLD, NEW, OTHER = generate_jwk("ES256"), generate_jwk("RS256"), generate_jwk("ES256")


@pytest.fixture
def serve(gateway_env: dict[str, str], community: Community, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A gateway with these keys."""

    @asynccontextmanager
    async def run(*keys: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
        monkeypatch.setenv("FLOWS_API_TOKEN_KEYS", json.dumps(keys))
        app = create_app()
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://flows") as client,
        ):
            yield client

    return run


async def own_invoices(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/v1/billing/runs", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("key", [OLD, NEW], ids=["ES256", "RS256"])
async def test_login_is_signed_by_the_first_key_which_is_published(serve: Serve, key: dict[str, str]) -> None:
    async with serve(key) as client:
        token = (await log_in(client, "ann@example.org")).json()["access_token"]
        published = (await client.get("/auth/v1/.well-known/jwks.json")).json()
        user = await client.get("/auth/v1/user", headers={"Authorization": f"Bearer {token}"})
    assert user.status_code == 200
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    assert jwt.decode(token, published, algorithms=[key["alg"]], audience="authenticated")["email"] == "ann@example.org"
    assert not {"d", "p", "q", "k"} & set(published["keys"][0])


async def test_key_is_changed_while_its_tokens_live(
    serve: Serve, as_machine: Callable[[str], dict[str, str]], community: Community
) -> None:
    async with serve(OLD) as client:
        token = (await log_in(client, "admin@lab.example")).json()["access_token"]
    async with serve(NEW, OLD) as client:
        assert (await own_invoices(client, token)).status_code == 200
        machine = await client.get("/rest/v1/escos", headers=as_machine("flows"))
        assert machine.status_code == 200
    async with serve(NEW) as client:
        refused = await own_invoices(client, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "auth.token_algorithm")
    async with serve(OTHER) as client:
        refused = await own_invoices(client, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "auth.token_key")
        assert "is not in use" in refused.headers["WWW-Authenticate"]


async def test_public_key_as_a_secret_signs_nothing(serve: Serve, community: Community) -> None:
    key = TokenKey.of_jwk(NEW)
    token = sign_token(
        key,
        subject=str(community.operator),
        role="admin",
        lifetime=timedelta(hours=1),
        now=utc_now(),
        audience="authenticated",
        issuer="flows",
    )
    header = {"alg": "HS256", "typ": "JWT", "kid": NEW["kid"]}
    head = urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")
    signed = head + b"." + token.split(".")[1].encode()
    async with serve(NEW) as client:
        for secret in (key.verifying().to_pem(), json.dumps(dict(key.public or {})).encode()):
            signature = urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
            refused = await own_invoices(client, (signed + b"." + signature).decode())
            assert (refused.status_code, refused.json()["code"]) == (401, "auth.token_signature")


async def test_secret_is_changed_while_its_tokens_live(
    gateway_env: dict[str, str], community: Community, as_user: TokenFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = as_user(community.ann.user)
    monkeypatch.setenv("FLOWS_JWT_SECRET", "n" * 40)
    for previous, status in ((JWT_SECRET, 200), ("o" * 40, 401)):
        monkeypatch.setenv("FLOWS_JWT_PREVIOUS_SECRET", previous)
        app = create_app()
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://flows") as client,
        ):
            assert (await client.get("/rest/v1/invoices", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("nonsense", "must be a JSON array of JSON Web Keys"),
        ("[]", "must be a JSON array"),
        ([{"kty": "oct", "k": "c2hvcnQ"}], "at least 32 bytes"),
        ([{**OLD, "alg": "HS256"}], "EC with ES256"),
        ([{**OLD, "crv": "P-521"}], "curve P-256"),
        ([{**OLD, "x": "AAAA"}], "cannot be read"),
        ([{**NEW, "n": "AQAB"}], "at least 2048 bits"),
        ([{"kty": "RSA"}], "lacks a member"),
        ([{name: OLD[name] for name in ("kty", "crv", "x", "y")}], "the first key signs"),
    ],
)
def test_wrong_key_stops_the_start_and_is_not_shown(
    gateway_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, keys: Any, reason: str
) -> None:
    monkeypatch.setenv("FLOWS_API_TOKEN_KEYS", keys if isinstance(keys, str) else json.dumps(keys))
    with pytest.raises(SettingsError, match=reason) as error:
        create_app()
    assert str(error.value).startswith("FLOWS_API_TOKEN_KEYS: ")
    assert OLD["d"] not in str(error.value)


async def test_token_of_a_session_that_never_was_is_refused(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.ann.user, session_id=str(uuid4()))
    refused = await client.get("/v1/invoices/LAB-ANN-1/pdf", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.session_ended")
