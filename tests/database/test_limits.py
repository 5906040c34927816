"""What one who may write may not write: past a cap, ahead of the neighbours, without an end, or without a trace."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from access import acting_as
from builders import insert, make_admin, make_esco, make_home
from database.belongings import JUNE, make_readings
from flows_shared.db import Connection

UNBOUNDED = """
    SELECT format('%s.%s', attrelid::regclass, attname)
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p') AND NOT relispartition
     WHERE relnamespace IN ('public'::regnamespace, 'flows'::regnamespace) AND attnum > 0 AND NOT attisdropped
       AND attgenerated = '' AND atttypid = 'text'::regtype
       AND (has_column_privilege('admin', attrelid, attnum, 'INSERT')
            OR has_column_privilege('admin', attrelid, attnum, 'UPDATE')
            OR has_column_privilege('customer', attrelid, attnum, 'UPDATE'))
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND conkey = ARRAY[attnum]
                          AND pg_get_constraintdef(oid) ~ 'length')
"""


async def test_gift_of_no_account_is_bound_by_its_communitys_limit(tx: Connection) -> None:
    home = await make_home(tx)
    await tx.execute("UPDATE flows.escos SET payment_limit_pence = 50000")
    await insert(tx, "public.gifts", customer=home.customer.id, amount_pence=50000)
    with pytest.raises(asyncpg.CheckViolationError, match="50001 pence are more than"):
        async with tx.transaction():
            await insert(tx, "public.gifts", customer=home.customer.id, amount_pence=50001)
    with pytest.raises(asyncpg.CheckViolationError, match="2000000000 pence are more than"):
        async with tx.transaction():
            await tx.execute("UPDATE public.gifts SET amount_pence = 2000000000")


async def test_admin_takes_no_account_number_that_is_not_given_out_yet(tx: Connection) -> None:
    home = await make_home(tx)
    admin = await make_admin(tx, home.esco)
    given = await tx.fetchval("SELECT account_number FROM public.accounts WHERE id = $1", home.account)
    for statement in (
        f"UPDATE public.accounts SET account_number = {given + 1}",
        f"""INSERT INTO public.accounts (property, type, start_date, account_number)
            VALUES ('{home.property}', 'supply', '2026-06-01', {given + 1})""",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="is not given out yet"):
            async with acting_as(tx, "admin", admin):
                await tx.execute(statement)


async def test_half_hours_that_go_with_their_register_leave_a_record(tx: Connection) -> None:
    home = await make_home(tx)
    await make_readings(tx, home.meter, JUNE)
    await tx.execute("DELETE FROM flows.meter_registers WHERE register_id = $1", home.meter.register)
    record = await tx.fetchrow("SELECT * FROM flows.audit_log WHERE table_name = 'flows.register_interval_hh'")
    assert record is not None
    assert (record["action"], UUID(record["row_id"])) == ("delete", home.meter.register)
    assert (record["before"]["half_hours"], record["before"]["kwh"]) == (1, 1)
    assert datetime.fromisoformat(record["before"]["first"]) == datetime(2026, 6, 15, 12, tzinfo=UTC)


async def test_every_text_that_people_write_has_an_end(tx: Connection) -> None:
    assert [row[0] for row in await tx.fetch(UNBOUNDED)] == []
    esco = await make_esco(tx)
    with pytest.raises(asyncpg.CheckViolationError, match="fullname_at_most_1000"):
        await insert(tx, "public.customers", fullname="n" * 900_000, esco=esco)


async def test_wallet_holds_a_number(tx: Connection) -> None:
    esco = await make_esco(tx)
    with pytest.raises(asyncpg.CheckViolationError, match="balance_within"):
        await insert(tx, "public.wallets", esco=esco, balance="NaN")
