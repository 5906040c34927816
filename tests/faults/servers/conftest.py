"""Servers of the tests' own, to be killed: what a developer or a CI has given is left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Background, Databases, new_server_directory
from flows_local.servers import FOR_TESTS, Postgres, Valkey

# What was committed outlives a crash of the server, as it does in production; that of the machine is not tried.
DURABLE = {**FOR_TESTS, "synchronous_commit": "on"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with new_server_directory() as directory, Postgres(directory / "postgres", settings=DURABLE) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: Postgres, background: Background) -> Databases:
    databases = Databases(postgres.url(), background)
    databases.make_template()
    return databases


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with Valkey(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
def redis_url(valkey: Valkey) -> str:
    return valkey.url()
