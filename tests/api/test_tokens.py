"""Who is believed: every way a token can be wrong, at the typed routes and at the data."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from jose import jwt

from api.community import Community
from api.conftest import TokenFor
from conftest import JWT_SECRET
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token

HOUR = timedelta(hours=1)
USER = "5f0c2c34-6f5e-4d6c-9a55-0c5a8f1f3a11"


def signed(secret: str = JWT_SECRET, **changes: Any) -> str:
    given = {
        "subject": USER,
        "role": "customer",
        "lifetime": HOUR,
        "now": utc_now(),
        "audience": "authenticated",
        "issuer": "flows",
    }
    return f"Bearer {sign_token(secret, **{**given, **changes})}"


def unsigned(**changes: Any) -> str:
    claims = {"sub": USER, "role": "admin", "exp": datetime.now(UTC) + HOUR, "aud": "authenticated", "iss": "flows"}
    _, body, _ = jwt.encode({**claims, **changes}, "x", algorithm="HS256").split(".")
    return f"Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}."


def other_algorithm() -> str:
    claims = {"sub": USER, "role": "admin", "exp": datetime.now(UTC) + HOUR, "aud": "authenticated", "iss": "flows"}
    return f"Bearer {jwt.encode(claims, JWT_SECRET, algorithm='HS512')}"


WRONG = [
    ("Basic YTpi", "auth.token_malformed", "must read 'Bearer <token>'", "PGRST301", "JWT refused"),
    ("Bearer", "auth.token_malformed", "must read 'Bearer <token>'", "PGRST301", "JWT refused"),
    ("Bearer nonsense", "auth.token_malformed", "is not a JSON Web Token", "PGRST301", "JWT refused"),
    ("Bearer a.b.c", "auth.token_malformed", "is not a JSON Web Token", "PGRST301", "JWT refused"),
    (f"Bearer {'x' * 9000}", "auth.token_malformed", "at most 8192 bytes", "PGRST301", "JWT refused"),
    (unsigned(), "auth.token_algorithm", "not with 'none'", "PGRST301", "Wrong or unsupported encoding algorithm"),
    (other_algorithm(), "auth.token_algorithm", "HS512", "PGRST301", "Wrong or unsupported encoding algorithm"),
    (signed("s" * 40), "auth.token_signature", "signature is wrong", "PGRST301", "No suitable key or wrong key type"),
    (signed(lifetime=-HOUR), "auth.token_expired", "has expired", "PGRST303", "JWT expired"),
    (signed(nbf=datetime.now(UTC) + HOUR), "auth.token_not_yet_valid", "not yet", "PGRST303", "JWT not yet valid"),
    (signed(nbf="1"), "auth.token_malformed", "claim 'nbf' must be a time", "PGRST303", "JWT refused"),
    (signed(iat=float("inf")), "auth.token_malformed", "infinity", "PGRST303", "JWT refused"),
    (signed(exp=float("inf")), "auth.token_malformed", "infinity", "PGRST303", "JWT refused"),
    (signed(audience="other"), "auth.token_audience", "for 'other'", "PGRST303", "JWT not in audience"),
    (signed(audience=None), "auth.token_audience", "for None", "PGRST303", "JWT not in audience"),
    (signed(audience="flows-internal"), "auth.token_audience", "'flows-internal'", "PGRST303", "JWT not in audience"),
    (signed(issuer="elsewhere"), "auth.token_issuer", "'elsewhere'", "PGRST301", "JWT refused"),
    (signed(issuer=None), "auth.token_issuer", "None", "PGRST301", "JWT refused"),
    (signed(role="postgres"), "auth.token_role", "role 'postgres' is not known", "PGRST301", "JWT refused"),
    (signed(role="flows_worker"), "auth.token_role", "role 'flows_worker' is not known", "PGRST301", "JWT refused"),
    (signed(subject="ann"), "auth.token_malformed", "must be the UUID of a user", "PGRST301", "JWT refused"),
    (signed(role="authenticated"), "auth.user_unknown", "does not exist", "PGRST301", "JWT refused"),
]  # fmt: skip


@pytest.mark.parametrize(("authorization", "code", "sentence", "rest_code", "rest_message"), WRONG)
async def test_wrong_token_is_refused_and_the_answer_says_why(
    client: httpx.AsyncClient, authorization: str, code: str, sentence: str, rest_code: str, rest_message: str
) -> None:
    headers = {"Authorization": authorization}
    typed = await client.get("/v1/billing/runs", headers=headers)
    assert (typed.status_code, typed.json()["code"]) == (401, code)
    assert sentence in typed.json()["message"]
    assert 'error="invalid_token"' in typed.headers["WWW-Authenticate"]
    data = await client.get("/rest/v1/escos", headers=headers)
    assert (data.status_code, data.json()["code"], data.json()["message"]) == (401, rest_code, rest_message)
    assert sentence in data.json()["details"]
    assert data.headers["WWW-Authenticate"] == f'Bearer error="invalid_token", error_description="{rest_message}"'


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/billing/runs"),
        ("POST", "/v1/billing/runs"),
        ("GET", f"/v1/billing/runs/{USER}"),
        ("GET", "/v1/meters/EML-ANN/sync"),
        ("POST", "/v1/meters/EML-ANN/sync"),
        ("GET", "/v1/invoices/LAB-ANN-1/pdf"),
    ],
)
async def test_every_command_needs_a_token(client: httpx.AsyncClient, method: str, path: str) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (401, "auth.token_missing")
    assert "Authorization: Bearer" in response.json()["message"]


async def test_machine_without_audience_is_taken_from_the_issuers_that_the_setting_names(
    client: httpx.AsyncClient, as_machine: Callable[[str], dict[str, str]]
) -> None:
    for role in ("public_backend", "service_role", "readers"):
        assert (await client.get("/rest/v1/customers?select=id", headers=as_machine(role))).status_code == 200
    own = as_machine("flows") | {"Accept-Profile": "flows"}
    assert (await client.get("/rest/v1/meter_registry?select=id", headers=own)).status_code == 200
    anon = await client.get("/rest/v1/escos?select=code", headers=as_machine("anon"))
    assert anon.status_code == 200


async def test_role_of_an_older_token_comes_from_the_users_row(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    for user, numbers in (
        (community.ann.user, {community.ann.invoice}),
        (community.lab_admin, {community.ann.invoice, community.bob.invoice}),
    ):
        response = await client.get("/rest/v1/invoices?select=number", headers=as_user(user, "authenticated"))
        assert {row["number"] for row in response.json()} == numbers
    gone = await client.get("/rest/v1/invoices", headers=as_user(community.disabled, "authenticated"))
    assert gone.status_code == 401


async def test_believed_token_is_not_believed_longer_than_it_lives(
    client: httpx.AsyncClient, gateway: FastAPI, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticator = gateway.state.authenticator
    monkeypatch.setattr(
        authenticator, "settings", authenticator.settings.model_copy(update={"api_token_cache_seconds": 60.0})
    )
    now = 1_000.0
    monkeypatch.setattr("flows_api.auth.authenticator.monotonic", lambda: now)
    headers = {"Authorization": signed(subject=str(community.ann.user), lifetime=timedelta(seconds=30))}
    assert (await client.get("/rest/v1/invoices", headers=headers)).status_code == 200
    monkeypatch.setattr(authenticator, "_verify", refuse_to_verify)
    now += 29
    assert (await client.get("/rest/v1/invoices", headers=headers)).status_code == 200
    now += 2
    with pytest.raises(AssertionError, match="verified again"):
        await authenticator.authenticate(headers["Authorization"], utc_now())


async def test_remembered_tokens_are_bounded(
    client: httpx.AsyncClient, gateway: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticator = gateway.state.authenticator
    monkeypatch.setattr(
        authenticator, "settings", authenticator.settings.model_copy(update={"api_token_cache_size": 3})
    )
    for _ in range(10):
        await authenticator.authenticate(signed(subject=str(uuid4())), utc_now())
    assert len(authenticator._known) == 3


def refuse_to_verify(_token: str, _now: datetime) -> None:
    raise AssertionError("verified again")
