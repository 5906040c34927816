"""A community of simulated meters, synced as the service's own login role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from pydantic import SecretStr

from builders import make_esco, make_meter
from databases import RoleUrl
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.simulator.config import Hardware, MeterConfig
from flows_meter_sync.simulator.meter import SimulatedMeter
from flows_meter_sync.simulator.server import Simulator
from flows_shared.db import Database
from flows_shared.time import HALF_HOUR, floor_half_hour, utc_now
from meter_sync.community import Community, anywhere, register_meters
from meter_sync.readings import MONDAY, Home

MakeCommunity: TypeAlias = Callable[..., Awaitable[Community]]

# No pause between connections, as nothing here needs a rest.
QUICK: dict[str, Any] = {
    "meter_sync_concurrency": 10,
    "meter_sync_pace_seconds": 0,
    "meter_sync_connect_timeout_seconds": 2,
    "meter_sync_read_timeout_seconds": 2,
    "meter_sync_attempts": 3,
    "meter_sync_profile_days": 5,
    "meter_sync_flush_seconds": 0.01,
}


@pytest.fixture(scope="session", autouse=True)
def _load_shapes() -> None:
    """Loads are computed once a process, for seconds in which no simulated meter could answer."""
    now = utc_now()
    for config in (MeterConfig("A", hardware=Hardware.C1W), MeterConfig("B", hardware=Hardware.P1AX)):
        SimulatedMeter(config, utc_now).half_hours(now, now + HALF_HOUR)


@pytest.fixture
async def community(db: Database, database_url: str, role_url: RoleUrl) -> AsyncIterator[MakeCommunity]:
    """Make a community of these meters: `await community(MeterConfig("S1"), now=..., since=...)`.

    `now` stops the clock for meters and service alike, or is a clock; `since` is when the registers begin, else two
    days before.
    """
    async with AsyncExitStack() as stack:
        own = await Database.open(role_url("flows_meter_sync"), name="meter-sync", size=5)
        stack.push_async_callback(own.close)

        async def make(
            *configs: MeterConfig,
            now: datetime | Callable[[], datetime] | None = None,
            since: datetime | None = None,
            **settings: Any,
        ) -> Community:
            def clock() -> datetime:
                return now() if callable(now) else now or utc_now()

            simulator = await stack.enter_async_context(Simulator(anywhere(configs), clock))
            begin = since or floor_half_hour(clock()) - timedelta(days=2)
            ids, registers = await register_meters(db, simulator, begin)
            url = SecretStr(role_url("flows_meter_sync"))
            return Community(
                simulator, db, own, SyncSettings(database_url=url, **(QUICK | settings)), clock, ids, registers
            )

        yield make


@pytest.fixture
async def home(db: Database, role_url: RoleUrl) -> AsyncIterator[Home]:
    """A single element meter whose register began on a Monday in January 2026."""
    async with db.transaction() as transaction:
        meter = await make_meter(transaction, await make_esco(transaction), since=MONDAY)
    own = await Database.open(role_url("flows_meter_sync"), name="meter-sync", size=3)
    yield Home(db, own, meter.register, meter.serial)
    await own.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
