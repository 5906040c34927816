"""Keeping the schema cache: loaded at start, loaded again whenever the database says NOTIFY pgrst."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from flows_api.rest.catalog.catalog import Catalog, load_catalog
from flows_api.rest.errors import CatalogMissing
from flows_api.rest.options import RestOptions
from flows_shared.db import REFUSALS
from flows_shared.tasks import cancel_all
from flows_shared.telemetry.logs import get_logger

RETRY_SECONDS: Final = 1.0
CHECK_SECONDS: Final = 30.0

log = get_logger()


class CatalogCache:
    """One connection listens. While it is lost the last catalog serves, and a new one is loaded when it is back."""

    def __init__(self, options: RestOptions) -> None:
        self.options = options
        self.loaded: Catalog | None = None
        self.on_reload: Callable[[], Awaitable[None]] | None = None
        self._first_load = asyncio.Event()
        self._changed = asyncio.Event()

    @property
    def catalog(self) -> Catalog:
        """Raises `CatalogMissing` until the first load."""
        if self.loaded is None:
            raise CatalogMissing
        return self.loaded

    @asynccontextmanager
    async def kept(self, start_seconds: float) -> AsyncIterator[None]:
        """Keep it while the context lasts. The start waits for the first load, but not for long."""
        task = asyncio.create_task(self._keep())
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._first_load.wait(), start_seconds)
            yield
        finally:
            await cancel_all([task])

    async def _keep(self) -> None:
        while True:
            try:
                await self._listen()
            except REFUSALS as error:
                log.warning("schema_cache_waits", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self.options.database_url, server_settings={"application_name": "api schema cache"}
        )
        try:
            connection.add_termination_listener(self._wake)
            await connection.add_listener(self.options.channel, self._wake)
            while not connection.is_closed():
                self._changed.clear()
                await self._load(connection)
                await self._wait(connection)
        finally:
            connection.terminate()

    async def _wait(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Until the schema or the connection changes. A silent connection is tried now and then."""
        while True:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._changed.wait()
                    return
            except TimeoutError:
                await connection.execute("SELECT 1")

    async def _load(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        reloaded = self.loaded is not None
        self.loaded = await load_catalog(connection, self.options)
        if reloaded and self.on_reload:
            await self.on_reload()
        self._first_load.set()
        log.info("schema_cache_loaded", relations=len(self.loaded.relations), functions=len(self.loaded.functions))

    def _wake(self, *_: Any) -> None:
        self._changed.set()
