"""What a service's command opens: its settings, its logs and its database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from flows_shared.db import Database
from flows_shared.logs import configure_logging
from flows_shared.settings import DatabaseSettings, load_settings

S = TypeVar("S", bound=DatabaseSettings)


def command_settings(kind: type[S], service: str = "flows") -> S:
    """With the logs set up; they name the service."""
    settings = load_settings(kind)
    configure_logging(settings, service)
    return settings


@asynccontextmanager
async def command_database(settings: DatabaseSettings, name: str, size: int = 2) -> AsyncIterator[Database]:
    """With a pool of `size` connections, which PostgreSQL lists under `name`."""
    db = await Database.open(settings.database_url.get_secret_value(), name=name, size=size)
    try:
        yield db
    finally:
        await db.close()
