"""A community whose admin writes what no run can read, into every column of rows old and new, stops no other.

What the tables refuse is refused, what they take is worked on: every cron of the workers runs once, then all that was
queued. The neighbour's invoices are those of a month without it: 31 days at £0.50 and 1,490 half hours of 0.2 kWh at
£0.20, so 298.0 kWh, £59.60 + £15.50 = £75.10.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from arq.connections import ArqRedis
from pydantic import SecretStr

import flows_billing.jobs
import flows_meter_sync.jobs
import flows_notify.jobs
from access import acting_as
from billing.community import OCTOBER, Community, insert
from builders import make_admin, make_home, make_meter
from database.belongings import make_belongings
from databases import RoleUrl
from flows_shared.db import Connection, Database
from flows_shared.jobs import JobRunner, Worker
from flows_shared.time import Month, utc_now
from flows_shared.worker import WorkerDefinition

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
SEPTEMBER = Month(2026, 9)
POISON = {
    "numeric": [
        *("'NaN'", "'Infinity'", "1e300", "repeat('9', 131072)::numeric"),
        *("-1", "1e12", "1000000001", "10001", "1.00001", "1e-300", "0"),
    ],
    "integer": ["2147483647", "-1", "0"],
    "bigint": ["9223372036854775807", "-9223372036854775808", "0"],
    "smallint": ["32767", "-1", "0"],
    "date": ["'0044-03-15 BC'", "'infinity'", "'-infinity'", "'9999-12-31'", "'2200-01-01'", "'2199-12-31'"],
    "timestamptz": [
        *("'4713-01-01 BC'", "'infinity'", "'-infinity'"),
        *("'9999-12-31 23:59-14'", "'2200-01-01 00:00Z'", "'2199-12-31 23:30Z'"),
    ],
    "jsonb": ["""'{"standing_charge": "NaN", "activation_datetime": "infinity"}'""", "'[]'", "'{}'"],
}
WRITABLE = """
    SELECT format('%I.%I', nspname, relname) AS place, attname AS name, format_type(atttypid, NULL) AS type
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
       AND has_column_privilege('admin', pg_class.oid, attnum, 'UPDATE')
     ORDER BY 1, attnum
"""
INSERTED = """
    SELECT format('%I.%I', nspname, relname) AS place, attname AS name, format_type(atttypid, NULL) AS type,
           EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisunique AND attnum = ANY(indkey)
                      AND (indnatts = 1 OR atttypid <> 'text'::regtype)) AS is_unique
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
       AND has_column_privilege('admin', pg_class.oid, attnum, 'INSERT')
       AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND indnatts = 1
                          AND attnum = ANY(indkey) AND atthasdef)
     ORDER BY 1, attnum
