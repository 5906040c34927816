"""What the catalog says of access: policies, grants, and the rights that views and functions run with."""

from access import acting_as
from database.kept_names import FLOWS
from flows_shared.db import Connection

RELATIONS = """
    SELECT format('%I.%I', nspname, relname) AS name, relkind::text AS kind, relispartition AS is_partition,
           relrowsecurity AS is_secured, coalesce('security_invoker=true' = ANY(reloptions), false)
                                         OR coalesce('security_invoker=on' = ANY(reloptions), false) AS is_invoker,
           EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) AS has_policy
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p', 'v', 'm', 'f')
"""
GRANTED = """
    SELECT format('%I.%I', nspname, relname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, unnest($2::text[]) AS privilege
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p', 'v', 'm', 'f')
       AND CASE WHEN privilege IN ('DELETE', 'TRUNCATE', 'TRIGGER')
                THEN has_table_privilege($1, pg_class.oid, privilege)
                ELSE has_any_column_privilege($1, pg_class.oid, privilege) END
"""
WRITE = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]


async def test_every_table_and_partition_has_row_level_security(tx: Connection) -> None:
    tables = [row for row in await tx.fetch(RELATIONS) if row["kind"] in "rpf"]
    assert len(tables) > 70
    assert [row["name"] for row in tables if not row["is_secured"]] == []
    assert [row["name"] for row in tables if not (row["has_policy"] or row["is_partition"])] == []


async def test_nobody_but_its_owner_reaches_a_partition_past_its_table(tx: Connection) -> None:
    partitions = """SELECT relname, pg_get_userbyid(relowner) AS owner, relacl, relforcerowsecurity
                      FROM pg_class WHERE relispartition AND relkind = 'r'"""
    await tx.execute("SELECT flows.ensure_interval_partitions('2031-01-01', '2031-02-01')")
    rows = await tx.fetch(partitions)
    assert len(rows) > 10
    assert {row["owner"] for row in rows} == {"flows_meter_sync"}
    for role in ("anon", "customer", "admin", "service", "reporting", "flows_worker", "flows_billing"):
        assert not [
            name for name in await tx.fetchval(f"SELECT array({GRANTED})", role, ["SELECT", *WRITE]) if "hh_20" in name
        ]


async def test_every_view_runs_with_its_readers_rights_but_those_of_reports(tx: Connection) -> None:
    views = [row for row in await tx.fetch(RELATIONS) if row["kind"] == "v"]
    assert len(views) > 20
    reports = {name for name in (row["name"] for row in views) if name.startswith("public.report_")}
    assert {row["name"] for row in views if not row["is_invoker"]} == reports


async def test_nobody_reaches_what_is_kept_for_reports_but_through_their_views(tx: Connection) -> None:
    roles = ("anon", "customer", "admin", "service", "reporting", "flows_worker", "flows_billing", "flows_gateway")
    kept = [row[0] for row in await tx.fetch("SELECT matviewname FROM pg_matviews WHERE schemaname = 'reports'")]
    assert len(kept) >= 7
    for role in roles:
        assert not await tx.fetchval("SELECT has_schema_privilege($1, 'reports', 'USAGE')", role)
        for name in kept:
            assert not await tx.fetchval("SELECT has_table_privilege($1, 'reports.' || $2, 'SELECT')", role, name)


async def test_anon_is_granted_communities_and_regions_and_nothing_else(tx: Connection) -> None:
    open_to_all = {"flows.escos", "flows.regions", "public.escos", "public.regions"}
    assert {row[0] for row in await tx.fetch(GRANTED, "anon", ["SELECT"])} == open_to_all
    assert await tx.fetch(GRANTED, "anon", WRITE) == []


async def test_reporting_is_granted_reading_only(tx: Connection) -> None:
    assert len(await tx.fetch(GRANTED, "reporting", ["SELECT"])) > 60
    assert await tx.fetch(GRANTED, "reporting", WRITE) == []


