"""Simulated meters on sockets, and a database that knows them: arranged in one line."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from flows_meter_sync.fleet import Fleet, open_fleet
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.simulator.config import Hardware, MeterConfig
from flows_meter_sync.simulator.meter import SimulatedMeter
from flows_meter_sync.simulator.server import Simulator
from flows_meter_sync.sync_tasks import SyncOutcome
from flows_shared.db import Database

ADD_ESCO = "INSERT INTO flows.escos (name, code) VALUES ($1, $1) RETURNING id"
ADD_METER = """
    INSERT INTO flows.meter_registry (serial, esco, ip_address, port, hardware, prepay_enabled)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
ADD_REGISTER = """
    INSERT INTO flows.meter_registers (meter_id, element, nature, start_time)
    VALUES ($1, $2, $3, $4) RETURNING register_id
"""

TWIN_NATURES = {"A": "power", "B": "heat"}


@dataclass(frozen=True)
class Community:
    """What a test asks: the simulated meters, and the database as the service and as its owner see it."""

    simulator: Simulator
    admin: Database
    db: Database
    settings: SyncSettings
    clock: Callable[[], datetime]
    ids: Mapping[str, UUID]
    registers: Mapping[tuple[str, str], UUID]

    def meter(self, serial: str) -> SimulatedMeter:
        return self.simulator.meters[serial]

    async def sync(
        self, *metrics: str, serials: Iterable[str] | None = None, **settings: Any
    ) -> dict[str, SyncOutcome]:
        """Outcomes by serial; `settings` without their prefix."""
        async with self.fleet(**settings) as fleet:
            return await self.sync_with(fleet, *metrics, serials=serials)

    async def sync_with(
        self, fleet: Fleet, *metrics: str, serials: Iterable[str] | None = None
    ) -> dict[str, SyncOutcome]:
        wanted = list(serials or self.ids)
        names = [f"Syncer{metric}" for metric in metrics]
        outcomes = await fleet.sync([self.ids[serial] for serial in wanted], names)
        return dict(zip(wanted, outcomes, strict=True))

    @asynccontextmanager
    async def fleet(self, **settings: Any) -> AsyncIterator[Fleet]:
        changed = {f"meter_sync_{name}": value for name, value in settings.items()}
        async with open_fleet(self.db, self.settings.model_copy(update=changed), self.clock) as fleet:
            yield fleet

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.admin.connection() as connection:
            return await connection.fetch(query, *arguments)

    async def execute(self, statement: str, *arguments: Any) -> None:
        async with self.admin.connection() as connection:
            await connection.execute(statement, *arguments)

    async def shadow(self, serial: str) -> asyncpg.Record:
        [row] = await self.fetch("SELECT * FROM flows.meter_shadows WHERE id = $1", self.ids[serial])
        return row

    async def registry(self, serial: str) -> asyncpg.Record:
        [row] = await self.fetch("SELECT * FROM flows.meter_registry WHERE id = $1", self.ids[serial])
        return row

    async def status(self, serial: str) -> dict[str, asyncpg.Record]:
        rows = await self.fetch("SELECT * FROM flows.meter_sync_status WHERE meter_id = $1", self.ids[serial])
        return {row["metric"].removeprefix("Syncer"): row for row in rows}

    async def half_hours(self, serial: str, element: str = "SINGLE") -> dict[datetime, Any]:
        query = "SELECT timestamp, kwh FROM flows.register_interval_hh WHERE register_id = $1 ORDER BY timestamp"
        return {row["timestamp"]: row["kwh"] for row in await self.fetch(query, self.registers[serial, element])}


async def register_meters(
    admin: Database, simulator: Simulator, since: datetime, esco: str = "LAB"
) -> tuple[dict[str, UUID], dict[tuple[str, str], UUID]]:
    """Rows for all meters of a simulator: their ids by serial, their registers' by serial and element."""
    ids: dict[str, UUID] = {}
    registers: dict[tuple[str, str], UUID] = {}
    async with admin.transaction() as transaction:
        esco_id = await transaction.fetchval(ADD_ESCO, esco)
        for serial, meter in simulator.meters.items():
            config = meter.config
            host, port = simulator.place(serial)
            ids[serial] = await transaction.fetchval(
                ADD_METER, serial, esco_id, host, port, config.hardware, config.prepay
            )
            for element, nature in natures(config).items():
                registers[serial, element] = await transaction.fetchval(
                    ADD_REGISTER, ids[serial], element, nature, since
                )
    return ids, registers


def natures(config: MeterConfig) -> Mapping[str, str]:
    return TWIN_NATURES if config.hardware is Hardware.C1W else {"SINGLE": config.nature}


def anywhere(configs: Sequence[MeterConfig]) -> list[MeterConfig]:
    """The meters at free ports."""
    return [replace(config, port=0) for config in configs]
