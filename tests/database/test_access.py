"""Row level security: who sees and changes what, asked of the catalog and of the tables themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from access import acting_as
from builders import Home, insert, make_account, make_admin, make_customer, make_home
from database.belongings import JUNE, MONTH, TIMED, make_belongings, make_readings
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
READABLE = """
    SELECT format('%I.%I', nspname, relname) AS name, string_agg(format('%I', attname), ', ') AS columns
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p', 'v')
       AND has_column_privilege($1, pg_class.oid, attnum, 'SELECT')
     GROUP BY 1
"""
WRITE = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]


@dataclass(frozen=True)
class World:
    """Ann and Bob are neighbours, Cid lives in another community."""

    ann: Home
    bob: Home
    cid: Home
    ann_admin: UUID
    cid_admin: UUID
    operator: UUID


@pytest.fixture
async def world(tx: Connection) -> World:
    ann = await make_home(tx)
    bob, cid = await make_home(tx, ann.esco), await make_home(tx)
    for home in (ann, bob, cid):
        await make_belongings(tx, home)
    return World(ann, bob, cid, await make_admin(tx, ann.esco), await make_admin(tx, cid.esco), await make_admin(tx))


def marks(home: Home) -> set[str]:
    """What would give a home away, wherever it stands in a row."""
    person = home.customer
    ids = home.property, home.meter.id, home.meter.register, home.account, person.id, person.login
    return {*map(str, ids), person.email, home.meter.serial}


async def everything(tx: Connection, role: str, subject: UUID | None) -> dict[str, str]:
    """All that a login reads, by table and view."""
    relations = await tx.fetch(READABLE, role)
    async with acting_as(tx, role, subject):
        return {
            name: "\n".join(
                row[0] for row in await tx.fetch(f"SELECT (t.*)::text FROM (SELECT {columns} FROM {name}) AS t")
            )
            for name, columns in relations
        }


async def seen(tx: Connection, role: str, subject: UUID | None, query: str, *values: Any) -> set[Any]:
    async with acting_as(tx, role, subject):
        return {row[0] for row in await tx.fetch(query, *values)}


# The catalog


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


async def test_every_view_runs_with_its_readers_rights(tx: Connection) -> None:
    views = [row for row in await tx.fetch(RELATIONS) if row["kind"] == "v"]
    assert len(views) > 20
    assert [row["name"] for row in views if not row["is_invoker"]] == []


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


# Customers


async def test_customer_sees_nothing_of_another_customer_or_community(tx: Connection, world: World) -> None:
    rows = await everything(tx, "customer", world.ann.customer.login)
    hidden = marks(world.bob) | marks(world.cid)
    assert [(name, mark) for name, text in rows.items() for mark in hidden if mark in text] == []


@pytest.mark.parametrize(
    "table",
    [
        *TIMED,
        *("flows.register_interval_daily", "flows.meter_registry", "flows.meter_shadows", "flows.meter_registers"),
        *("flows.circuits", "flows.circuit_register", "flows.properties", "flows.meter_sync_status"),
        *(
            "public.customers",
            "public.users",
            "public.properties",
            "public.meters",
            "public.wallets",
            "public.accounts",
        ),
        *("public.customer_accounts", "public.account_events", "public.contracts", "public.contract_signatures"),
        *("public.registered_proprietors", "public.corporate_bodies", "public.customer_corporate_bodies"),
        *("public.customer_tariffs", "public.monthly_usage", "public.monthly_costs", "public.solar_installation"),
        *("public.solar_credit_allocation", "public.monthly_solar_credits", "public.invoices", "public.invoice_lines"),
        *("public.documents", "public.messages", "public.ledger_accounts", "public.ledger_entries"),
        *("public.ledger_postings", "public.payments", "public.payment_events", "public.gifts", "public.topups"),
        *("public.topup_events", "public.topups_gifts", "public.transactions", "public.customer_supply_status"),
    ],
)
async def test_customer_sees_exactly_one_home_of_three(tx: Connection, world: World, table: str) -> None:
    count = f"SELECT count(*) FROM {table}"
    of_one = 2 if table.endswith("ledger_accounts") or table.endswith("ledger_postings") else 1
    assert await seen(tx, "customer", world.ann.customer.login, count) == {1}
    admins = 1 if table == "public.users" else 0  # an admin sees the own login besides
    assert await seen(tx, "admin", world.ann_admin, count) == {2 * of_one + admins}
    assert await seen(tx, "admin", world.cid_admin, count) == {of_one + admins}


MOVE = date(2026, 6, 30)
LAST_MOMENT = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # British summer time: the day ends at 23:00 UTC
FIRST_MOMENT = datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


@dataclass(frozen=True)
class LetHome:
    former: UUID
    occupier: UUID
    owner: UUID
    home: Home


@pytest.fixture
async def let_home(tx: Connection) -> LetHome:
    """One moved out at the end of June, the next moved in the day after, with readings on either side."""
    home = await make_home(tx, status="closed", end_date=MOVE)
    occupier, owner = await make_customer(tx, home.esco), await make_customer(tx, home.esco)
    await make_account(tx, home.property, occupier.id, start_date=date(2026, 7, 1))
    await insert(tx, "public.registered_proprietors", property=home.property, customer=owner.id)
    for moment in (LAST_MOMENT, FIRST_MOMENT):
        await make_readings(tx, home.meter, moment)
    return LetHome(home.customer.login, occupier.login, owner.login, home)


@pytest.mark.parametrize("table", TIMED)
async def test_occupiers_see_the_readings_of_their_own_days_and_the_owner_all(
    tx: Connection, let_home: LetHome, table: str
) -> None:
    times = f"SELECT timestamp FROM {table}"
    assert await seen(tx, "customer", let_home.former, times) == {LAST_MOMENT}
    assert await seen(tx, "customer", let_home.occupier, times) == {FIRST_MOMENT}
    assert await seen(tx, "customer", let_home.owner, times) == {LAST_MOMENT, FIRST_MOMENT}


async def test_occupiers_see_the_roll_ups_of_their_own_days(tx: Connection, let_home: LetHome) -> None:
    days = "SELECT day FROM flows.register_interval_daily"
    assert await seen(tx, "customer", let_home.former, days) == {MOVE}
    assert await seen(tx, "customer", let_home.occupier, days) == {date(2026, 7, 1)}


async def test_former_occupier_keeps_the_old_account_and_loses_the_meter(tx: Connection, let_home: LetHome) -> None:
    assert await seen(tx, "customer", let_home.former, "SELECT id FROM public.accounts") == {let_home.home.account}
    for table in ("flows.meter_registry", "flows.meter_shadows", "public.meters", "flows.meter_registers"):
        assert await seen(tx, "customer", let_home.former, f"SELECT count(*) FROM {table}") == {0}
        assert await seen(tx, "customer", let_home.occupier, f"SELECT count(*) FROM {table}") == {1}


async def test_occupier_to_come_sees_no_reading_yet(tx: Connection, let_home: LetHome) -> None:
    coming = await make_customer(tx, let_home.home.esco)
    starts = await tx.fetchval("SELECT current_date + 30")
    await make_account(tx, let_home.home.property, coming.id, start_date=starts, status="pending")
    assert await seen(tx, "customer", coming.login, "SELECT count(*) FROM flows.register_interval_hh") == {0}
    assert await seen(tx, "customer", coming.login, "SELECT count(*) FROM flows.meter_shadows") == {0}


async def test_member_of_a_corporate_body_sees_the_homes_that_it_owns(tx: Connection, let_home: LetHome) -> None:
    member = await make_customer(tx, let_home.home.esco)
    body = (await insert(tx, "public.corporate_bodies", name="Homes Ltd", esco=let_home.home.esco))["id"]
    await insert(tx, "public.customer_corporate_bodies", customer=member.id, corporate_body=body)
    assert await seen(tx, "customer", member.login, "SELECT id FROM public.properties") == set()
    await insert(tx, "public.registered_proprietors", property=let_home.home.property, corporate_body=body)
    assert await seen(tx, "customer", member.login, "SELECT id FROM public.properties") == {let_home.home.property}
    assert len(await seen(tx, "customer", member.login, "SELECT timestamp FROM flows.register_interval_hh")) == 2


async def test_superseded_owner_counts_until_a_proprietor_is_registered(tx: Connection) -> None:
    home, owner, buyer = await make_home(tx), await make_customer(tx), await make_customer(tx)
    properties = "SELECT id FROM public.properties"
    await tx.execute("UPDATE public.properties SET owner = $1", owner.id)
    assert await seen(tx, "customer", owner.login, properties) == {home.property}
    await insert(tx, "public.registered_proprietors", property=home.property, customer=buyer.id)
    assert await seen(tx, "customer", owner.login, properties) == set()
    assert await seen(tx, "customer", buyer.login, properties) == {home.property}


async def test_disabled_login_sees_nothing(tx: Connection, world: World) -> None:
    await tx.execute(
        "UPDATE public.users SET disabled_at = now() WHERE id = ANY($1)", [world.ann.customer.login, world.operator]
    )
    assert await seen(tx, "customer", world.ann.customer.login, "SELECT id FROM public.accounts") == set()
    assert await seen(tx, "admin", world.operator, "SELECT id FROM public.accounts") == set()


async def test_role_without_a_token_sees_no_home(tx: Connection, world: World) -> None:
    for role in ("customer", "admin"):
        assert await seen(tx, role, None, "SELECT id FROM public.properties") == set()
        assert await seen(tx, role, uuid4(), "SELECT id FROM public.properties") == set()


async def refused(tx: Connection, role: str, subject: UUID | None, statement: str, *values: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(tx, role, subject):
            await tx.execute(statement, *values)


async def test_customer_changes_own_details_and_wallet_and_nothing_else(tx: Connection, world: World) -> None:
    login = world.ann.customer.login
    async with acting_as(tx, "customer", login):
        assert await tx.execute("UPDATE public.customers SET fullname = 'Ann Smith', phone = '1'") == "UPDATE 1"
        assert await tx.execute("UPDATE public.wallets SET target_balance = 50, auto_topup = true") == "UPDATE 1"
    for statement in (
        "UPDATE public.customers SET email = 'x@example.org'",
        "UPDATE public.customers SET has_payment_method = true",
        "UPDATE public.customers SET esco = NULL",
        "UPDATE public.wallets SET balance = 100",
        "UPDATE public.accounts SET status = 'closed'",
        "UPDATE flows.meter_shadows SET balance = 100",
        "INSERT INTO public.gifts (customer, amount_pence) SELECT id, 100 FROM public.customers",
        "DELETE FROM public.payments",
        "SELECT password_hash FROM public.users",
        "SELECT * FROM public.customer_invites",
        "SELECT * FROM flows.audit_log",
        "SELECT public.customer_status(id) FROM public.customers",
    ):
        await refused(tx, "customer", login, statement)
    assert await tx.fetchval("SELECT count(*) FROM public.customers WHERE fullname = 'Ann Smith'") == 1


# Admins


async def test_admin_sees_nothing_of_another_community(tx: Connection, world: World) -> None:
    rows = await everything(tx, "admin", world.ann_admin)
    assert [(name, mark) for name, text in rows.items() for mark in marks(world.cid) if mark in text] == []
    assert all(mark in "".join(rows.values()) for mark in marks(world.ann) | marks(world.bob))


async def test_admin_of_all_sees_every_community(tx: Connection, world: World) -> None:
    text = "".join((await everything(tx, "admin", world.operator)).values())
    assert all(mark in text for home in (world.ann, world.bob, world.cid) for mark in marks(home))


Values = Callable[[Home], dict[str, Any]]
ADMINS_WRITE: dict[str, Values] = {
    "flows.sites_new": lambda home: {"name": "Site", "code": "S", "esco": home.esco},
    "flows.feeder_registry": lambda home: {"name": "Feeder", "esco": home.esco},
    "flows.meter_registry": lambda home: {"serial": "NEW", "esco": home.esco},
    "flows.meter_registers": lambda home: {"meter_id": home.meter.id, "element": "B", "nature": "heat"},
    "flows.circuits": lambda home: {"type": "heat", "esco": home.esco},
    "flows.ev_chargers": lambda home: {"serial": "EV1", "esco": home.esco},
    "flows.meter_tophat_registry": lambda home: {"meter": home.meter.id},
    "public.customers": lambda home: {"fullname": "New", "esco": home.esco},
    "public.properties": lambda home: {"plot": "New", "esco": home.esco},
    "public.registered_proprietors": lambda home: {"property": home.property, "customer": home.customer.id},
    "public.corporate_bodies": lambda home: {"name": "New Ltd", "esco": home.esco},
    "public.accounts": lambda home: {"property": home.property, "type": "ev"},
    "public.customer_accounts": lambda home: {"account": home.account, "customer": home.customer.id, "role": "owner"},
    "public.account_events": lambda home: {"account": home.account, "history_type": "close"},
    "public.contracts": lambda home: {"type": "ev", "esco": home.esco},
    "public.customer_invites": lambda home: {"customer": home.customer.id},
    "public.wallets": lambda home: {"esco": home.esco},
    "public.microgrid_tariffs": lambda home: {
        "esco": home.esco,
        "period_start": MONTH,
        "computed_unit_rate": 1,
        "computed_standing_charge": 1,
    },
    "public.customer_tariffs": lambda home: {
        "customer": home.customer.id,
        "period_start": MONTH,
        "computed_unit_rate": 1,
        "computed_standing_charge": 1,
    },
    "public.solar_credit_tariffs": lambda home: {
        "esco": home.esco,
        "period_start": MONTH,
        "credit_pence_per_year": 1,
        "credit_pence_per_day": 1,
    },
    "public.solar_installation": lambda home: {
        "property": home.property,
        "declared_net_capacity": 1,
        "commissioning_date": MONTH,
    },
    "public.gifts": lambda home: {"customer": home.customer.id, "amount_pence": 1},
}


@pytest.mark.parametrize("table", ADMINS_WRITE)
async def test_admin_writes_own_community_and_never_another(tx: Connection, table: str) -> None:
    mine, theirs = await make_home(tx), await make_home(tx)
    admin, values = await make_admin(tx, mine.esco), ADMINS_WRITE[table]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(tx, "admin", admin):
            await insert(tx, table, **values(theirs))
    count = await tx.fetchval(f"SELECT count(*) FROM {table}")
    async with acting_as(tx, "admin", admin):
        await insert(tx, table, **values(mine))
    assert await tx.fetchval(f"SELECT count(*) FROM {table}") == count + 1
    async with acting_as(tx, "admin", await make_admin(tx, theirs.esco)):
        key = next(iter(values(mine)))
        for change in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):
            assert await tx.execute(change + f" WHERE {key} = $1", values(mine)[key]) in ("UPDATE 0", "DELETE 0")


@pytest.mark.parametrize("table", ["flows.meter_registry", "public.properties", "public.customers", "public.contracts"])
async def test_admin_cannot_move_a_row_to_another_community(tx: Connection, world: World, table: str) -> None:
    await refused(tx, "admin", world.ann_admin, f"UPDATE {table} SET esco = $1", world.cid.esco)


async def test_admin_cannot_link_to_a_row_of_another_community(tx: Connection, world: World) -> None:
    ann, cid = world.ann, world.cid
    await tx.execute("UPDATE public.properties SET supply_meter = NULL WHERE id = $1", cid.property)
    for statement, *values in (
        ("UPDATE public.properties SET supply_meter = $1 WHERE id = $2", cid.meter.id, ann.property),
        ("UPDATE public.properties SET owner = $1 WHERE id = $2", cid.customer.id, ann.property),
        (
            "INSERT INTO public.customer_accounts (customer, account, role) VALUES ($1, $2, 'owner')",
            cid.customer.id,
            ann.account,
        ),
        (
            "INSERT INTO public.registered_proprietors (property, customer) VALUES ($1, $2)",
            ann.property,
            cid.customer.id,
        ),
        ("UPDATE flows.circuit_register SET register = $1 WHERE register = $2", cid.meter.register, ann.meter.register),
    ):
        await refused(tx, "admin", world.ann_admin, statement, *values)


async def test_admin_changes_no_reading_bill_or_login(tx: Connection, world: World) -> None:
    for table in (
        *TIMED,
        "public.invoices",
        "public.invoice_lines",
        "public.ledger_postings",
        "public.users",
        "flows.audit_log",
    ):
        for statement in (f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
            await refused(tx, "admin", world.operator, statement)


async def test_audit_log_is_read_by_admins_of_all_only(tx: Connection, world: World) -> None:
    assert await seen(tx, "admin", world.ann_admin, "SELECT count(*) FROM flows.audit_log") == {0}
    assert max(await seen(tx, "admin", world.operator, "SELECT count(*) FROM flows.audit_log")) > 0


# Machines


async def test_service_does_what_todays_jobs_send(tx: Connection, world: World) -> None:
    meter = world.ann.meter
    async with acting_as(tx, "service"):
        for statement, *values in (
            (
                "UPDATE flows.meter_shadows SET health = 'healthy', health_details = '', csq = 20 WHERE id = $1",
                meter.id,
            ),
            ("UPDATE flows.meter_registry SET firmware_version = '6_35_9' WHERE id = $1", meter.id),
            ("UPDATE public.topups SET status = 'completed', used_at = $2 WHERE meter = $1", meter.id, JUNE),
        ):
            assert await tx.execute(statement, *values) == "UPDATE 1"
        events = """INSERT INTO flows.meter_event_log (meter_id, timestamp, event_type, event_set)
                    VALUES ($1, $2, 33, 0), ($1, $2, 34, 0) ON CONFLICT (meter_id, timestamp, event_type) DO NOTHING"""
        assert await tx.execute(events, meter.id, JUNE) == "INSERT 0 1"
        assert len(await tx.fetch("SELECT serial FROM flows.get_meters_for_cli(NULL, NULL)")) == 3
        assert await tx.fetch("SELECT * FROM public.meters_missing_future_tariffs('none')") == []
        assert await tx.fetch("SELECT * FROM public.submittable_payments()") == []
        joined = "SELECT wallet.balance FROM public.meters JOIN public.wallets AS wallet ON wallet.id = meters.wallet"
        assert len(await tx.fetch(joined)) == 3
        due = "SELECT name FROM flows.meter_metrics WHERE enabled AND run_frequency = 'hourly'"
        assert len(await tx.fetch(due)) > 0


async def test_service_reaches_no_login_bill_or_ledger_to_change_it(tx: Connection, world: World) -> None:
    for statement in (
        "SELECT password_hash FROM public.users",
        "UPDATE public.users SET role = 'admin'",
        "INSERT INTO public.user_escos (user_id, esco) SELECT user_id, esco FROM public.user_escos",
        "UPDATE public.invoices SET status = 'paid'",
        "DELETE FROM public.ledger_postings",
        "UPDATE flows.register_interval_daily SET kwh = 0",
        "DELETE FROM flows.meter_shadows",
        "UPDATE public.meters SET balance = 0",
        "UPDATE public.meters SET prepay_enabled = true",
        "DELETE FROM flows.audit_log",
        "SELECT token_hash FROM flows.refresh_tokens",
    ):
        await refused(tx, "service", None, statement)


async def test_reporting_reads_every_home_and_no_secret(tx: Connection, world: World) -> None:
    text = "".join((await everything(tx, "reporting", None)).values())
    assert all(mark in text for home in (world.ann, world.bob, world.cid) for mark in marks(home))
    for secret in (
        "SELECT password_hash FROM public.users",
        "SELECT invite_token FROM public.customer_invites",
        "SELECT token_hash FROM flows.refresh_tokens",
        "SELECT after FROM flows.audit_log",
    ):
        await refused(tx, "reporting", None, secret)
