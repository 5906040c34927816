"""Nobody reads or writes what is not theirs, by any route: the tests walk all tables, views, keys and functions.

What is there is read from the catalog, so a table is covered the day it is made.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from access import ACT
from api.community import Community, Home
from api.conftest import TokenFor
from api.isolation import Key, Owned, Table, World, make_world, new_row
from builders import make_admin
from databases import Background
from flows_api.auth.principal import Principal
from flows_shared.db import Connection, connect
from flows_shared.time import utc_now

UNSECURED = r"""
    SELECT format('%I.%I has %s', nspname, relname, missing)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace,
           LATERAL (VALUES
               ('no row level security', NOT relrowsecurity),
               ('no policy', NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polpermissive)),
               ('no policies for the scopes of keys: end its migration with SELECT flows.guard_writes()',
                (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid AND NOT polpermissive
                    AND polname IN ('scope_insert', 'scope_update', 'scope_delete')) <> 3)
           ) AS check_of (missing, found)
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname IN ('public', 'flows') AND found
     UNION ALL
    SELECT format('the view %I.%I reads as its owner: make it WITH (security_invoker = true), or of a report '
                  'WITH (security_barrier) and where flows.report_escos() allows', nspname, relname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind = 'v' AND nspname IN ('public', 'flows')
       AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false)
       AND NOT (coalesce(reloptions && ARRAY['security_barrier=true', 'security_barrier=on'], false)
                AND EXISTS (SELECT FROM pg_rewrite JOIN pg_depend ON objid = pg_rewrite.oid
                             WHERE ev_class = pg_class.oid AND refobjid = to_regproc('flows.report_escos')))
     UNION ALL
    SELECT format('the materialised view %I.%I may be read past its view', nspname, relname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind = 'm'
       AND (nspname IN ('public', 'flows')
            OR EXISTS (SELECT FROM pg_roles WHERE rolname IN ('anon', 'customer', 'admin', 'service', 'reporting')
                        AND has_table_privilege(rolname, pg_class.oid, 'SELECT')))
     UNION ALL
    SELECT format('the partition %s may be read past its table''s policies', pg_class.oid::regclass)
      FROM pg_class WHERE relispartition AND relkind = 'r'
       AND (has_any_column_privilege('customer', oid, 'SELECT') OR has_any_column_privilege('admin', oid, 'SELECT'))
     UNION ALL
    SELECT format('the function %s runs as its owner without a search_path of its own', pg_proc.oid::regprocedure)
      FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
     WHERE nspname IN ('public', 'flows') AND prosecdef
       AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%')
     UNION ALL
    SELECT format('the function %s may be called by anyone: REVOKE EXECUTE .. FROM PUBLIC', pg_proc.oid::regprocedure)
      FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
     WHERE nspname IN ('public', 'flows') AND prorettype <> 'trigger'::regtype AND (prosecdef OR provolatile = 'v')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
       AND has_function_privilege('anon', pg_proc.oid, 'EXECUTE') AND proname NOT LIKE 'own\_%'
       AND proname NOT IN ('current_customer', 'admin_escos', 'is_operator')
"""
VIEWS = """
    SELECT nspname AS schema, relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind IN ('v', 'm') AND nspname IN ('public', 'flows')
"""
PRIVILEGES = """
    SELECT attname AS name, has_column_privilege($1::text, attrelid, attnum, 'SELECT') AS reads,
           attgenerated = '' AND has_column_privilege($1::text, attrelid, attnum, 'INSERT') AS inserts,
           attgenerated = '' AND has_column_privilege($1::text, attrelid, attnum, 'UPDATE') AS updates
      FROM pg_attribute WHERE attrelid = $2::text::regclass AND attnum > 0 AND NOT attisdropped
"""
FUNCTIONS = """
    SELECT nspname AS schema, proname AS name, pg_proc.oid::regprocedure::text AS signature,
           coalesce(proargnames[1:pronargs], '{}') AS names, proargtypes::regtype[]::text[] AS types
      FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
     WHERE nspname IN ('public', 'flows') AND prorettype <> 'trigger'::regtype AND prokind = 'f'
       AND has_function_privilege($1::text, pg_proc.oid, 'EXECUTE')
"""
REFRESH_REPORTS = """
    SELECT flows.refresh_report(matviewname, clock_timestamp()) FROM pg_matviews WHERE schemaname = 'reports'
"""
REGIONS = "UPDATE flows.escos SET region = (SELECT min(code) FROM flows.regions)"
BENCHMARK = """
    INSERT INTO public.benchmark_tariffs (region, period_start, unit_rate, standing_charge, payment_method)
    SELECT min(code), '2150-01-01', 0.2, 0.5, 'prepay' FROM flows.regions
    RETURNING id
"""
READ_OR_REFUSED = (200, 206, 401, 403)


@dataclass(frozen=True)
class Caller:
    """Who asks, how, and whose rows they may know of."""

    name: str
    headers: dict[str, str]
    principal: Principal
    homes: set[str]
    escos: set[UUID]

    def hidden(self, world: World, table: str) -> list[Owned]:
        return list(world.hidden(table, self.homes, self.escos))


@pytest.fixture(scope="module")
def world(module_database_url: str, background: Background, community: Community) -> World:
    async def make() -> World:
        db = await connect(module_database_url, name="tests")
        try:
            world = await make_world(db, community)
            await db.execute(REFRESH_REPORTS)
            return world
        finally:
            await db.close()

    return background.run(make())


@pytest.fixture(autouse=True)
def _believing(monkeypatch: pytest.MonkeyPatch, gateway_env: dict[str, str]) -> None:
    monkeypatch.setenv("FLOWS_API_TOKEN_CACHE_SECONDS", "60")
    for name in ("ADDRESS", "USER", "KEY"):
        monkeypatch.setenv(f"FLOWS_API_RATE_{name}", "off")


@pytest.fixture
async def owner(module_database_url: str) -> AsyncIterator[Connection]:
    connection = await connect(module_database_url, name="tests")
    yield connection
    await connection.close()


@pytest.fixture
async def callers(
    client: httpx.AsyncClient,
    gateway: FastAPI,
    world: World,
    community: Community,
    as_user: TokenFor,
    owner: Connection,
) -> dict[str, Caller]:
    """Customers of two communities and two of one, an admin of each, anon, and keys of every kind of scope."""
    lab, wlce = {community.lab}, {community.wlce}
    wlce_admin = as_user(await make_admin(owner, community.wlce), "admin")
    lab_admin, operator = as_user(community.lab_admin, "admin"), as_user(community.operator, "admin")

    async def key(maker: dict[str, str], **wish: Any) -> dict[str, str]:
        response = await client.post("/v1/api-keys", json={"name": "isolation", **wish}, headers=maker)
        return {"Authorization": f"Bearer {response.json()['key']}"}

    given: list[tuple[str, dict[str, str], set[str], set[UUID]]] = [
        ("ann", as_user(community.ann.user), {"ann"}, lab),
        ("bob", as_user(community.bob.user), {"bob"}, lab),
        ("cid", as_user(community.cid.user), {"cid"}, wlce),
        ("lab_admin", lab_admin, {"ann", "bob"}, lab),
        ("wlce_admin", wlce_admin, {"cid"}, wlce),
        ("anon", {}, set(), set()),
        ("key_read", await key(lab_admin, scopes=["read"], esco=str(community.lab)), {"ann", "bob"}, lab),
        ("key_write", await key(lab_admin, scopes=["write"], esco=str(community.lab)), {"ann", "bob"}, lab),
        ("key_flows", await key(operator, scopes=["write:flows"], esco=str(community.wlce)), {"cid"}, wlce),
        (
            "key_table",
            await key(operator, scopes=["write:public.customers"], esco=str(community.lab)),
            {"ann", "bob"},
            lab,
        ),
    ]
    authenticator = gateway.state.authenticator
    return {
        name: Caller(
            name,
            headers,
            await authenticator.authenticate_or_anonymous(headers.get("Authorization"), utc_now()),
            homes,
            escos,
        )
        for name, headers, homes, escos in given
    }


@asynccontextmanager
async def acting(db: Connection, caller: Caller) -> AsyncIterator[None]:
    """As the gateway does for a request; what is done is undone."""
    transaction = db.transaction()
    await transaction.start()
    try:
        await db.execute(ACT, caller.principal.claims, caller.principal.role)
        yield
    finally:
        await transaction.rollback()


def assert_blind(caller: Caller, world: World, text: str, route: object, *, given: set[str] | None = None) -> None:
    marks = world.marks(caller.homes, caller.escos) - (given or set())
    assert not [mark for mark in marks if mark in text], f"{caller.name} sees what is not theirs by {route}"


async def columns(owner: Connection, caller: Caller, relation: str, privilege: str) -> list[str]:
    rows = await owner.fetch(PRIVILEGES, caller.principal.role, relation)
    return [row["name"] for row in rows if row[privilege]]


def by_key(table: Table, owned: Owned) -> dict[str, Any]:
    """The values that name a row."""
    return {name: owned.row[name] for name in table.primary if name in owned.row}


async def test_every_table_view_and_function_is_secured(owner: Connection) -> None:
    assert [row[0] for row in await owner.fetch(UNSECURED)] == []


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("CREATE TABLE public.forgotten (id uuid PRIMARY KEY)", "public.forgotten has no row level security"),
        ("CREATE VIEW flows.forgotten AS SELECT * FROM public.users", "the view flows.forgotten reads as its owner"),
        (
            "CREATE VIEW public.forgotten WITH (security_barrier) AS SELECT * FROM reports.arrears",
            "the view public.forgotten reads as its owner",
        ),
        (
            "CREATE MATERIALIZED VIEW public.forgotten AS SELECT * FROM public.users",
            "the materialised view public.forgotten may be read",
        ),
        (
            "CREATE FUNCTION public.forgotten() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "the function forgotten() runs as its owner without a search_path",
        ),
    ],
)
async def test_what_is_made_without_policies_is_found(owner: Connection, made: str, found: str) -> None:
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(made)
    assert [row[0] for row in await owner.fetch(UNSECURED) if row[0].startswith(found)]
    await transaction.rollback()


async def test_nobody_selects_what_is_not_theirs(
    client: httpx.AsyncClient, owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    relations = [(table.schema, table.relation) for table in world.tables.values()]
    relations += [(row["schema"], row["name"]) for row in await owner.fetch(VIEWS)]
    for caller in callers.values():
        read = 0
        for schema, name in relations:
            headers = caller.headers | {"Accept-Profile": schema}
            selected = ",".join(await columns(owner, caller, f"{schema}.{name}", "reads")) or "*"
            response = await client.get(f"/rest/v1/{name}", params={"select": selected}, headers=headers)
            assert response.status_code in READ_OR_REFUSED, (caller.name, schema, name, response.text)
            assert_blind(caller, world, response.text, f"selecting {schema}.{name}")
            read += response.status_code == 200
        assert read > (3 if caller.name == "anon" else 60), caller.name


async def test_every_home_reads_its_own_row_of_tables_that_customers_may_read(
    owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    """Otherwise the tests beside this one could not fail."""
    seen: dict[str, set[str]] = {}
    for name in ("ann", "bob", "cid"):
        caller = callers[name]
        seen[name] = set()
        for table in world.tables.values():
            mine = [owned for owned in world.rows.get(table.name, []) if owned.home == name]
            if not mine or not set(table.primary) <= set(await columns(owner, caller, table.name, "reads")):
                continue
            condition, values = where(by_key(table, mine[0]))
            async with acting(owner, caller):
                if await owner.fetchval(f"SELECT count(*) FROM {table.name} WHERE {condition}", *values):
                    seen[name].add(table.name)
    assert seen["ann"] == seen["bob"] == seen["cid"]
    assert len(seen["ann"]) > 30


async def test_nobody_finds_what_is_not_theirs_by_filtering(
    client: httpx.AsyncClient, owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    for caller in callers.values():
        for table in world.tables.values():
            readable = await columns(owner, caller, table.name, "reads")
            headers = caller.headers | {"Accept-Profile": table.schema}
            for owned in caller.hidden(world, table.name)[:1]:
                query = {name: f"eq.{value}" for name, value in by_key(table, owned).items()}
                response = await client.get(
                    f"/rest/v1/{table.relation}", params=query | {"select": table.primary[0]}, headers=headers
                )
                found = response.json() if response.status_code == 200 else []
                assert found == [], f"{caller.name} finds a row of {table.name}"
            for column in {column["name"] for column in table.columns} - set(readable):
                response = await client.get(
                    f"/rest/v1/{table.relation}",
                    params={column: "not.is.null", "select": (readable or ["*"])[0]},
                    headers=headers,
                )
                assert response.status_code in (401, 403), f"{caller.name} filters by {table.name}.{column}"


async def test_nobody_embeds_what_is_not_theirs(
    client: httpx.AsyncClient, owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    for name in ("ann", "lab_admin", "key_read", "anon"):
        caller, embedded = callers[name], 0
        for schema, start, end, key in embeddings(world.keys):
            here = ",".join(await columns(owner, caller, f"{schema}.{start}", "reads")) or "*"
            there = ",".join(await columns(owner, caller, f"{schema}.{end}", "reads")) or "*"
            response = await client.get(
                f"/rest/v1/{start}",
                params={"select": f"{here},embedded:{end}!{key}({there})"},
                headers=caller.headers | {"Accept-Profile": schema},
            )
            assert response.status_code in READ_OR_REFUSED, (caller.name, start, end, key, response.text)
            assert_blind(caller, world, response.text, f"embedding {end} into {start}")
            embedded += response.status_code == 200
        assert embedded > 60 or name == "anon", f"{name} could embed only {embedded} times"


def embeddings(keys: list[Key]) -> Iterator[tuple[str, str, str, str]]:
    """Schema, table, embedded table and key: each key in both directions."""
    for key in keys:
        (schema, source), (target_schema, target) = key.source.split("."), key.target.split(".")
        if schema == target_schema and source != target:
            yield schema, source, target, key.name
            yield schema, target, source, key.name


async def test_nobody_is_told_by_a_function_what_is_not_theirs(
    client: httpx.AsyncClient, owner: Connection, world: World, callers: dict[str, Caller], community: Community
) -> None:
    for caller in callers.values():
        foreign = community.cid if community.wlce not in caller.escos else community.ann
        functions = await owner.fetch(FUNCTIONS, caller.principal.role)
        for function in functions:
            for arguments in calls(function["types"], foreign):
                places = ", ".join(f"${n}::{kind}" for n, kind in enumerate(function["types"], 1))
                name = f"{function['schema']}.{function['name']}"
                async with acting(owner, caller):
                    try:
                        text = await owner.fetchval(
                            f"SELECT coalesce(json_agg(f)::text, '') FROM {name}({places}) AS f", *arguments
                        )
                    except (
                        asyncpg.InsufficientPrivilegeError,
                        asyncpg.DataError,
                        asyncpg.RaiseError,
                        asyncpg.NoDataFoundError,
                        asyncpg.UnknownPostgresError,  # PTnnn: the status of an answer that a function chose
                    ):
                        continue
                assert_blind(caller, world, text, function["signature"], given=set(map(str, arguments)))
                named = dict(zip(function["names"], arguments, strict=False))
                response = await client.post(
                    f"/rest/v1/rpc/{function['name']}",
                    content=json.dumps(named, default=str),
                    headers=caller.headers
                    | {"Content-Profile": function["schema"], "Content-Type": "application/json"},
                )
                assert response.status_code < 500, (function["signature"], response.text)
                assert_blind(caller, world, response.text, function["signature"], given=set(map(str, arguments)))
        assert functions or caller.name == "anon"


def calls(types: list[str], foreign: Home) -> Iterator[list[Any]]:
    """Arguments that ask for another's: each candidate of each type once."""
    candidates: dict[str, list[Any]] = {
        "text": ["WLCE", foreign.serial, foreign.email, str(foreign.customer)],
        "uuid": [foreign.customer, foreign.account, foreign.meter, foreign.property, foreign.esco, foreign.user],
        "uuid[]": [[foreign.customer, foreign.meter]],
        "jsonb": ["{}"],
        "text[]": [["id"]],
    }
    for values in zip_longest(*(candidates.get(kind, [None]) for kind in types)) if types else [()]:
        yield [
            value if value is not None else candidates.get(kind, [None])[0]
            for value, kind in zip(values, types, strict=True)
        ]


def where(key: dict[str, Any], start: int = 1) -> tuple[str, list[Any]]:
    condition = " AND ".join(f'"{name}" = ${n}' for n, name in enumerate(key, start))
    return condition, list(key.values())


async def attempt(owner: Connection, caller: Caller, statement: str, *values: Any) -> int | None:
    """How many rows a statement changed; None where it was refused: for want of rights, or as nobody may."""
    async with acting(owner, caller):
        try:
            return int((await owner.execute(statement, *values)).split()[-1])
        except (
            asyncpg.InsufficientPrivilegeError,
            asyncpg.RestrictViolationError,
            asyncpg.CheckViolationError,
            asyncpg.ExclusionViolationError,
            asyncpg.ForeignKeyViolationError,  # the other row exists: a key that holds its owner too refuses it
        ):
            return None


async def test_nobody_changes_or_deletes_what_is_not_theirs(
    owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    for caller in callers.values():
        for table in world.tables.values():
            updatable = await columns(owner, caller, table.name, "updates")
            for owned in caller.hidden(world, table.name):
                condition, values = where(by_key(table, owned))
                changes = [f'UPDATE {table.name} SET "{name}" = "{name}"' for name in updatable[:1]]
                for statement in [*changes, f"DELETE FROM {table.name}"]:
                    changed = await attempt(owner, caller, f"{statement} WHERE {condition}", *values)
                    assert not changed, f"{caller.name}: {statement}"
                if updatable:  # without a condition no right to read is needed
                    everything = f'UPDATE {table.name} SET "{updatable[0]}" = "{updatable[0]}" RETURNING *'
                    async with acting(owner, caller):
                        try:
                            rows = await owner.fetch(everything)
                        except asyncpg.InsufficientPrivilegeError:
                            rows = []
                    assert_blind(caller, world, str(rows), everything)


async def test_nobody_makes_rows_in_anothers_name_or_moves_theirs_there(
    owner: Connection, world: World, callers: dict[str, Caller], community: Community
) -> None:
    homes = {"ann": community.ann, "bob": community.bob, "cid": community.cid}
    for caller in callers.values():
        for table in world.tables.values():
            hidden = caller.hidden(world, table.name)
            insertable = await columns(owner, caller, table.name, "inserts")
            for owned in hidden if insertable else []:
                mark = owned.home or ("cid" if owned.esco == community.wlce else "ann")
                row = {
                    name: value
                    for name, value in new_row(world, table, homes[mark], mark).items()
                    if name in insertable
                }
                names = ", ".join(f'"{name}"' for name in row)
                places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
                made = await attempt(
                    owner, caller, f"INSERT INTO {table.name} ({names}) VALUES ({places})", *row.values()
                )
                assert made is None, f"{caller.name} makes a row of {mark} in {table.name}"
            updatable = await columns(owner, caller, table.name, "updates")
            mine = [owned for owned in world.rows.get(table.name, []) if owned not in hidden]
            for key in table.keys:
                foreign = [] if key.target == "flows.escos" else caller.hidden(world, key.target)
                if not mine or not foreign or key.column not in updatable:
                    continue
                condition, values = where(by_key(table, mine[0]), start=2)
                statement = f'UPDATE {table.name} SET "{key.column}" = $1 WHERE {condition}'
                moved = await attempt(owner, caller, statement, foreign[0].row[key.referenced], *values)
                assert not moved, f"{caller.name} moves a row of {table.name} by {key.column}"


async def test_nobody_writes_what_is_not_theirs_over_http(
    client: httpx.AsyncClient, owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    before = await digest(owner, world)
    for caller in callers.values():
        for table in world.tables.values():
            headers = caller.headers | {"Content-Profile": table.schema, "Prefer": "return=representation"}
            headers["Content-Type"] = "application/json"
            updatable = await columns(owner, caller, table.name, "updates")
            for owned in caller.hidden(world, table.name)[:1]:
                query = {name: f"eq.{value}" for name, value in by_key(table, owned).items()} | {
                    "select": table.primary[0]
                }
                body = json.dumps(
                    {(updatable or table.primary)[0]: owned.row.get((updatable or table.primary)[0])}, default=str
                )
                row = json.dumps(dict(owned.row), default=str)
                url = f"/rest/v1/{table.relation}"
                for response in (
                    await client.patch(url, params=query, content=body, headers=headers),
                    await client.delete(url, params=query, headers=headers),
                    await client.post(url, content=row, headers=headers),
                ):
                    refused = response.status_code in (400, 401, 403, 404, 405, 409)
                    assert refused or response.json() == [], (caller.name, table.name, response.request.method)
    assert await digest(owner, world) == before


async def digest(owner: Connection, world: World, *tables: str) -> dict[str, str]:
    """What these tables hold, or every one, but for what requests note of themselves."""
    noted = ("flows.api_key_secrets", "flows.refresh_tokens", "flows.audit_log")
    return {
        name: await owner.fetchval(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t")
        for name in tables or world.tables
        if name not in noted
    }


async def test_no_function_changes_a_row_for_a_key_that_only_reads(
    client: httpx.AsyncClient,
    gateway: FastAPI,
    owner: Connection,
    world: World,
    community: Community,
    as_user: TokenFor,
) -> None:
    operator = as_user(community.operator, "admin")
    await owner.execute(REGIONS)
    benchmark = await owner.fetchval(BENCHMARK)
    ids = [owned.row[world.tables[name].primary[0]] for name, rows in world.rows.items() for owned in rows[:2]]
    candidates = [benchmark, *dict.fromkeys(value for value in ids if isinstance(value, UUID))]
    before = await digest(owner, world)
    called = set()
    for role in ("admin", "service", "reporting"):
        wish = {"name": "reads", "role": role, "scopes": ["read"]}
        made = (await client.post("/v1/api-keys", json=wish, headers=operator)).json()
        principal = await gateway.state.authenticator.authenticate(f"Bearer {made['key']}", utc_now())
        before |= await digest(owner, world, "public.api_keys")
        for function in await owner.fetch(FUNCTIONS, role):
            for arguments in reading_calls(function["types"], candidates):
                places = ", ".join(f"${n}::{kind}" for n, kind in enumerate(function["types"], 1))
                called.add(function["name"])
                with suppress(asyncpg.PostgresError):
                    async with owner.transaction():
                        await owner.execute(ACT, principal.claims, principal.role)
                        await owner.fetch(f"SELECT {function['schema']}.{function['name']}({places})", *arguments)
    assert called >= {"prepare_tariffs", "correct_tariff", "exchange_meter"}
    assert await digest(owner, world) == before
    async with owner.transaction():  # otherwise this test could not fail
        await owner.execute("SELECT public.prepare_tariffs($1)", benchmark)
        assert await digest(owner, world) != before


def reading_calls(types: list[str], ids: list[UUID]) -> Iterator[list[Any]]:
    """Arguments of a call: each id in each place of one, and something of each other type."""
    plain: dict[str, Any] = {
        "text": "WLCE",
        "uuid[]": ids,
        "jsonb": "{}",
        "text[]": ["id"],
        "boolean": True,
        "timestamp with time zone": datetime(2026, 10, 5, tzinfo=UTC),
        "date": date(2026, 10, 5),
        "numeric": 1,
        "integer": 1,
    }
    for number in range(len(ids) if "uuid" in types else 1):
        yield [ids[number] if kind == "uuid" else plain.get(kind) for kind in types]


async def test_admin_gives_no_key_a_secret_of_their_own_choice_and_none_without_an_end(
    client: httpx.AsyncClient, owner: Connection, community: Community, as_user: TokenFor
) -> None:
    operator = as_user(community.operator, "admin")
    key = {"name": "own", "hint": "flows_", "role": "admin", "scopes": ["write"], "esco": str(community.lab)}
    key |= {"created_by": str(community.operator)}
    for end in ("2100-01-01T00:00:00Z", "infinity"):
        made = await client.post("/rest/v1/api_keys", json={**key, "expires_at": end}, headers=operator)
        assert made.status_code == 400, made.text
    end = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = await client.post(
        "/rest/v1/api_keys?select=id",
        json={**key, "expires_at": end},
        headers=operator | {"Prefer": "return=representation"},
    )
    assert made.status_code == 201, made.text
    secret = {"api_key": made.json()[0]["id"], "secret_hash": "\\x" + "00" * 32}
    headers = operator | {"Content-Profile": "flows"}
    assert (await client.post("/rest/v1/api_key_secrets", json=secret, headers=headers)).status_code == 403
    call = {"made": secret["api_key"], "new_hash": secret["secret_hash"]}
    assert (await client.post("/rest/v1/rpc/keep_api_key", json=call, headers=headers)).status_code in (403, 404)
    await owner.execute("DELETE FROM public.api_keys WHERE id = $1", UUID(secret["api_key"]))


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("key_read", set()),
        ("key_write", {"public", "flows"}),
        ("key_flows", {"flows"}),
        ("key_table", {"public.customers"}),
    ],
)
async def test_key_writes_within_its_scopes_alone(
    owner: Connection, world: World, callers: dict[str, Caller], name: str, may: set[str]
) -> None:
    caller, wrote = callers[name], set()
    for table in world.tables.values():
        hidden = caller.hidden(world, table.name)
        mine = [owned for owned in world.rows.get(table.name, []) if owned not in hidden]
        updatable = await columns(owner, caller, table.name, "updates")
        if not mine or not updatable:
            continue
        condition, values = where(by_key(table, mine[0]))
        statement = f'UPDATE {table.name} SET "{updatable[0]}" = "{updatable[0]}" WHERE {condition}'
        if await attempt(owner, caller, statement, *values):
            wrote.add(table.name)
    allowed = {table for table in wrote if table in may or table.partition(".")[0] in may}
    assert wrote == allowed
    assert bool(wrote) == bool(may)


async def test_service_keys_see_all_and_write_within_their_scopes(
    client: httpx.AsyncClient,
    gateway: FastAPI,
    owner: Connection,
    community: Community,
    world: World,
    as_user: TokenFor,
) -> None:
    operator = as_user(community.operator, "admin")
    for role, scope, schemas in (
        ("service", "read", set()),
        ("service", "write:flows", {"flows"}),
        ("service", "write", {"flows", "public"}),
        ("reporting", "write", set()),
    ):
        wish = {"name": "isolation", "role": role, "scopes": [scope]}
        made = (await client.post("/v1/api-keys", json=wish, headers=operator)).json()
        principal = await gateway.state.authenticator.authenticate(f"Bearer {made['key']}", utc_now())
        caller = Caller(role, {}, principal, set(world.rows), {community.lab, community.wlce})
        wrote = set()
        for table, column in (("flows.meter_registry", "name"), ("public.customers", "fullname")):
            if await attempt(owner, caller, f"UPDATE {table} SET {column} = {column}"):
                wrote.add(table.partition(".")[0])
        assert wrote == schemas, (role, scope)
