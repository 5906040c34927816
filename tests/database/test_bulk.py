"""Many rows at once, into tables with policies."""

from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from access import acting_as
from builders import make_admin, make_esco
from flows_shared.bulk import insert_rows
from flows_shared.db import Connection

BALANCES = "SELECT balance FROM public.wallets WHERE esco = $1 ORDER BY balance"


async def test_rows_of_two_shapes_go_into_one_table_in_a_transaction(tx: Connection) -> None:
    esco = await make_esco(tx)
    async with acting_as(tx, "service"):
        await insert_rows(tx, "public.wallets", "id, esco, balance", ((uuid4(), esco, Decimal(n)) for n in (1, 2, 3)))
        await insert_rows(tx, "public.wallets", "balance, esco", [(Decimal("4.5"), esco)])
    assert [row["balance"] for row in await tx.fetch(BALANCES, esco)] == [1, 2, 3, Decimal("4.5")]


async def test_policies_refuse_all_rows_where_one_is_anothers(tx: Connection) -> None:
    own, others = await make_esco(tx, code="OWN"), await make_esco(tx, code="OTHERS")
    admin = await make_admin(tx, own)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with acting_as(tx, "admin", admin):
            await insert_rows(tx, "public.wallets", "esco, balance", [(own, Decimal(1)), (others, Decimal(2))])
    assert await tx.fetch(BALANCES, own) == []


async def test_no_rows_are_no_insert(tx: Connection) -> None:
    await insert_rows(tx, "public.wallets", "balance", [])
    assert await tx.fetchval("SELECT count(*) FROM public.wallets") == 0
