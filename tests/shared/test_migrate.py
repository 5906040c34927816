"""Migrations on the real server: forth and back, by several at once, and by a role that is no superuser."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from builders import insert, make_home
from databases import Databases
from flows_local.servers import FOR_TESTS, Postgres
from flows_shared.db import DatabaseUnavailable, connect
from flows_shared.migrate import MigrationFailed, downgrade, pending, upgrade
from flows_shared.schema import apply


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


async def test_meters_that_only_words_called_unreachable_have_a_code_after_the_upgrade(empty_url: str) -> None:
    await upgrade(empty_url, "0013")
    connection = await connect(empty_url, name="tests")
    esco = await insert(connection, "flows.escos", name="West", code="WLCE")
    words = {
        "1": "no connection to 10.0.0.1:8080: no answer within 10 s",
        "2": "no connection to the proxy proxy.lan:1080: connection refused",
        "3": "the registry has no IP address for it",
    }
    for serial, details in words.items():
        meter = await insert(connection, "flows.meter_registry", serial=serial, esco=esco["id"])
        await connection.execute(
            "UPDATE flows.meter_shadows SET health_details = $2 WHERE id = $1", meter["id"], details
        )
    await upgrade(empty_url)
    rows = await connection.fetch(
        "SELECT serial, health_details, health_code FROM flows.meter_shadows JOIN flows.meter_registry USING (id)"
    )
    codes = {"1": "meter.unreachable", "2": "proxy.unreachable", "3": None}
    assert {tuple(row) for row in rows} == {(serial, words[serial], code) for serial, code in codes.items()}
    await connection.close()


async def test_failed_upgrade_names_its_file_and_leaves_nothing(empty_url: str) -> None:
    connection = await connect(empty_url, name="tests")
    await connection.execute("CREATE SCHEMA flows")
    with pytest.raises(MigrationFailed, match=r'schema "flows" already exists in 0013_roles\.sql'):
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


async def test_database_from_before_the_first_release_is_left_alone_and_told_what_to_do(empty_url: str) -> None:
    connection = await connect(empty_url, name="tests")
    await connection.execute(
        "CREATE SCHEMA flows_migrations; CREATE TABLE flows_migrations.versions (version_num text)"
    )
    await connection.execute("INSERT INTO flows_migrations.versions VALUES ('0011')")
    for change in (upgrade, pending):
        with pytest.raises(MigrationFailed, match=r"0011.*new database"):
            await change(empty_url)
    assert await _tables(empty_url) == set()
    await connection.close()


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the schema's code that a test may change."""
    copy = tmp_path / "schema"
    shutil.copytree(str(apply.HOME), copy)
    monkeypatch.setattr(apply, "HOME", copy)
    return copy


async def test_changed_file_is_applied_by_the_next_upgrade_and_no_other(database_url: str, code: Path) -> None:
    view = code / "views" / "public" / "regions.sql"
    view.write_text(view.read_text() + "\nCOMMENT ON VIEW public.regions IS 'Where the wires are';\n")
    assert await pending(database_url) == ["views/public/regions.sql"]
    assert await upgrade(database_url) == ["views/public/regions.sql"]
    assert await pending(database_url) == []
    db = await connect(database_url, name="tests")
    assert await db.fetchval("SELECT obj_description('public.regions'::regclass)") == "Where the wires are"
    await db.close()


async def test_file_that_does_not_fit_is_named_and_nothing_is_applied(database_url: str, code: Path) -> None:
    (code / "functions" / "flows" / "a.sql").write_text("CREATE FUNCTION flows.a() RETURNS int LANGUAGE sql RETURN 1;")
    (code / "views" / "flows").mkdir(exist_ok=True)
    (code / "views" / "flows" / "lost.sql").write_text("CREATE VIEW flows.lost AS SELECT * FROM flows.nowhere;")
    with pytest.raises(MigrationFailed, match=r'"flows\.nowhere" does not exist in views/flows/lost\.sql'):
        await upgrade(database_url)
    db = await connect(database_url, name="tests")
    assert await db.fetchval("SELECT to_regproc('flows.a')") is None
    await db.close()


async def test_new_table_has_by_one_line_what_every_table_has(database_url: str, code: Path) -> None:
    db = await connect(database_url, name="tests")
    await db.execute(
        """CREATE TABLE public.things (id uuid PRIMARY KEY, account uuid REFERENCES public.accounts (id), kwh numeric,
                                       name text, updated_at timestamptz NOT NULL DEFAULT now())"""
    )
    place = code / "tables" / "public" / "things.sql"
    place.write_text("SELECT flows.adopt_table('public.things', audited => true);")
    await upgrade(database_url)
    home = await make_home(db)
    for _ in range(2):  # again and again: what it had before is replaced
        place.write_text(place.read_text() + "\n")
        await upgrade(database_url)
    await insert(db, "public.things", id=uuid4(), account=home.account, kwh=1, name="Lamp")
    assert await db.fetchval("SELECT count(*) FROM flows.audit_log WHERE table_name = 'public.things'") == 1
    policies = (
        "SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = 'public.things'::regclass"
    )
    assert await db.fetchval(policies) == [
        *("links", "reporting", "scope_delete", "scope_insert", "scope_update", "workers"),
    ]
    with pytest.raises(asyncpg.CheckViolationError, match="kwh"):
        await db.execute("UPDATE public.things SET kwh = 'NaN'")
    with pytest.raises(asyncpg.CheckViolationError, match="name"):
        await db.execute("UPDATE public.things SET name = repeat('x', 2000)")
    rights = "SELECT has_table_privilege($1, 'public.things', $2)"
    assert await db.fetchval(rights, "admin", "DELETE")
    assert await db.fetchval(rights, "customer", "SELECT")
    assert not await db.fetchval(rights, "anon", "SELECT")
    assert not await db.fetchval(rights, "customer", "UPDATE")
    await db.close()


async def test_every_file_may_be_applied_again(database_url: str) -> None:
    db = await connect(database_url, name="tests")
    objects = "SELECT count(*) FROM pg_depend WHERE refobjid = 'reports.energy'::regclass"
    before = await db.fetchval(objects)
    await db.execute("UPDATE flows_migrations.objects SET sha256 = ''")
    applied = await upgrade(database_url)
    assert {"views/reports/energy.sql", "functions/flows/actor.sql", "tables/public/invoices.sql"} <= set(applied)
    assert await pending(database_url) == []
    assert await db.fetchval(objects) == before
    assert await db.fetchval("SELECT count(*) FROM public.report_energy") == 0
    await db.close()