"""
# What a new row has instead of the old one's value where no two may have the same.
ANOTHER = {
    "text": "gen_random_uuid()::text",
    "date": '"{name}" + {number}',
    "inet": "NULL",
    "bigint": "nextval('public.account_numbers')",
}
TYPES = {"timestamp with time zone": "timestamptz"}
QUEUED = "SELECT id FROM flows.outbox WHERE service = $1 AND failed_at IS NULL AND not_before <= now()"
FAILED = "SELECT job, arguments, last_error FROM flows.outbox WHERE failed_at IS NOT NULL"


async def populate(community: Community) -> None:
    """A row of most that an admin writes: prices, a roof with its credits, a profile, a home with its own tariff."""
    await community.tariff("0.20000", "0.50000")
    for _ in range(2):
        home = await community.home()
        await community.measure_month(home)
        await community.measure_month(home, SEPTEMBER)
    home = await community.home(prepay_meter=True)
    await community.customer_tariff(home.customer, "0.10000", "0.30000")
    place = await community.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    await insert(
        community.db, "public.solar_credit_tariffs", esco=community.esco, period_start=OCTOBER.first_day,
        credit_pence_per_year=3650, credit_pence_per_day=10,
    )  # fmt: skip
    await insert(
        community.db, "public.solar_installation", key="property", property=place, declared_net_capacity=4,
        commissioning_date=OCTOBER.first_day,
    )  # fmt: skip
    await insert(
        community.db, "public.solar_credit_allocation", installation_property=place, allocation_property=place, ratio=1
    )
    await community.execute(
        "INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh) SELECT $1, '2026-10-05 10:00Z', 1",
        home.registers["SINGLE"],
    )
    async with community.db.transaction() as transaction:
        await make_belongings(transaction, await make_home(transaction, community.esco))
    run = await community.bill(SEPTEMBER)
    assert run.billed == 2


async def poison(db: Connection, admin: UUID, statements: Iterable[str]) -> tuple[int, int]:
    """Run each as the admin; how many were taken, and how many refused."""
    taken = refused = 0
    for statement in statements:
        try:
            async with acting_as(db, "admin", admin):
                status = await db.execute(statement)
            taken += not status.endswith(" 0")
        except asyncpg.PostgresError:
            refused += 1
    return taken, refused


async def updates(db: Connection) -> list[str]:
    """Each value into each column of what the admin sees."""
    return [
        f'UPDATE {place} SET "{name}" = {value}'
        for place, name, type in await db.fetch(WRITABLE)
        for value in POISON.get(TYPES.get(type, type), ())
    ]


async def inserts(db: Connection) -> list[str]:
    """A new row with each value in each column, in all else as a row that the admin sees."""
    columns = await db.fetch(INSERTED)
    number = count(1)
    return [
        _insert([other for other in columns if other["place"] == column["place"]], column["name"], value, next(number))
        for column in columns
        for value in POISON.get(TYPES.get(column["type"], column["type"]), ())
    ]


def _insert(columns: Sequence[asyncpg.Record], poisoned: str, value: str, number: int) -> str:
    def written(column: asyncpg.Record) -> str:
        if column["name"] == poisoned:
            return f"{value}::{column['type']}"
        other = ANOTHER.get(column["type"]) if column["is_unique"] else None
        return other.format(name=column["name"], number=number) if other else f'"{column["name"]}"'

    names = ", ".join(f'"{column["name"]}"' for column in columns)
    values = ", ".join(map(written, columns))
    return f"INSERT INTO {columns[0]['place']} ({names}) SELECT {values} FROM {columns[0]['place']} LIMIT 1"


async def work(
    worker: Worker[Any], definition: WorkerDefinition[Any, Any], queued: Callable[[], Awaitable[None]]
) -> None:
    """Every cron once, then what is queued, until nothing is; `queued` comes in between."""
    for cron in definition.crons:
        await cron.work(worker)
    await queued()
    runner = JobRunner(worker, definition.jobs)
    done: set[object] = set()
    while True:
        async with worker.db.connection() as connection:
            due = {row["id"] for row in await connection.fetch(QUEUED, definition.service)} - done
        if not due:
            return
        for id in due:
            await runner.run(str(id))
        done |= due


@pytest.mark.usefixtures("settings_env")
async def test_community_that_writes_what_no_run_can_read_stops_no_other(
    db: Database, redis: ArqRedis, role_url: RoleUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWS_METER_SYNC_CONCURRENCY", "1")
    async with AsyncExitStack() as stack:
        billing = await Database.open(role_url("flows_billing"), name="tests", size=5)
        stack.push_async_callback(billing.close)
        ours = await Community.make(db, billing)
        await ours.tariff("0.20000", "0.50000")
        homes = [await ours.home() for _ in range(2)]
        for home in homes:
            await ours.measure_month(home)
        theirs = await Community.make(db, billing, code="AAA", app_url="https://aaa.example")
        await populate(theirs)
        async with db.transaction() as transaction:
            admin = await make_admin(transaction, theirs.esco)
            gone = await make_meter(transaction, theirs.esco, serial="GONE")
            await transaction.execute("DELETE FROM flows.meter_registers WHERE meter_id = $1", gone.id)
        async with db.connection() as connection:
            added, not_added = await poison(connection, admin, await inserts(connection))
            taken, refused = await poison(connection, admin, await updates(connection))
        assert min(added, not_added, taken, refused) > 100

        async def delete_what_is_queued() -> None:
            await theirs.execute("DELETE FROM flows.meter_registry WHERE serial = 'GONE'")

        creators: list[tuple[str, Callable[[], WorkerDefinition[Any, Any]]]] = [
            ("flows_meter_sync", flows_meter_sync.jobs.create_worker),
            ("flows_billing", flows_billing.jobs.create_worker),
            ("flows_meter_sync", flows_meter_sync.jobs.create_worker),
            ("flows_notify", flows_notify.jobs.create_worker),
        ]
        for role, create in creators:
            definition = create()
            settings = definition.settings.model_copy(update={"database_url": SecretStr(role_url(role))})
            own = await Database.open(role_url(role), name="tests", size=5)
            stack.push_async_callback(own.close)
            now = (lambda: NOW) if role == "flows_billing" else utc_now
            worker = Worker(definition.service, settings, own, redis, now=now)
            worker = await stack.enter_async_context(definition.start(worker))
            await work(worker, definition, delete_what_is_queued)

        assert [tuple(row) for row in await ours.rows(FAILED)] == []
        bills = await ours.rows(
            "SELECT account, total_pence FROM public.invoices WHERE esco = $1 ORDER BY number", ours.esco
        )
        assert {row["account"]: row["total_pence"] for row in bills} == {home.account: 7510 for home in homes}
        errors = await ours.rows("SELECT report, error FROM public.report_refreshes WHERE error IS NOT NULL")
        assert [tuple(row) for row in errors] == []
