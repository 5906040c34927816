"""Databases for tests: each a copy of one that was migrated once."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from flows_shared.migrate import upgrade

T = TypeVar("T")
MakeDatabase: TypeAlias = Callable[[], str]
RoleUrl: TypeAlias = Callable[[str], str]
MOST_DROPPING = 4
MEMORY, MEMORY_NEEDED = Path("/dev/shm"), 4 * 1024**3


@contextmanager
def new_server_directory() -> Iterator[Path]:
    """Not below pytest's own: that one is closed to PostgreSQL's user by every other pytest that starts.

    In memory where there is room: a database has a thousand files, and each test copies them.
    """
    in_memory = MEMORY.is_dir() and disk_usage(MEMORY).free >= MEMORY_NEEDED
    with TemporaryDirectory(prefix="flows-test-", dir=MEMORY if in_memory else None) as directory:
        yield Path(directory)


class Background:
    """An event loop in a thread, for set-up that must not depend on a test's own loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.start(work).result()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)


class Databases:
    """Makes and drops databases on one server. What is dropped goes while the next tests run."""

    def __init__(self, url: str, background: Background) -> None:
        self.url = url
        self.background = background
        self.template = ""
        self.strategy = ""
        self.dropping: list[Future[None]] = []

    def make_template(self) -> None:
        # Copying files is quicker than writing them to the log, unless each of them is then forced to disk.
        is_safe = self.background.run(self._fetch("SHOW fsync")) == "on"
        self.strategy = "WAL_LOG" if is_safe else "FILE_COPY"
        self.template = self.create("template0")
        self.background.run(upgrade(self.url_of(self.template)))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a migrated database, which is dropped afterwards."""
        name = self.create()
        try:
            yield self.url_of(name)
        finally:
            self.drop(name)

    def url_of(self, name: str, user: str | None = None) -> str:
        parts = urlsplit(self.url)
        place = parts.netloc if user is None else f"{user}{_password(parts.password)}@{parts.netloc.split('@')[-1]}"
        return parts._replace(netloc=place, path=f"/{name}").geturl()

    def create(self, template: str = "", owner: str = "") -> str:
        """A copy of the migrated template, or of another one; its name."""
        name = f"flows_test_{uuid4().hex[:12]}"
        owned = f" OWNER {owner}" if owner else ""
        copied = f'TEMPLATE "{template or self.template}" STRATEGY {self.strategy}'
        self.background.run(self._execute(f'CREATE DATABASE "{name}" {copied}{owned}'))
        return name

    def drop(self, name: str) -> None:
        self.wait_for_drops(MOST_DROPPING)
        self.dropping.append(self.background.start(self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')))

    def wait_for_drops(self, most: int = 0) -> None:
        """Until at most so many are under way."""
        while len(self.dropping) > most:
            self.dropping.pop(0).result()

    def execute(self, statement: str) -> None:
        self.wait_for_drops()
        self.background.run(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _fetch(self, query: str) -> str:
        connection = await asyncpg.connect(self.url)
        try:
            return str(await connection.fetchval(query))
        finally:
            await connection.close()


def _password(password: str | None) -> str:
    return f":{password}" if password else ""
