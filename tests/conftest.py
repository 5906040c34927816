"""Every test runs on real servers: embedded ones, or those of FLOWS_TEST_DATABASE_URL and FLOWS_TEST_REDIS_URL.

A test gets a database of its own, copied from one that was migrated once, and an emptied Redis database. On given
servers nothing but what the tests made is touched: databases `flows_test_*`, and one Redis database that was empty.
"""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from arq.connections import ArqRedis
from hypothesis import settings
from redis.asyncio import Redis

from databases import Background, Databases, MakeDatabase, RoleUrl, new_server_directory
from flows_local.servers import FOR_TESTS, Postgres, Valkey
from flows_shared.db import Database

# A busy machine is no failure of what is tested; a test that hangs is ended by its timeout.
settings.register_profile("flows", deadline=None)
settings.load_profile("flows")
# Thousands of tests leave much that lives: to look through it over and over took a tenth of their time.
gc.set_threshold(100_000, 20, 20)

SIMULATED = "127.0.0.0/8"  # where simulated meters listen
CLAIM = "flows-test-claim"
CLAIM_SECONDS = 3600
JWT_SECRET = "a secret for tests that is long enough"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell has set is not what a test asks for."""
    for name in os.environ:
        if name.startswith("FLOWS_") and not name.startswith("FLOWS_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FLOWS_METER_SYNC_NETWORKS", SIMULATED)


@pytest.fixture(scope="session")
def background() -> Background:
    return Background()


@pytest.fixture(scope="session")
def databases(background: Background) -> Iterator[Databases]:
    """The server of this test process, with the template that each test's database is copied from."""
    with _postgres() as url:
        databases = Databases(url, background)
        databases.make_template()
        try:
            yield databases
        finally:
            databases.drop(databases.template)
            databases.wait_for_drops()


@pytest.fixture
def server_directory() -> Iterator[Path]:
    """Where a test may start servers of its own."""
    with new_server_directory() as directory:
        yield directory


@pytest.fixture
def make_database(databases: Databases) -> Iterator[MakeDatabase]:
    """Makes one more migrated database each time it is called."""
    made: list[str] = []

    def make() -> str:
        made.append(databases.create())
        return databases.url_of(made[-1])

    yield make
    for name in made:
        databases.drop(name)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database of the test's own, as the role that migrated it."""
    with databases.fresh() as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(databases: Databases) -> Iterator[str]:
    """A migrated database that a file's tests share."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, name="tests", size=5)
    yield database
    await database.close()


@pytest.fixture
def role_url(databases: Databases, database_url: str) -> RoleUrl:
    """The URL of the test's database for a login role, such as `flows_billing`."""
    name = urlsplit(database_url).path.removeprefix("/")

    def url(role: str) -> str:
        if password := urlsplit(database_url).password:
            databases.execute(f"ALTER ROLE {role} PASSWORD '{password}'")
        return databases.url_of(name, user=role)

    return url


@pytest.fixture(scope="session")
def redis_server(background: Background) -> Iterator[str]:
    """The URL of a Redis database that only this test process uses."""
    given = os.environ.get("FLOWS_TEST_REDIS_URL")
    if not given:
        with new_server_directory() as directory, Valkey(directory / "valkey") as valkey:
            yield valkey.url()
        return
    url = background.run(_claim_redis(given))
    yield url
    background.run(_empty_redis(url, claimed=False))


@pytest.fixture
def redis_url(redis_server: str, background: Background) -> str:
    """An empty Redis database."""
    background.run(_empty_redis(redis_server, claimed=True))
    return redis_server


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[ArqRedis]:
    client: ArqRedis = ArqRedis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def settings_env(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> dict[str, str]:
    """The `FLOWS_*` variables of a service on the test's servers, set here and returned for child processes."""
    variables = {
        "FLOWS_DATABASE_URL": database_url,
        "FLOWS_REDIS_URL": redis_url,
        "FLOWS_JWT_SECRET": JWT_SECRET,
        "FLOWS_METER_SYNC_NETWORKS": SIMULATED,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@contextmanager
def _postgres() -> Iterator[str]:
    if given := os.environ.get("FLOWS_TEST_DATABASE_URL"):
        yield given
        return
    with new_server_directory() as directory, Postgres(directory / "postgres", settings=FOR_TESTS) as postgres:
        yield postgres.url()


async def _claim_redis(given: str) -> str:
    """The first database of a given server, from the last number down, that holds nothing."""
    for number in range(15, 0, -1):
        url = urlsplit(given)._replace(path=f"/{number}").geturl()
        async with Redis.from_url(url) as client:
            if await client.dbsize() == 0 and await client.set(CLAIM, "1", nx=True, ex=CLAIM_SECONDS):
                return url
    raise RuntimeError("FLOWS_TEST_REDIS_URL: none of its databases 1 to 15 is empty")


async def _empty_redis(url: str, *, claimed: bool) -> None:
    async with Redis.from_url(url) as client, client.pipeline(transaction=True) as pipe:
        pipe.flushdb()
        if claimed:
            pipe.set(CLAIM, "1", ex=CLAIM_SECONDS)
        await pipe.execute()
