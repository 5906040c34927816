"""A home's register in the database, and the readings work done on it as the service's own login role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flows_meter_sync.intervals.registers import MeterRegister, load_registers
from flows_meter_sync.intervals.series import IntervalSeries
from flows_meter_sync.intervals.store import store_intervals
from flows_shared.db import Database
from flows_shared.time import HALF_HOUR, LONDON

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """`admin` sees the database as its owner, `own` as meter-sync."""

    admin: Database
    own: Database
    register_id: UUID
    serial: str

    async def add(self, start: datetime, *energy: int) -> int:
        """Readings in 1/10,000 kWh, as a sync stores them."""
        async with self.own.transaction() as transaction:
            return await store_intervals(transaction, [IntervalSeries(self.register_id, LONDON, start, energy)])

    async def read(self, at: datetime, kwh: str) -> None:
        """What the register had counted, as a sync leaves it."""
        await self.execute("INSERT INTO flows.register_import VALUES ($1, $2, $3)", self.register_id, at, Decimal(kwh))

    async def read_old(self, at: datetime, kwh: str) -> None:
        """A count that a database from before the checks may hold."""
        await self.execute("ALTER TABLE flows.register_import DROP CONSTRAINT IF EXISTS read_from_0_to_1000000000")
        await self.read(at, kwh)

    async def registers(self) -> list[MeterRegister]:
        async with self.own.connection() as connection:
            return await load_registers(connection, serials=[self.serial])

    async def values(self) -> dict[datetime, tuple[Decimal, str]]:
        """Every half hour with its source."""
        rows = await self.fetch(
            "SELECT timestamp, kwh, source FROM flows.register_intervals WHERE register_id = $1 ORDER BY timestamp",
            self.register_id,
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    async def fetch(self, query: str, *arguments: Any) -> list[Sequence[Any]]:
        async with self.admin.connection() as connection:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]

    async def execute(self, statement: str, *arguments: Any) -> None:
        async with self.admin.connection() as connection:
            await connection.execute(statement, *arguments)


def instant(number: int) -> datetime:
    return MONDAY + number * HALF_HOUR
