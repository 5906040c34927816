"""What a benchmark is: an async function that measures figures, each against an honest reference of the same run."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from flows_local.servers import Postgres, Valkey
from flows_shared.db import connect
from flows_shared.migrate import upgrade

# As a production server of this size is tuned; nothing that a crash could not forgive.
SERVER_SETTINGS = {
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "effective_cache_size": "8GB",
    "maintenance_work_mem": "512MB",
}


@dataclass(frozen=True)
class Figure:
    """A measured value, and its ratio to the reference that the goal speaks of."""

    name: str
    value: float
    unit: str
    reference: str
    ratio: float
    goal: float
    goal_is: Literal["at least", "at most"]

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal if self.goal_is == "at least" else self.ratio <= self.goal


@dataclass(frozen=True)
class Environment:
    """Servers of the benchmarks' own."""

    postgres: Postgres
    valkey: Valkey

    @property
    def redis_url(self) -> str:
        return self.valkey.url()

    async def database(self) -> str:
        """URL of a fresh, migrated database, as the migrating role."""
        name = f"bench_{uuid4().hex[:8]}"
        connection = await connect(self.postgres.url(), name="bench")
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        await upgrade(self.postgres.url(name))
        return self.postgres.url(name)


Measure = Callable[[Environment], Coroutine[Any, Any, list[Figure]]]
BENCHMARKS: dict[str, Measure] = {}


def benchmark(name: str) -> Callable[[Measure], Measure]:
    """Register a benchmark under the name that `make bench ONLY=name` takes."""

    def register(measure: Measure) -> Measure:
        BENCHMARKS[name] = measure
        return measure

    return register
