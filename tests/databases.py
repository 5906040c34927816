"""Databases for tests: each a copy of one that was migrated once."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
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
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class Databases:
    """Makes and drops databases on one server."""

    def __init__(self, url: str, background: Background) -> None:
        self.url = url
        self.background = background
        self.template = ""

    def make_template(self) -> None:
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

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        self.background.run(self._execute(statement))

    def create(self, template: str = "", owner: str = "") -> str:
        """A copy of the migrated template, or of another one; its name."""
        name = f"flows_test_{uuid4().hex[:12]}"
        owned = f" OWNER {owner}" if owner else ""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or self.template}"{owned}')
        return name

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _password(password: str | None) -> str:
    return f":{password}" if password else ""