async def test_nobody_may_truncate_or_hang_triggers(tx: Connection) -> None:
    for role in ("customer", "admin", "service", "flows_worker", "flows_billing", "flows_notify", "flows_gateway"):
        assert await tx.fetch(GRANTED, role, ["TRUNCATE", "TRIGGER"]) == []


async def test_no_function_is_for_everyone_and_those_past_the_policies_fix_their_search_path(tx: Connection) -> None:
    functions = await tx.fetch("""
        SELECT oid::regprocedure::text AS name, prosecdef, proconfig,
               EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
                        WHERE grantee = 0) AS is_public
          FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'flows'::regnamespace)""")
    assert len(functions) > 30
    assert [row["name"] for row in functions if row["is_public"]] == []
    fixed = [
        row["name"] for row in functions if any(item.startswith("search_path=") for item in row["proconfig"] or ())
    ]
    assert [row["name"] for row in functions if row["prosecdef"] and row["name"] not in fixed] == []


async def test_nothing_that_people_call_fails_as_if_something_broke(tx: Connection) -> None:
    """The data API answers these with 500."""
    broken = await tx.fetch(
        """SELECT oid::regprocedure::text FROM pg_proc
            WHERE pronamespace IN ('public'::regnamespace, 'flows'::regnamespace)
              AND prosrc ~* 'RAISE (no_data_found|too_many_rows|assert_failure|internal_error)'
              AND has_function_privilege('admin', oid, 'EXECUTE')"""
    )
    assert broken == []


# What programs that talk to meters for themselves need: the names that they know, what the views among them read, and
# what commands on meters say. Of schema public only what is everybody's.
MEDIATOR_READS = {f"flows.{name}" for name in FLOWS} | {
    *("flows.calendar_days", "flows.calendar_half_hours", "flows.meter_commands", "flows.meter_sync_status"),
    *("flows.register_interval_daily", "flows.register_days_changed", "flows.register_intervals"),
    *(f"flows.register_interval_{name}" for name in ("estimates", "flags", "missing_reasons", "sources")),
    *("public.escos", "public.regions"),
}
MEDIATOR_RUNS = {
    *("actor", "check_write", "claims", "current_user_id", "endpoint", "get_meters_for_cli", "is_iban", "local_date"),
    *("local_midnight", "refuse_off_the_clock", "said_amount", "said_moment"),
}
RUN = """
    SELECT format('%I.%I', pronamespace::regnamespace, proname) FROM pg_proc
     WHERE pronamespace IN ('public'::regnamespace, 'flows'::regnamespace)
       AND has_function_privilege($1, oid, 'EXECUTE')
"""


async def test_mediator_is_granted_what_meters_need_and_nothing_else(tx: Connection) -> None:
    assert {row[0] for row in await tx.fetch(GRANTED, "mediator", ["SELECT"])} == MEDIATOR_READS
    assert {row[0] for row in await tx.fetch(RUN, "mediator")} == {f"flows.{name}" for name in MEDIATOR_RUNS}
    written = {row[0] for row in await tx.fetch(GRANTED, "mediator", ["INSERT", "UPDATE", "DELETE"])}
    assert {name for name in written if not name.startswith("flows.")} == set()
    assert written <= {row[0] for row in await tx.fetch(GRANTED, "service", ["INSERT", "UPDATE", "DELETE"])}
    assert await tx.fetch(GRANTED, "mediator", ["TRUNCATE", "TRIGGER"]) == []


async def test_mediator_writes_within_scopes_and_reads_every_view_it_is_granted(tx: Connection) -> None:
    bound = """SELECT array_agg(DISTINCT polrelid::regclass::text) FROM pg_policy
                WHERE polname = $1 AND to_regrole('mediator')::oid = ANY(polroles)"""
    written = {row[0] for row in await tx.fetch(GRANTED, "mediator", ["INSERT", "UPDATE", "DELETE"])}
    for policy in ("scope_insert", "scope_update", "scope_delete"):
        assert {name if "." in name else f"public.{name}" for name in await tx.fetchval(bound, policy)} == written
    async with acting_as(tx, "mediator"):
        for name in sorted(MEDIATOR_READS):
            await tx.fetch(f"SELECT * FROM {name} LIMIT 1")
