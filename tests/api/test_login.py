"""POST /auth/v1/token and GET /auth/v1/user, in the form that Supabase's auth client reads."""

import asyncio
import time
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api.community import Community
from api.conftest import TokenFor
from api.logins import INVALID, TOKEN, log_in, refresh
from flows_shared.db import connect


async def test_login_gives_a_session_that_reads_own_rows(client: httpx.AsyncClient, community: Community) -> None:
    before = time.time()
    response = await log_in(client, "ann@example.org")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    session = response.json()
    assert session["token_type"] == "bearer"
    assert session["expires_in"] == 3600
    assert before + 3590 < session["expires_at"] < before + 3620
    assert UUID(session["user"]["id"]) == community.ann.user
    assert (session["user"]["email"], session["user"]["role"]) == ("ann@example.org", "customer")
    assert session["user"]["last_sign_in_at"] is not None
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await client.get("/auth/v1/user", headers=bearer)).json() == session["user"]
    invoices = await client.get("/rest/v1/invoices?select=number", headers=bearer)
    assert invoices.json() == [{"number": community.ann.invoice}]


async def test_email_is_found_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await log_in(client, "Ann@Example.ORG")).status_code == 200


async def test_unknown_email_and_wrong_password_look_the_same(client: httpx.AsyncClient) -> None:
    answers = [await log_in(client, "nobody@example.org"), await log_in(client, "ann@example.org", "wrong")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(400, INVALID), (400, INVALID)]


async def test_unknown_email_takes_as_long_as_a_wrong_password(client: httpx.AsyncClient) -> None:
    """Without a check of the password it would take a twentieth."""

    async def seconds(email: str) -> float:
        started = time.perf_counter()
        await log_in(client, email, "wrong")
        return time.perf_counter() - started

    times = [(await seconds("ann@example.org"), await seconds("nobody@example.org")) for _ in range(5)]
    known, unknown = (min(column) for column in zip(*times, strict=True))
    assert 0.2 < unknown / known < 5


async def test_disabled_login_is_refused_and_only_the_right_password_tells(client: httpx.AsyncClient) -> None:
    refused = await log_in(client, "gone@example.org")
    assert (refused.status_code, refused.json()["error_code"]) == (400, "user_banned")
    assert (await log_in(client, "gone@example.org", "wrong")).json() == INVALID


@pytest.mark.parametrize(
    ("grant_type", "body", "error_code", "sentence"),
    [
        ("password", {"email": "ann@example.org"}, "validation_failed", "Field required"),
        ("password", {"email": "ann", "password": "x"}, "validation_failed", "String should match pattern"),
        ("password", {"email": "a\0@b", "password": "x"}, "validation_failed", "String should match pattern"),
        ("password", {"refresh_token": "x"}, "validation_failed", "not what grant_type=password needs"),
        ("password", ["ann@example.org"], "validation_failed", "valid dictionary"),
        ("pkce", {"email": "ann@example.org", "password": "x"}, "unsupported_grant_type", "must be password"),
        ("refresh_token", {"refresh_token": "made up"}, "refresh_token_not_found", "Refresh Token Not Found"),
    ],
)
async def test_bad_request_says_what_is_wrong(
    client: httpx.AsyncClient, grant_type: str, body: object, error_code: str, sentence: str
) -> None:
    response = await client.post(TOKEN, params={"grant_type": grant_type}, json=body)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["error_code"]) == (400, 400, error_code)
    assert sentence in problem["msg"]


async def test_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await client.post(f"{TOKEN}?grant_type=password", content=b"{", headers=headers)
    assert (response.status_code, response.json()["error_code"]) == (400, "validation_failed")


async def test_refresh_token_works_once_and_brings_the_next(client: httpx.AsyncClient) -> None:
    first = (await log_in(client, "bob@example.org")).json()
    second = (await refresh(client, first["refresh_token"])).json()
    assert second["user"]["email"] == "bob@example.org"
    assert second["refresh_token"] != first["refresh_token"]
    assert (await refresh(client, second["refresh_token"])).status_code == 200


async def test_refresh_token_that_is_sent_again_at_once_gets_the_same_answer(client: httpx.AsyncClient) -> None:
    first = (await log_in(client, "bob@example.org")).json()["refresh_token"]
    second, again = [(await refresh(client, first)).json()["refresh_token"] for _ in range(2)]
    assert second == again != first
    third = (await refresh(client, second)).json()["refresh_token"]
    newest = (await refresh(client, first)).json()["refresh_token"]
    assert newest == third
    assert (await refresh(client, third)).status_code == 200


