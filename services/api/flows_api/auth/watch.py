"""Hearing of what changes who is let in: the database says it on a channel, and what was believed is asked again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from flows_api.auth.authenticator import Authenticator
from flows_shared.db import REFUSALS, connected
from flows_shared.errors import UnavailableError
from flows_shared.logs import get_logger
from flows_shared.tasks import cancel_all

CHANNEL: Final = "flows_access"
RETRY_SECONDS: Final = 1.0
CHECK_SECONDS: Final = 30.0

log = get_logger()


@asynccontextmanager
async def watching(authenticator: Authenticator, url: str) -> AsyncIterator[None]:
    """Until the context ends. While nothing can be heard, what is believed lasts as long as the settings say."""
    task = asyncio.create_task(_watch(authenticator, url))
    try:
        yield
    finally:
        await cancel_all([task])


async def _watch(authenticator: Authenticator, url: str) -> None:
    def hear(_connection: object, _pid: int, _channel: str, name: object) -> None:
        authenticator.forget(str(name))

    while True:
        try:
            async with connected(url, name="api access") as connection:
                await connection.add_listener(CHANNEL, hear)
                authenticator.forget()
                while not connection.is_closed():
                    await asyncio.sleep(CHECK_SECONDS)
                    await connection.execute("SELECT 1")
        except (UnavailableError, *REFUSALS) as error:
            log.warning("access_not_heard", reason=str(error))
        await asyncio.sleep(RETRY_SECONDS)
