"""Keeping the schema cache: loaded at start, loaded again whenever the database says NOTIFY pgrst.

It is loaded on a thread of its own, so that a large or a wrong schema holds up no request, and no end of the process.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeAlias

import asyncpg

from flows_api.rest.catalog.catalog import Catalog, load_catalog
from flows_api.rest.errors import CatalogMissing
from flows_api.rest.options import RestOptions
from flows_shared.db import REFUSALS
from flows_shared.logs import get_logger
from flows_shared.tasks import apart

RETRY_SECONDS: Final = 1.0
CHECK_SECONDS: Final = 30.0
LOAD_SECONDS: Final = 60.0

ServingWork: TypeAlias = Coroutine[object, None, None]

log = get_logger()


class CatalogCache:
    """One connection listens. While it is lost the last catalog serves, and a new one is loaded when it is back."""

    def __init__(self, options: RestOptions) -> None:
        self.options = options
        self.loaded: Catalog | None = None
        self.on_reload: Callable[[], Awaitable[None]] | None = None
        self._first_load = asyncio.Event()
        self._away_or_loaded = asyncio.Event()

    @property
    def catalog(self) -> Catalog:
        """Raises `CatalogMissing` until the first load."""
        if self.loaded is None:
            raise CatalogMissing
        return self.loaded

    async def current(self) -> Catalog:
        """The first load is waited for, as long as a request waits for a connection, unless the database is away."""
        if self.loaded is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.options.pool_timeout_seconds):
                    await self._away_or_loaded.wait()
        return self.catalog

    @asynccontextmanager
    async def kept(self, start_seconds: float) -> AsyncIterator[None]:
        """Keep it while the context lasts. The start waits for the first load, but not for long."""
        keeper = _Keeper(self.options, asyncio.get_running_loop(), self._publish, self._note_away)
        async with apart(keeper.keep, name="schema cache"):
            with suppress(TimeoutError):
                async with asyncio.timeout(start_seconds):
                    await self._first_load.wait()
            yield

    async def _publish(self, catalog: Catalog) -> None:
        reloaded, self.loaded = self.loaded is not None, catalog
        if reloaded and self.on_reload:
            await self.on_reload()
        self._first_load.set()
        self._away_or_loaded.set()
        log.info("schema_cache_loaded", relations=len(catalog.relations), functions=len(catalog.functions))

    async def _note_away(self, is_away: bool) -> None:
        if is_away or self.loaded is not None:
            self._away_or_loaded.set()
        else:
            self._away_or_loaded.clear()


class _Keeper:
    """Lives on its own thread and loop; what it finds out is awaited on the loop that serves."""

    def __init__(
        self,
        options: RestOptions,
        serving: asyncio.AbstractEventLoop,
        publish: Callable[[Catalog], ServingWork],
        note_away: Callable[[bool], ServingWork],
    ) -> None:
        self.options = options
        self._serving, self._publish, self._note_away = serving, publish, note_away
        self._changed = asyncio.Event()

    async def keep(self) -> None:
        """Until cancelled. Whatever is wrong with a schema, the last catalog serves and the next try comes."""
        while True:
            try:
                await self._listen()
            except Exception as error:
                log.warning("schema_cache_waits", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await self._connect()
        try:
            connection.add_termination_listener(self._wake)
            await connection.add_listener(self.options.channel, self._wake)
            while not connection.is_closed():
                self._changed.clear()
                await self._load(connection)
                await self._wait(connection)
        finally:
            connection.terminate()

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        try:
            connection = await asyncpg.connect(
                self.options.database_url, server_settings={"application_name": "api schema cache"}
            )
        except REFUSALS:
            await self._run_on_serving_loop(self._note_away(True))
            raise
        await self._run_on_serving_loop(self._note_away(False))
        return connection

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
        async with asyncio.timeout(LOAD_SECONDS):
            catalog = await load_catalog(connection, self.options)
        await self._run_on_serving_loop(self._publish(catalog))

    async def _run_on_serving_loop(self, work: ServingWork) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._serving))

    def _wake(self, *_: object) -> None:
        self._changed.set()
