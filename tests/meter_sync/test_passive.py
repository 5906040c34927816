"""Passive meters follow another Flows: its gateway in front of its own database."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from arq.connections import ArqRedis
from pydantic import SecretStr

from api.services import served
from conftest import JWT_SECRET
from databases import Databases, MakeDatabase
from flows_local.servers import free_port
from flows_meter_sync.jobs import MeterSyncWorker, enqueue_hourly, follow_source
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.simulator.config import Hardware, MeterConfig
from flows_shared.db import Connection, Database, connect
from flows_shared.time import utc_now
from flows_shared.tokens import sign_token
from meter_sync.community import Community
from meter_sync.conftest import QUICK, MakeCommunity

KEPT = """
    SELECT registry.serial, register.element, kept.timestamp, kept.{value}
      FROM flows.{table} AS kept
      JOIN flows.meter_registers AS register USING (register_id)
      JOIN flows.meter_registry AS registry ON registry.id = register.meter_id
     ORDER BY 1, 2, 3
"""
EVENTS = """
    SELECT serial, timestamp, event_type, event_set
      FROM flows.meter_event_log JOIN flows.meter_registry ON meter_registry.id = meter_id ORDER BY 1, 2, 3
"""
SHADOWS = """
    SELECT serial, hardware, balance, import_a, import_b, export_a, voltage, csq, health, health_details,
           last_healthy_at, tariffs_active, clock_time_diff_seconds, clock_time_diff_synced_at
      FROM flows.meter_shadows JOIN flows.meter_registry USING (id) ORDER BY serial
"""
DAYS = """
    SELECT serial, element, day, kwh, intervals FROM flows.register_interval_daily
      JOIN flows.meter_registers USING (register_id) JOIN flows.meter_registry ON meter_registry.id = meter_id
     ORDER BY 1, 2, 3
"""
ALL = (
    SHADOWS,
    EVENTS,
    DAYS,
    *(KEPT.format(table=table, value="read") for table in ("register_import", "register_export")),
    KEPT.format(table="register_interval_hh", value="kwh"),
)


async def everything(db: Connection) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in await db.fetch(query)] for query in ALL]


class Follower:
    """The database that follows, and its service."""

    def __init__(self, admin: Connection, worker: MeterSyncWorker, esco: UUID) -> None:
        self.admin, self.worker, self.esco = admin, worker, esco

    async def follow(self) -> asyncpg.Record:
        """Once; what the source's row says then."""
        await follow_source(self.worker, str(self.esco))
        row = await self.admin.fetchrow("SELECT * FROM flows.meter_sources")
        assert row is not None
        return row


@pytest.fixture
async def source(community: MakeCommunity) -> Community:
    lab = await community(MeterConfig("EML1", hardware=Hardware.C1W, prepay=True), MeterConfig("EML2"))
    await lab.sync("Csq", "Voltage", "PrepayBalance", "EventLog", "Reads", "TariffsActive", "ClockDiff", "ProfileLog")
    return lab


@pytest.fixture
async def follower(
    source: Community,
    make_database: MakeDatabase,
    databases: Databases,
    redis: ArqRedis,
    redis_server: str,
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Follower]:
    """Beside the gateway of the source's database."""
    name = urlsplit(database_url).path.removeprefix("/")
    password = urlsplit(database_url).password
    if password:
        databases.execute(f"ALTER ROLE flows_gateway PASSWORD '{password}'")
    variables = {
        "FLOWS_DATABASE_URL": databases.url_of(name, user="flows_gateway"),
        "FLOWS_REDIS_URL": redis_server,
        "FLOWS_JWT_SECRET": JWT_SECRET,
        "FLOWS_API_ISSUERS_WITHOUT_AUDIENCE": "supabase",
    }
    token = sign_token(
        JWT_SECRET,
        subject="00000000-0000-4000-8000-000000000001",
        role="flows",
        lifetime=timedelta(days=1),
        now=utc_now(),
        issuer="supabase",
    )
    own_url = make_database()
    admin = await connect(own_url, name="tests")
    sync_url = databases.url_of(urlsplit(own_url).path.removeprefix("/"), user="flows_meter_sync")
    with served("api", variables, tmp_path_factory.mktemp("source") / "log") as url:
        esco = await admin.fetchval("INSERT INTO flows.escos (name, code) VALUES ('Copy', 'COPY') RETURNING id")
        for meter in await source.fetch("SELECT id, serial FROM flows.meter_registry"):
            id = await admin.fetchval(
                "INSERT INTO flows.meter_registry (serial, esco, mode) VALUES ($1, $2, 'passive') RETURNING id",
                meter["serial"],
                esco,
            )
            elements = "SELECT element, nature FROM flows.meter_registers WHERE meter_id = $1"
            for row in await source.fetch(elements, meter["id"]):
                await admin.execute(
                    "INSERT INTO flows.meter_registers (meter_id, element, nature) VALUES ($1, $2, $3)", id, *row
                )
        await admin.execute(
            "INSERT INTO flows.meter_sources (esco, url, api_key) VALUES ($1, $2, $3)", esco, f"{url}/rest/v1", token
        )
        settings = MeterSyncSettings(
            database_url=SecretStr(sync_url),
            jwt_secret=SecretStr(JWT_SECRET),
            **QUICK | {"meter_sync_profile_days": 1000},
        )
        db = await Database.open(sync_url, name="follower", size=3)
        async with source.fleet() as fleet:
            yield Follower(admin, MeterSyncWorker("meter-sync", settings, db, redis, fleet), esco)
        await db.close()
    await admin.close()