async def later(url: str) -> None:
    """An hour passes since refresh tokens were used."""
    db = await connect(url, name="tests")
    await db.execute("UPDATE flows.refresh_tokens SET used_at = used_at - interval '1 hour'")
    await db.close()


async def test_refresh_token_used_again_later_ends_its_session(
    client: httpx.AsyncClient, module_database_url: str
) -> None:
    first = (await log_in(client, "bob@example.org")).json()
    other = (await log_in(client, "bob@example.org")).json()
    second = (await refresh(client, first["refresh_token"])).json()
    third = (await refresh(client, second["refresh_token"])).json()
    await later(module_database_url)
    again = await refresh(client, first["refresh_token"])
    assert (again.status_code, again.json()["error_code"]) == (400, "refresh_token_already_used")
    assert (await refresh(client, third["refresh_token"])).json()["error_code"] == "refresh_token_not_found"
    assert (await refresh(client, other["refresh_token"])).status_code == 200


async def test_answer_that_was_lost_is_given_again_however_late(
    client: httpx.AsyncClient, module_database_url: str
) -> None:
    first = (await log_in(client, "bob@example.org")).json()["refresh_token"]
    lost = (await refresh(client, first)).json()["refresh_token"]
    await later(module_database_url)
    again = await refresh(client, first)
    assert (again.status_code, again.json()["refresh_token"]) == (200, lost)
    assert (await refresh(client, lost)).status_code == 200


async def test_refresh_token_used_twice_at_once_brings_one_next(client: httpx.AsyncClient) -> None:
    token = (await log_in(client, "bob@example.org")).json()["refresh_token"]
    answers = await asyncio.gather(refresh(client, token), refresh(client, token))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_without_a_grace_a_refresh_token_ends_with_its_followers_use(
    client: httpx.AsyncClient, gateway: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = gateway.state.settings.model_copy(update={"api_refresh_reuse_seconds": 0})
    monkeypatch.setattr(gateway.state.authenticator, "settings", strict)
    token = (await log_in(client, "bob@example.org")).json()["refresh_token"]
    following = (await refresh(client, token)).json()["refresh_token"]
    assert (await refresh(client, following)).status_code == 200
    assert (await refresh(client, token)).status_code == 400


async def test_logged_out_refresh_token_is_not_given_again(client: httpx.AsyncClient) -> None:
    session = (await log_in(client, "bob@example.org")).json()
    await refresh(client, session["refresh_token"])
    await client.post("/auth/v1/logout", headers={"Authorization": f"Bearer {session['access_token']}"})
    again = await refresh(client, session["refresh_token"])
    assert (again.status_code, again.json()["error_code"]) == (400, "refresh_token_not_found")


async def test_tokens_are_kept_as_hashes_alone(client: httpx.AsyncClient, module_database_url: str) -> None:
    token = (await log_in(client, "cid@example.org")).json()["refresh_token"]
    db = await connect(module_database_url, name="tests")
    kept = await db.fetch("SELECT token::text FROM flows.refresh_tokens AS token")
    await db.close()
    assert kept
    assert not any(token in row["token"] for row in kept)


@pytest.mark.parametrize(
    ("headers", "error_code", "sentence"),
    [
        ({}, "no_authorization", "requires a Bearer token"),
        ({"Authorization": "Bearer nonsense"}, "bad_jwt", "invalid JWT: this is not a JSON Web Token"),
        ({"Authorization": "Basic YTpi"}, "bad_jwt", "must read 'Bearer <token>'"),
    ],
)
async def test_user_needs_a_token(
    client: httpx.AsyncClient, headers: dict[str, str], error_code: str, sentence: str
) -> None:
    response = await client.get("/auth/v1/user", headers=headers)
    assert (response.status_code, response.json()["error_code"]) == (401, error_code)
    assert sentence in response.json()["msg"]
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="invalid_token"' if headers else "Bearer")
    assert not headers or sentence.removeprefix("invalid JWT: ") in challenge


async def test_user_of_a_machine_or_a_disabled_login_is_nobody(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    for headers in (as_user(community.disabled, "admin"), as_user(community.ann.user, "service")):
        response = await client.get("/auth/v1/user", headers=headers)
        assert (response.status_code, response.json()["error_code"]) == (401, "bad_jwt")
