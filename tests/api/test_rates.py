"""How often one may ask: by address, by user and key, and for logins by account; and what holds without Redis."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import httpx
import pytest
from redis.asyncio import Redis

from api.community import Community
from api.conftest import TokenFor
from api.logins import log_in
from flows_api.app import create_app
from flows_api.rates.limiter import Limiter
from flows_api.rates.rate import Rate
from flows_local.servers import free_port
from flows_shared.settings import SettingsError

Serve: TypeAlias = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(gateway_env: dict[str, str], community: Community, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A gateway with these rates, called from an address."""

    @asynccontextmanager
    async def run(address: str = "192.0.2.1", **rates: str) -> AsyncIterator[httpx.AsyncClient]:
        for name, rate in rates.items():
            monkeypatch.setenv(f"FLOWS_{name.upper()}", rate)
        app = create_app()
        transport = httpx.ASGITransport(app, client=(address, 1234))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://flows") as client,
        ):
            yield client

    return run


async def test_address_that_asks_too_often_is_told_when_to_come_back(serve: Serve) -> None:
    async with serve(api_rate_address="3/h") as client:
        answers = [await client.get("/rest/v1/escos") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert answers[0].headers["RateLimit-Limit"] == "3"
        refused = answers[3]
        assert refused.json()["code"] == "rate_limited"
        assert 1190 < int(refused.headers["Retry-After"]) <= 1200
        assert 3590 < int(refused.headers["RateLimit-Reset"]) <= 3600
        assert refused.headers["X-Content-Type-Options"] == "nosniff"
        auth = await client.get("/auth/v1/settings")
        assert (auth.status_code, auth.json()["error_code"]) == (429, "over_request_rate_limit")
        assert (await client.get("/healthz")).status_code == 200


async def test_user_is_counted_wherever_they_are_and_another_is_not(
    serve: Serve, community: Community, as_user: TokenFor
) -> None:
    ann, bob = as_user(community.ann.user), as_user(community.bob.user)
    async with serve("192.0.2.1", api_rate_user="2/h") as here, serve("192.0.2.2", api_rate_user="2/h") as there:
        statuses = [(await client.get("/rest/v1/invoices", headers=ann)).status_code for client in (here, there, here)]
        assert statuses == [200, 200, 429]
        assert (await here.get("/rest/v1/invoices", headers=bob)).status_code == 200
        assert (await here.get("/rest/v1/escos")).status_code == 200


async def test_wrong_token_counts_for_its_address(serve: Serve) -> None:
    async with serve(api_rate_address="2/h", api_rate_user="1/h") as client:
        answers = [await client.get("/rest/v1/escos", headers={"Authorization": "Bearer x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_guesses_at_an_account_are_limited_and_its_owner_elsewhere_gets_in(serve: Serve) -> None:
    limits = {"api_rate_login_account": "2/h", "api_rate_login_everywhere": "3/h", "api_login_pause_seconds": "0"}
    async with serve("192.0.2.1", **limits) as here, serve("192.0.2.2", **limits) as there:
        answers = [await log_in(here, email, "wrong") for email in ("ANN@example.org", "ann@example.org")]
        answers.append(await log_in(here, "ann@example.org"))
        for _ in range(2):  # the second one is slowed, no more
            assert (await log_in(there, "ann@example.org")).status_code == 200
        assert [answer.status_code for answer in answers] == [400, 400, 429]
        assert answers[2].json()["error_code"] == "over_request_rate_limit"
        assert int(answers[2].headers["Retry-After"]) > 1700
        assert (await log_in(here, "bob@example.org")).status_code == 200


async def test_network_of_ipv6_is_one_address(serve: Serve) -> None:
    async with (
        serve("2001:db8::1", api_rate_login_account="1/h") as first,
        serve("2001:db8::2:1", api_rate_login_account="1/h") as second,
        serve("2001:db8:0:1::1", api_rate_login_account="1/h") as other,
    ):
        statuses = [(await log_in(client, "ann@example.org")).status_code for client in (first, second, other)]
    assert statuses == [200, 429, 200]


async def test_logins_are_limited_by_address_whatever_the_account(serve: Serve) -> None:
    async with serve("192.0.2.1", api_rate_login_address="2/h") as client, serve("192.0.2.2") as elsewhere:
        statuses = [(await log_in(client, f"{name}@example.org")).status_code for name in ("ann", "bob", "cid")]
        assert statuses == [200, 200, 429]
        for path, body in (("recover", {"email": "cid@example.org"}), ("verify", {"type": "email", "token": "x"})):
            assert (await client.post(f"/auth/v1/{path}", json=body)).status_code == 429
        assert (await log_in(elsewhere, "cid@example.org")).status_code == 200


async def test_without_redis_requests_pass_and_the_log_says_so(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLOWS_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    async with serve(api_rate_address="1/h") as client:
        answers = [await client.get("/rest/v1/escos") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert capsys.readouterr().err.count("rate_limits_paused") == 1


async def test_processes_share_a_bucket_and_take_from_it_ahead(redis_url: str) -> None:
    first, second = Limiter(redis_url), Limiter(redis_url)
    rate = Rate(1000, 3600)
    try:
        passed = 0
        for limiter in (first, second) * 600:
            standing = await limiter.take("a", rate)
            assert standing is not None
            passed += not standing.refused
        assert passed == 1000
    finally:
        await first.close()
        await second.close()


async def test_most_requests_cost_no_round_trip(redis_url: str) -> None:
    limiter = Limiter(redis_url)
    async with Redis.from_url(redis_url) as redis:
        before = await redis.info("commandstats")
        for _ in range(500):
            await limiter.take("a", Rate(10_000, 60))
        after = await redis.info("commandstats")
    await limiter.close()
    calls = [after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in ("cmdstat_evalsha",)]
    assert calls[0] <= 7


async def test_bucket_fills_again(redis_url: str) -> None:
    limiter = Limiter(redis_url)
    rate = Rate(1, 1)
    first, second = await limiter.take("a", rate), await limiter.take("a", rate)
    assert first is not None
    assert second is not None
    assert (first.refused, second.refused, second.retry_seconds) == (False, True, 1)
    async with Redis.from_url(redis_url) as redis:  # as if a second had passed
        await redis.hincrby("flows:rate:a", "at", -1000)
    again = await Limiter(redis_url).take("a", rate)
    assert again is not None
    assert not again.refused
    await limiter.close()


@pytest.mark.parametrize("rate", ["0/min", "10", "10/day", "-1/s", "many"])
def test_wrong_rate_names_the_variable(gateway_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, rate: str) -> None:
    monkeypatch.setenv("FLOWS_API_RATE_USER", rate)
    with pytest.raises(SettingsError, match=r"FLOWS_API_RATE_USER: .*COUNT/min"):
        create_app()
