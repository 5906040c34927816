"""The tests of a file share a migrated database; each runs in a transaction that is rolled back."""

from collections.abc import AsyncIterator

import pytest

from flows_shared.db import Connection, connect


@pytest.fixture
async def tx(module_database_url: str) -> AsyncIterator[Connection]:
    """As the role that migrated, which policies do not bind. `now()` stands still."""
    connection = await connect(module_database_url, name="tests")
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()
