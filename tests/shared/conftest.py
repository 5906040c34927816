"""The bench that outbox, relay and jobs are tested on."""

from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from databases import RoleUrl
from flows_shared.db import Database
from flows_shared.settings import ServiceSettings, load_settings
from shared.bench import Bench


@pytest.fixture
async def bench(settings_env: dict[str, str], role_url: RoleUrl, redis: ArqRedis) -> AsyncIterator[Bench]:
    database = await Database.open(role_url("flows_billing"), name="tests", size=5)
    yield Bench(database, redis, load_settings(ServiceSettings))
    await database.close()
