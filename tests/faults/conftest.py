"""A small community with a month to bill, and the services as processes that can be killed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from billing.community import Community
from databases import RoleUrl
from faults.month import LastMonth
from flows_shared.db import Database
from house import House
from mail_server import MailServer

HOMES = 6
# Small portions, so that there is a middle; and one mail on its way at a time, so that one can come twice.
PORTIONS = {
    "FLOWS_BILLING_BATCH_ACCOUNTS": "2",
    "FLOWS_BILLING_RENDER_SLICE": "2",
    "FLOWS_NOTIFY_SMTP_CONNECTIONS": "1",
    "FLOWS_NOTIFY_RETRY_SECONDS": "0.2",
}


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
async def billing_db(role_url: RoleUrl) -> AsyncIterator[Database]:
    database = await Database.open(role_url("flows_billing"), name="tests", size=2)
    yield database
    await database.close()


@pytest.fixture
async def last_month(db: Database, billing_db: Database, database_url: str, mail_server: MailServer) -> LastMonth:
    return await LastMonth.measured(await Community.make(db, billing_db), database_url, mail_server, HOMES)


@pytest.fixture
def house(settings_env: dict[str, str], role_url: RoleUrl, mail_server: MailServer, tmp_path: Path) -> Iterator[House]:
    mail = {"FLOWS_NOTIFY_SMTP_PORT": str(mail_server.port), "FLOWS_NOTIFY_SMTP_FROM": "invoices@water-lane.example"}
    with House({**settings_env, **PORTIONS, **mail}, role_url, tmp_path) as house:
        yield house
