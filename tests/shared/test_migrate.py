"""Migrations on the real server: forth and back, by several at once, and by a role that is no superuser."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from builders import insert, make_esco, make_home, make_meter
from databases import Databases
from flows_local.servers import FOR_TESTS, Postgres
from flows_shared.db import DatabaseUnavailable, connect
from flows_shared.migrate import MigrationFailed, downgrade, pending, upgrade
from flows_shared.time import Period, local_midnight


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    """A database in which nothing has been made yet."""
    name = databases.create("template0")
    yield databases.url_of(name)
    databases.drop(name)


async def _tables(url: str) -> set[str]:
    connection = await connect(url, name="tests")
    query = "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'flows')"
    try:
        return {row["name"] for row in await connection.fetch(query)}
    finally:
        await connection.close()


async def test_schema_goes_up_down_and_up_again(empty_url: str) -> None:
    missing = await pending(empty_url)
    assert missing
    assert await upgrade(empty_url) == missing
    tables = await _tables(empty_url)
    assert {"flows.outbox", "public.invoices"} <= tables
    assert await pending(empty_url) == []
    assert await upgrade(empty_url) == []
    assert await downgrade(empty_url, "base") == missing
    assert await _tables(empty_url) == set()
    assert await upgrade(empty_url) == missing
    assert await _tables(empty_url) == tables


async def test_alembics_own_table_is_in_neither_schema(database_url: str) -> None:
    assert not any("version" in table or "alembic" in table for table in await _tables(database_url))


UPGRADE = "import asyncio, sys; from flows_shared.migrate import upgrade; print(*asyncio.run(upgrade(sys.argv[1])))"


async def _upgrade_in_processes(urls: list[str]) -> list[str]:
    """What each of the processes, started together, has applied."""

    async def process(url: str) -> str:
        arguments = (sys.executable, "-c", UPGRADE, url)
        child = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
        output, _ = await child.communicate()
        assert child.returncode == 0
        return output.decode().strip()

    return await asyncio.gather(*map(process, urls))


async def test_processes_at_the_same_time_upgrade_once(empty_url: str) -> None:
    missing = " ".join(await pending(empty_url))
    assert sorted(await _upgrade_in_processes([empty_url] * 4)) == ["", "", "", missing]


async def test_databases_of_one_server_are_migrated_at_the_same_time(databases: Databases) -> None:
    names = [databases.create("template0") for _ in range(4)]
    urls = [databases.url_of(name) for name in names]
    try:
        assert all(await _upgrade_in_processes(urls))
        assert all(await asyncio.gather(*(downgrade(url, "base") for url in urls)))
    finally:
        for name in names:
            databases.drop(name)


async def test_role_without_superuser_makes_roles_and_schema_on_a_new_server(server_directory: Path) -> None:
    with Postgres(server_directory / "postgres", settings=FOR_TESTS) as server:
        admin = await connect(server.url(), name="tests")
        await admin.execute("CREATE ROLE flows LOGIN CREATEROLE")
        await admin.execute("CREATE DATABASE flows OWNER flows")
        applied = await upgrade(server.url("flows", user="flows"))
        assert applied
        assert await downgrade(server.url("flows", user="flows"), "base") == applied
        await admin.close()


async def test_role_without_superuser_uses_the_roles_that_are_there(databases: Databases) -> None:
    role = f"flows_test_{uuid4().hex[:8]}"
    password = urlsplit(databases.url).password
    databases.execute(f"CREATE ROLE {role} LOGIN" + (f" PASSWORD '{password}'" if password else ""))
    databases.execute(f"GRANT flows_meter_sync TO {role}")
    name = databases.create("template0", owner=role)
    try:
        assert await upgrade(databases.url_of(name, user=role))
    finally:
        databases.drop(name)
        databases.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_data_survives_an_upgrade_that_has_nothing_to_do(database_url: str) -> None:
    connection = await connect(database_url, name="tests")
    await connection.execute("INSERT INTO flows.outbox (service, job) VALUES ('billing', 'kept')")
    await upgrade(database_url)
    assert await connection.fetchval("SELECT job FROM flows.outbox") == "kept"
    await connection.close()


async def test_failed_upgrade_names_its_file_and_leaves_nothing(empty_url: str) -> None:
    connection = await connect(empty_url, name="tests")
    await connection.execute("CREATE SCHEMA flows")
    with pytest.raises(MigrationFailed, match=r'schema "flows" already exists in 01_roles\.sql'):
        await upgrade(empty_url)
    assert await connection.fetchval("SELECT to_regnamespace('flows_migrations')") is None
    await connection.close()


async def test_server_that_is_away_is_said_to_be() -> None:
    with pytest.raises(DatabaseUnavailable, match=r"cannot use PostgreSQL at 127\.0\.0\.1:1/flows"):
        await upgrade("postgresql://127.0.0.1:1/flows")


async def test_rest_servers_beside_us_are_told_to_reload(empty_url: str) -> None:
    heard = asyncio.get_running_loop().create_future()
    connection: asyncpg.Connection[asyncpg.Record] = await connect(empty_url, name="tests")
    await connection.add_listener("pgrst", lambda *message: heard.set_result(message[-1]))
    await upgrade(empty_url)
    assert await asyncio.wait_for(heard, 5) == "reload schema"
    await connection.close()


async def test_money_from_before_the_ledger_knew_it_is_posted_once(database_url: str) -> None:
    db = await connect(database_url, name="tests")
    entries = "SELECT kind, count(*) FROM public.ledger_entries GROUP BY kind ORDER BY kind"
    try:
        await downgrade(database_url, "0004")
        home = await make_home(db)
        for status in ("succeeded", "failed"):
            await insert(db, "public.payments", account=home.account, amount_pence=500, status=status)
        await insert(db, "public.topups", meter=home.meter.id, amount_pence=500, source="payment", status="completed")
        assert await db.fetch(entries) == []
        for _ in range(2):
            await upgrade(database_url)
            assert [tuple(row) for row in await db.fetch(entries)] == [("payment", 1), ("topup", 1)]
            await downgrade(database_url, "0004")
    finally:
        await db.close()


async def test_meters_of_a_group_go_on_counting_after_an_upgrade_and_so_does_what_followed_them(
    database_url: str,
) -> None:
    db = await connect(database_url, name="tests")
    kept = (
        "SELECT register, role, valid_from::text, valid_to FROM public.sharing_meters ORDER BY created_at, valid_from"
    )
    try:
        await downgrade(database_url, "0011")
        esco = await make_esco(db)
        roof, new = await make_meter(db, esco, nature="solar"), await make_meter(db, esco, nature="solar")
        await db.execute("DELETE FROM flows.meter_registers WHERE meter_id = $1", new.id)
        group = (await insert(db, "public.sharing_groups", esco=esco, name="Roofs"))["id"]
        await insert(db, "public.sharing_meters", sharing_group=group, register=roof.register, role="generation")
        follower = await db.fetchval("SELECT flows.exchange_meter($1, $2, '2026-10-16 10:10Z')", roof.id, new.id)
        await upgrade(database_url)
        assert [tuple(row) for row in await db.fetch(kept)] == [
            (roof.register, "generation", "2000-01-01", None),
            (follower, "generation", "2000-01-01", None),
        ]
        await db.execute("UPDATE public.sharing_meters SET valid_to = '2026-11-01' WHERE register = $1", follower)
        again = {"register": follower, "role": "generation", "valid_from": date(2026, 12, 1)}
        await insert(db, "public.sharing_meters", sharing_group=group, **again)
        await downgrade(database_url, "0011")
        assert {row["register"] for row in await db.fetch("SELECT register FROM public.sharing_meters")} == {
            roof.register,
            follower,
        }
        await upgrade(database_url)
    finally:
        await db.close()


async def test_invites_that_were_mailed_before_are_sealed_and_still_let_their_owner_in(database_url: str) -> None:
    db = await connect(database_url, name="tests")
    try:
        await downgrade(database_url, "0012")
        customer = await insert(db, "public.customers", fullname="Dee", email="dee@example.org")
        made = await insert(db, "public.customer_invites", customer=customer["id"], status="sent")
        token = made["invite_token"]
        url = f"https://water-lane.example/auth/confirm?token_hash={token}&type=invite"
        await db.execute("UPDATE public.customer_invites SET invite_url = $1", url)
        await upgrade(database_url)
        tables = [table for table in await _tables(database_url) if table.startswith(("public.", "flows."))]
        rows = [str(row) for table in tables for row in await db.fetch(f"SELECT t::text FROM {table} AS t")]
        assert [row for row in rows if str(token) in row] == []
        accepted = "SELECT outcome FROM flows.accept_invite($1, NULL, NULL)"
        kept = await db.fetchval("SELECT invite_token FROM public.customer_invites")
        outcomes = [await db.fetchval(accepted, each) for each in (kept, token, token)]
        assert outcomes == ["unknown", "accepted", "unknown"]
    finally:
        await db.close()


async def test_half_hours_off_the_clock_leave_the_readings_for_the_audit_log(database_url: str) -> None:
    """0.2 kWh at 10:00, and 0.5 at 10:07 that would count as another half hour: the day holds 0.2 kWh then."""
    db = await connect(database_url, name="tests")
    add = "INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh) VALUES ($1, $2::text::timestamptz, $3)"
    day = "SELECT kwh::text, intervals FROM flows.register_interval_daily WHERE register_id = $1"
    kept = """
        SELECT action, before ->> 'kwh' AS kwh, row_id LIKE '%10:07%' AS named
          FROM flows.audit_log WHERE table_name = 'flows.register_interval_hh'
    """
    try:
        await downgrade(database_url, "0011")
        register = (await make_home(db)).meter.register
        await db.execute(add, register, "2026-10-05 10:00Z", Decimal("0.2"))
        await db.execute(add, register, "2026-10-05 10:07Z", Decimal("0.5"))
        assert [tuple(row) for row in await db.fetch(day, register)] == [("0.7", 2)]
        await upgrade(database_url)
        assert [tuple(row) for row in await db.fetch(day, register)] == [("0.2", 1)]
        assert [tuple(row) for row in await db.fetch(kept)] == [("delete", "0.5", True)]
    finally:
        await db.close()


async def test_half_hours_that_cannot_be_leave_the_readings_for_the_audit_log(database_url: str) -> None:
    """-5 kWh would hide in a month of 0.2 kWh: 10:30 is missing then, as is what was no number."""
    db = await connect(database_url, name="tests")
    add = "INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh) VALUES ($1, $2::text::timestamptz, $3)"
    readings = "SELECT to_char(timestamp, 'HH24:MI'), kwh::text FROM flows.register_interval_hh WHERE register_id = $1"
    day = "SELECT kwh::text, intervals FROM flows.register_interval_daily WHERE register_id = $1"
    kept = (
        "SELECT before ->> 'kwh' FROM flows.audit_log WHERE table_name = 'flows.register_interval_hh' ORDER BY row_id"
    )
    try:
        await downgrade(database_url, "0011")
        register = (await make_home(db)).meter.register
        for at, kwh in ("10:00", "0.2"), ("10:30", "-5"), ("11:00", "NaN"), ("11:30", "10000.001"), ("12:00", "0.3"):
            await db.execute(add, register, f"2026-10-05 {at}Z", Decimal(kwh))
        await upgrade(database_url)
        assert sorted(tuple(row) for row in await db.fetch(readings, register)) == [("10:00", "0.2"), ("12:00", "0.3")]
        assert [tuple(row) for row in await db.fetch(day, register)] == [("0.5", 2)]
        assert [row[0] for row in await db.fetch(kept)] == ["-5", "NaN", "10000.001"]
    finally:
        await db.close()


async def test_days_that_began_at_the_second_midnight_are_summed_anew(database_url: str) -> None:
    """0.1 kWh a half hour in the Azores: the day before the change held 50 half hours, and 48 of 50 were on it."""
    db = await connect(database_url, name="tests")
    days = "SELECT day, kwh::text, intervals FROM flows.register_interval_daily WHERE register_id = $1 ORDER BY day"
    zone = ZoneInfo("Atlantic/Azores")
    time = Period(local_midnight(date(2026, 10, 24), zone), local_midnight(date(2026, 10, 26), zone))
    try:
        await downgrade(database_url, "0011")
        register = (await make_home(db, await make_esco(db, time_zone=zone.key))).meter.register
        for at in time.half_hours():
            await insert(db, "flows.register_interval_hh", register_id=register, timestamp=at, kwh=Decimal("0.1"))
        await upgrade(database_url)
        assert [tuple(row) for row in await db.fetch(days, register)] == [
            (date(2026, 10, 24), "4.8", 48),
            (date(2026, 10, 25), "5.0", 50),
        ]
        missing = "SELECT date FROM flows.register_interval_hh_missing WHERE register_id = $1 AND date = ANY($2)"
        assert await db.fetch(missing, register, [date(2026, 10, 24), date(2026, 10, 25)]) == []
    finally:
        await db.close()


async def test_community_whose_zone_is_refused_now_stays_as_it_is(database_url: str) -> None:
    db = await connect(database_url, name="tests")
    try:
        await downgrade(database_url, "0011")
        await make_esco(db, time_zone="Asia/Kathmandu")
        await upgrade(database_url)
        assert await db.fetchval("SELECT time_zone FROM flows.escos") == "Asia/Kathmandu"
    finally:
        await db.close()
