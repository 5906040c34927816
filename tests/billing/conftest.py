"""A community on a database of its own, billed by the billing service's login role."""

from collections.abc import AsyncIterator

import pytest

from billing.community import Community
from databases import RoleUrl
from flows_shared.db import Database


@pytest.fixture
async def billing_db(role_url: RoleUrl) -> AsyncIterator[Database]:
    database = await Database.open(role_url("flows_billing"), name="tests", size=5)
    yield database
    await database.close()


@pytest.fixture
async def community(db: Database, billing_db: Database) -> Community:
    return await Community.make(db, billing_db)


@pytest.fixture
async def priced(community: Community) -> Community:
    await community.tariff("0.20000", "0.50000")
    return community
