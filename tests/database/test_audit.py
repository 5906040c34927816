"""Every change of a business table is on record, and the record stays."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from access import acting_as
from builders import insert, make_admin, make_esco, make_home, make_meter
from database.belongings import make_belongings
from flows_shared.db import Connection

# Added to and never changed, or computed from what is audited.
OWN_RECORD = {
    *("correction_decisions", "credit_notes", "invoice_lines", "invoice_reads"),
    *("ledger_accounts", "ledger_entries", "ledger_postings"),
}
COMPUTED = {
    *("billing_run_accounts", "documents", "invoice_series", "monthly_costs", "monthly_usage", "report_refreshes"),
    *("sharing_half_hours", "sharing_months", "stale_invoices"),
}

NOT_AUDITED = """
    SELECT relname::text, event.bit
      FROM pg_class, (VALUES (4), (8), (16)) AS event (bit)  -- insert, delete, update: as pg_trigger.tgtype has them
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND NOT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                        WHERE tgrelid = pg_class.oid AND proname LIKE 'audit\\_%' AND tgtype::integer & event.bit > 0)
"""


SECRET_COLUMNS = r"""
    SELECT attrelid::regclass::text AS place, attname::text AS name, format_type(atttypid, -1) AS type
      FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p') AND NOT relispartition
     WHERE relnamespace IN ('public'::regnamespace, 'flows'::regnamespace) AND attnum > 0 AND NOT attisdropped
       AND attname ~ 'token|secret|passw|passphrase|api_key|_hash$|(^|_)pin$|invite_url'
       AND EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                    WHERE tgrelid = attrelid AND proname LIKE 'audit\_%')
