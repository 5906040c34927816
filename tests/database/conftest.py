"""The tests of a file share a migrated database; each runs in a transaction that is rolled back."""

from collections.abc import AsyncIterator

import pytest

from databases import Background
from flows_shared.db import Connection, connect

CALENDAR = """SELECT flows.extend_calendar('Europe/London', current_date - 1200, current_date + 400)"""


@pytest.fixture(scope="module")
def calendar_url(module_database_url: str, background: Background) -> str:
    """The file's database with the calendar that each test's first community would make, and roll back, again."""

    async def extend() -> None:
        connection = await connect(module_database_url, name="tests")
        await connection.execute(CALENDAR)
        await connection.close()

    background.run(extend())
    return module_database_url


@pytest.fixture
async def tx(calendar_url: str) -> AsyncIterator[Connection]:
    """As the role that migrated, which policies do not bind. `now()` stands still."""
    connection = await connect(calendar_url, name="tests")
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()