async def test_passive_meters_hold_what_their_source_holds_and_twice_is_once(
    source: Community, follower: Follower
) -> None:
    assert (await follower.follow())["last_error"] is None
    async with source.admin.connection() as theirs:
        expected = await everything(theirs)
        assert all(expected)
        assert await everything(follower.admin) == expected
        before = await follower.admin.fetch("SELECT id, updated_at FROM flows.meter_shadows ORDER BY id")
        await follower.follow()
        assert await everything(follower.admin) == expected
        assert await follower.admin.fetch("SELECT id, updated_at FROM flows.meter_shadows ORDER BY id") == before

        await source.sync("Reads", "Csq")
        await source.execute("UPDATE flows.register_interval_hh SET kwh = kwh + 1")  # corrected there
        await follower.follow()
        assert await everything(follower.admin) == await everything(theirs)
    assert source.meter("EML1").counters.connections > 0


async def test_value_of_the_source_that_cannot_be_is_missing_here_with_the_reason(
    source: Community, follower: Follower
) -> None:
    ours = """SELECT hh.timestamp FROM flows.register_interval_hh AS hh
                JOIN flows.meter_registers USING (register_id) JOIN flows.meter_registry ON meter_registry.id = meter_id
               WHERE serial = 'EML2' ORDER BY 1"""
    times = [row["timestamp"] for row in await source.fetch(ours)]
    wrong = dict(zip(times, ("12.6501", "7000.3", "12.65"), strict=False))
    for at, kwh in wrong.items():
        await source.execute("UPDATE flows.register_interval_hh SET kwh = $2 WHERE timestamp = $1", at, Decimal(kwh))
    assert (await follower.follow())["last_error"] is None
    assert [row["timestamp"] for row in await follower.admin.fetch(ours)] == times[2:]
    said = "SELECT DISTINCT timestamp, reason FROM flows.register_interval_missing_reasons ORDER BY 1"
    assert [tuple(row) for row in await follower.admin.fetch(said)] == [
        (times[0], "the source has a value that cannot be: 12.6501 kWh"),
        (times[1], "the source has a value that cannot be: 7000.3 kWh"),
    ]


async def follow_database(follower: Follower, url: str) -> None:
    """From now on, without any API."""
    parts = urlsplit(url)
    place = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    change = "UPDATE flows.meter_sources SET url = $1, api_key = $2"
    await follower.admin.execute(change, place, parts.password or "none is asked for")


async def test_shadow_of_the_source_that_no_table_takes_stops_its_meter_alone(
    source: Community, follower: Follower
) -> None:
    await source.execute("ALTER TABLE flows.meter_shadows DROP CONSTRAINT clock_time_diff_synced_at_from_2000_to_2199")
    await source.execute(
        "UPDATE flows.meter_shadows SET clock_time_diff_synced_at = '0044-03-15 BC' WHERE id = $1", source.ids["EML1"]
    )
    row = await follower.follow()
    assert (row["last_success_at"], "1 of its meters could not be followed, as EML1: " in row["last_error"]) == (
        None,
        True,
    )
    held = await follower.admin.fetch(
        "SELECT serial, import_a IS NULL FROM flows.meter_shadows JOIN flows.meter_registry USING (id) ORDER BY serial"
    )
    assert [tuple(each) for each in held] == [("EML1", True), ("EML2", False)]


