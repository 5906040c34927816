"""The database as a command uses it, for the person who typed it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from getpass import getuser

from flows_billing.settings import SERVICE, RunSettings
from flows_shared.acting import acting
from flows_shared.command_line import command_database, command_settings
from flows_shared.db import Connection, Database


def billing_settings() -> RunSettings:
    return command_settings(RunSettings, SERVICE)


def billing_database(settings: RunSettings) -> AbstractAsyncContextManager[Database]:
    return command_database(settings, "flows billing")


@asynccontextmanager
async def acting_here() -> AsyncIterator[Connection]:
    """A transaction of the operating system's user, whom the audit log and the rows name."""
    async with billing_database(billing_settings()) as db, acting(db, caller_claims()) as transaction:
        yield transaction


def caller_claims() -> dict[str, str]:
    """The claims of who typed the command."""
    return {"role": "service", "act": f"{getuser()} (flows command)"}
