"""The database as a command uses it, for the person who typed it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from getpass import getuser

from flows_billing.settings import RunSettings
from flows_shared.acting import acting
from flows_shared.db import Connection, Database
from flows_shared.logs import configure_logging
from flows_shared.settings import load_settings


def load() -> RunSettings:
    settings = load_settings(RunSettings)
    configure_logging(settings, "billing")
    return settings


@asynccontextmanager
async def opened(settings: RunSettings) -> AsyncIterator[Database]:
    db = await Database.open(settings.database_url.get_secret_value(), name="flows billing", size=2)
    try:
        yield db
    finally:
        await db.close()


@asynccontextmanager
async def acting_here() -> AsyncIterator[Connection]:
    """A transaction of the operating system's user, whom the audit log and the rows name."""
    async with opened(load()) as db, acting(db, command_line()) as transaction:
        yield transaction


def command_line() -> dict[str, str]:
    """The claims of who typed the command."""
    return {"role": "service", "act": f"{getuser()} (flows command)"}