"""


async def records(tx: Connection, table: str, key: object) -> list[dict[str, Any]]:
    rows = await tx.fetch(
        "SELECT * FROM flows.audit_log WHERE table_name = $1 AND row_id = $2 ORDER BY id", table, str(key)
    )
    return [dict(row) for row in rows]


async def test_every_business_table_is_audited_in_all_that_changes_it(tx: Connection) -> None:
    assert {row[0] for row in await tx.fetch(NOT_AUDITED)} == OWN_RECORD | COMPUTED


async def test_every_row_that_a_home_brings_is_on_record(tx: Connection) -> None:
    await make_belongings(tx, await make_home(tx))
    audited = {row[0] for row in await tx.fetch("SELECT DISTINCT table_name FROM flows.audit_log")}
    assert len(audited) > 30
    inserted = "SELECT count(*) FROM flows.audit_log WHERE table_name = $1 AND action = 'insert'"
    for table in audited - {"public.meters"}:  # those follow flows.meter_registry
        rows = await tx.fetchval(f"SELECT count(*) FROM {table}")
        assert await tx.fetchval(inserted, table) >= rows > 0, table


async def test_change_says_from_what_to_what(tx: Connection) -> None:
    esco = await make_esco(tx, name="West")
    wallet = (await insert(tx, "public.wallets", esco=esco, balance=5))["id"]
    await tx.execute("UPDATE public.wallets SET balance = 7 WHERE id = $1", wallet)
    await tx.execute("DELETE FROM public.wallets WHERE id = $1", wallet)
    made, changed, gone = await records(tx, "public.wallets", wallet)
    assert [record["action"] for record in (made, changed, gone)] == ["insert", "update", "delete"]
    assert (made["before"], made["after"]["balance"]) == (None, 5)
    assert (changed["before"]["balance"], changed["after"]["balance"]) == (5, 7)
    assert (gone["before"]["balance"], gone["after"]) == (7, None)
    assert made["at"] == await tx.fetchval("SELECT now()")


async def test_change_of_many_rows_leaves_a_record_for_each_and_none_where_nothing_changes(tx: Connection) -> None:
    wallets = [(await insert(tx, "public.wallets", balance=balance))["id"] for balance in (1, 2, 3)]
    await tx.execute("UPDATE public.wallets SET balance = 3")
    updates = [[record["action"] for record in await records(tx, "public.wallets", wallet)] for wallet in wallets]
    assert updates == [["insert", "update"], ["insert", "update"], ["insert"]]


async def test_record_names_the_person_a_service_acts_for_else_the_subject_else_the_login(tx: Connection) -> None:
    esco = await make_esco(tx)
    admin = await make_admin(tx, esco)
    wallet = (await insert(tx, "public.wallets", esco=esco))["id"]
    for balance, claims in enumerate(({}, {"act": "ann@example.org"}), 1):
        async with acting_as(tx, "admin", admin, **claims):
            await tx.execute("UPDATE public.wallets SET target_balance = $1", 50 + balance)
    made, by_subject, for_another = await records(tx, "public.wallets", wallet)
    login = await tx.fetchval("SELECT session_user")
    assert (made["actor"], made["role"]) == (login, login)
    assert (by_subject["actor"], by_subject["role"]) == (str(admin), "admin")
    assert (for_another["actor"], for_another["role"]) == ("ann@example.org", "admin")


async def test_row_with_a_key_of_two_columns_is_named_by_both(tx: Connection) -> None:
    esco = await make_esco(tx)
    admin = await make_admin(tx, esco)
    assert [record["action"] for record in await records(tx, "public.user_escos", f"{admin},{esco}")] == ["insert"]


async def test_what_is_written_to_a_meters_business_view_is_on_record_and_what_follows_is_not(tx: Connection) -> None:
    meter = await make_meter(tx, await make_esco(tx))
    await tx.execute("UPDATE flows.meter_shadows SET balance = 7")
    assert await records(tx, "public.meters", meter.id) == []
    wallet = (await insert(tx, "public.wallets", balance=0))["id"]
    await tx.execute("UPDATE public.meters SET wallet = $1", wallet)
    [record] = await records(tx, "public.meters", meter.id)
    assert record["after"]["wallet"] == str(wallet)


async def test_no_secret_is_on_record(tx: Connection) -> None:
    admin, esco = await make_admin(tx), await make_esco(tx)
    await tx.execute("UPDATE public.users SET password_hash = 'hidden-1'")
    await tx.execute("UPDATE public.users SET disabled_at = now()")
    await insert(tx, "flows.meter_proxies", esco=esco, host="proxy.example", password="hidden-2")
    await insert(
        tx, "flows.meter_sources", esco=esco, url="https://other.example", api_key="hidden-3", token="hidden-4"
    )
    assert len(await records(tx, "public.users", admin)) >= 2
    for table in ("flows.meter_proxies", "flows.meter_sources"):
        assert len(await records(tx, table, esco)) == 1
    log = [dict(row) for row in await tx.fetch("SELECT before, after FROM flows.audit_log")]
    assert "hidden" not in json.dumps(log)


async def test_no_column_whose_name_says_secret_is_on_record(tx: Connection) -> None:
    await make_belongings(tx, await make_home(tx))
    walked, values = set(), []
    for place, name, kind in await tx.fetch(SECRET_COLUMNS):
        value = str(uuid4()) if kind == "uuid" else "98765432109876543210"
        rows = await tx.fetch(f"""UPDATE {place} SET "{name}" = '{value}' RETURNING 1""")
        values += [value]
        walked |= {(place, name)} if rows else set()
    assert walked >= {
        ("users", "password_hash"),
        ("customer_invites", "invite_token"),
        ("customer_invites", "mailed_token"),
        ("customer_invites", "invite_url"),
        ("topups", "token"),
    }
    log = [dict(row) for row in await tx.fetch("SELECT row_id, before, after FROM flows.audit_log")]
    text = json.dumps(log)
    assert [value for value in values if value in text] == []


async def test_token_within_a_command_or_an_event_is_on_record_by_its_hash_or_not_at_all(tx: Connection) -> None:
    said = {"kind": "token", "token": "12345678901234567890", "deep": [{"client_secret": "abc", "amount": 5}]}
    seen = await tx.fetchval("SELECT flows.without_secrets($1)", said)
    assert seen == {"kind": "token", "deep": [{"amount": 5}]}


async def test_records_of_an_invite_stay_together_by_the_seal_of_its_token(tx: Connection) -> None:
    customer = (await insert(tx, "public.customers", fullname="Dee", esco=await make_esco(tx)))["id"]
    token = (await insert(tx, "public.customer_invites", customer=customer))["invite_token"]
    await tx.execute("UPDATE public.customer_invites SET status = 'sent'")
    kept = await tx.fetchval("SELECT invite_token FROM public.customer_invites")
    await tx.execute("DELETE FROM public.customer_invites")
    digest = sha256(str(token).encode()).hexdigest()
    named = str(UUID(f"{digest[:12]}8{digest[13:16]}a{digest[17:32]}"))
    assert named == str(kept)
    made, _sent, gone = await records(tx, "public.customer_invites", named)
    assert (made["after"]["invite_token"], gone["before"]["invite_token"]) == (named, named)
    assert made["after"]["customer"] == str(customer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE flows.audit_log SET actor = 'nobody'",
        "DELETE FROM flows.audit_log",
        "TRUNCATE flows.audit_log",
    ],
)
async def test_not_even_its_owner_changes_the_record(tx: Connection, statement: str) -> None:
    await make_esco(tx)
    with pytest.raises(asyncpg.RestrictViolationError, match=r"flows\.audit_log can be added to, never changed"):
        async with tx.transaction():
            await tx.execute(statement)
    assert await tx.fetchval("SELECT count(*) FROM flows.audit_log WHERE actor <> 'nobody'") > 0


@pytest.mark.parametrize("role", ["anon", "customer", "admin", "service", "reporting", "flows_billing"])
async def test_no_role_writes_the_record_itself(tx: Connection, role: str) -> None:
    forged = """INSERT INTO flows.audit_log (actor, role, action, table_name)
                VALUES ('ann', 'admin', 'update', 'public.wallets')"""
    for statement in (forged, "UPDATE flows.audit_log SET actor = 'nobody'", "DELETE FROM flows.audit_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with acting_as(tx, role):
                await tx.execute(statement)