async def test_source_can_be_a_database_that_is_only_read(
    source: Community, follower: Follower, databases: Databases, database_url: str
) -> None:
    # Any role that reads; billing's may write, and is not let to.
    name = urlsplit(database_url).path.removeprefix("/")
    await follow_database(follower, databases.url_of(name, user="flows_billing"))
    assert (await follower.follow())["last_error"] is None
    async with source.admin.connection() as theirs:
        expected = await everything(theirs)
        assert all(expected)
        assert await everything(follower.admin) == expected
        await source.sync("Reads", "Csq")
        await source.execute("UPDATE flows.register_interval_hh SET kwh = kwh + 1")
        await follower.follow()
        assert await everything(follower.admin) == await everything(theirs)


async def test_what_is_wrong_with_a_database_stands_beside_it(
    follower: Follower, databases: Databases, database_url: str
) -> None:
    name = urlsplit(database_url).path.removeprefix("/")
    await follow_database(follower, databases.url_of(name, user="nobody"))
    assert "says no" in (await follower.follow())["last_error"]
    await follower.admin.execute(
        "UPDATE flows.meter_sources SET url = $1", f"postgresql://x@127.0.0.1:{free_port()}/flows"
    )
    assert "no answer from PostgreSQL at 127.0.0.1:" in (await follower.follow())["last_error"]
    with pytest.raises(asyncpg.CheckViolationError, match="without_password"):  # the audit log would show it
        await follower.admin.execute("UPDATE flows.meter_sources SET url = 'postgresql://reader:secret@host/flows'")


async def test_what_is_wrong_with_a_source_stands_beside_it(follower: Follower) -> None:
    url = await follower.admin.fetchval("SELECT url FROM flows.meter_sources")
    await follower.admin.execute("UPDATE flows.meter_sources SET api_key = 'wrong'")
    failed = await follower.follow()
    assert "answered 401" in failed["last_error"]
    assert failed["last_success_at"] is None
    await follower.admin.execute("UPDATE flows.meter_sources SET url = $1", f"http://127.0.0.1:{free_port()}")
    assert "no answer from" in (await follower.follow())["last_error"]
    assert url not in (await follower.follow())["last_error"]


async def test_half_hour_off_the_clock_at_the_source_is_left_out_and_said(
    source: Community, follower: Follower
) -> None:
    """As an older Flows may hold one: 10:00:03 is no half hour, and would count as one."""
    async with source.admin.connection() as theirs:
        expected = await everything(theirs)
    await source.execute("ALTER TABLE flows.register_interval_hh DROP CONSTRAINT timestamp_is_a_half_hour")
    await source.execute(
        """INSERT INTO flows.register_interval_hh
           SELECT register_id, max(timestamp) - interval '10 hours' + interval '3 seconds', 1
             FROM flows.register_interval_hh GROUP BY register_id LIMIT 1"""
    )
    said = (await follower.follow())["last_error"]
    assert said.startswith("1 of its readings begin at no half hour and were left out, as at ")
    assert said.endswith(":03+00:00")
    assert await everything(follower.admin) == expected


async def test_sources_are_followed_every_hour(follower: Follower) -> None:
    await enqueue_hourly(follower.worker)
    jobs = await follower.admin.fetch("SELECT arguments FROM flows.outbox WHERE job = 'follow_source'")
    assert [str(job["arguments"]) for job in jobs] == [str([str(follower.esco)])]


async def test_half_hour_that_cannot_be_keeps_no_other_from_coming(source: Community, follower: Follower) -> None:
    """The source is older than the check against it."""
    await source.execute("ALTER TABLE flows.register_interval_hh DROP CONSTRAINT kwh_from_0_to_10000")
    await source.execute(
        """UPDATE flows.register_interval_hh SET kwh = 'NaN'
            WHERE (register_id, timestamp) = (SELECT register_id, max(timestamp) FROM flows.register_interval_hh
                                               GROUP BY register_id ORDER BY register_id LIMIT 1)"""
    )
    assert (await follower.follow())["last_error"] is None
    count = "SELECT count(*) FROM flows.register_interval_hh"
    [[theirs]] = await source.fetch(count)
    assert await follower.admin.fetchval(count) == theirs - 1
