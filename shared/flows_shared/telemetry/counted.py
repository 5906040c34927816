"""Metrics that are counted in the database now and then. In between, the last count stays on show."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from prometheus_client import REGISTRY
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from flows_shared.db import Connection, Database
from flows_shared.tasks import repeating


class DatabaseGauges(Collector):
    """What was counted last."""

    def __init__(self) -> None:
        self._metrics: Sequence[Metric] = ()

    @abstractmethod
    async def count(self, db: Connection) -> Sequence[Metric]:
        """The metrics as the database has them now."""

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics

    async def measure(self, db: Connection) -> None:
        """Count anew."""
        self._metrics = await self.count(db)

    @asynccontextmanager
    async def shown(self, db: Database, every_seconds: float) -> AsyncIterator[None]:
        """On show, and counted again and again for the block."""

        async def measure() -> None:
            async with db.connection() as connection:
                await self.measure(connection)

        REGISTRY.register(self)
        try:
            async with repeating(measure, every_seconds, failed="not_counted"):
                yield
        finally:
            REGISTRY.unregister(self)
