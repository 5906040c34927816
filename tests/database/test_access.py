"""Row level security: who sees and changes what of three homes that have everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from access import acting_as, seen
from builders import Home, insert, make_admin, make_home
from database.belongings import JUNE, MONTH, TIMED, make_belongings
from databases import Background
from flows_shared.db import Connection, connect

READABLE = """
    SELECT format('%I.%I', nspname, relname) AS name, string_agg(format('%I', attname), ', ') AS columns
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p', 'v')
       AND has_column_privilege($1, pg_class.oid, attnum, 'SELECT')
     GROUP BY 1
"""


@dataclass(frozen=True)
class World:
    """Ann and Bob are neighbours, Cid lives in another community."""

    ann: Home
    bob: Home
    cid: Home
    ann_admin: UUID
    cid_admin: UUID
    operator: UUID


@pytest.fixture(scope="module")
def world(calendar_url: str, background: Background) -> World:
    """Made once for the file; what a test changes in it is rolled back."""

    async def make() -> World:
        db = await connect(calendar_url, name="tests")
        async with db.transaction():
            ann = await make_home(db)
            bob, cid = await make_home(db, ann.esco), await make_home(db)
            for home in (ann, bob, cid):
                await make_belongings(db, home)
            admins = [await make_admin(db, ann.esco), await make_admin(db, cid.esco), await make_admin(db)]
        await db.close()
        return World(ann, bob, cid, *admins)

    return background.run(make())


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
