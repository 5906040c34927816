"""Money events stand in the ledger once, in the transaction of the event, whoever writes them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from access import acting_as, seen
from builders import Home, insert, make_account, make_admin, make_home
from flows_shared.db import Connection

POSTINGS = """
    SELECT entry.kind, ledger.code, posting.amount_pence
      FROM public.ledger_postings AS posting
      JOIN public.ledger_entries AS entry ON entry.id = posting.entry
      JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
     ORDER BY posting.id
"""


async def posted(tx: Connection) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in await tx.fetch(POSTINGS)]


async def make_payment(tx: Connection, home: Home, **values: Any) -> UUID:
    given = {"account": home.account, "amount_pence": 2000, "status": "pending", **values}
    return UUID(str((await insert(tx, "public.payments", **given))["id"]))


async def make_topup(tx: Connection, home: Home, source: str, **values: Any) -> UUID:
    given = {"meter": home.meter.id, "amount_pence": 1500, "source": source, "status": "wait_token_push", **values}
    return UUID(str((await insert(tx, "public.topups", **given))["id"]))


async def make_invoice(tx: Connection, home: Home, number: str, issued: date, pence: int) -> UUID:
    """Issued and posted, due in 2100."""
    invoice = await insert(
        tx,
        "public.invoices",
        number=number,
        esco=home.esco,
        account=home.account,
        customer=home.customer.id,
        period_start=issued.replace(day=1),
        period_end=issued,
        issue_date=issued,
        due_date=date(2100, 1, 1),
        net_pence=pence,
        vat_pence=0,
        total_pence=pence,
    )
    await tx.execute(
        """WITH ledger AS (
               INSERT INTO public.ledger_accounts (esco, code, type, name, account)
               VALUES ($1, 'receivable', 'asset', 'Owed', $2), ($1, 'sales', 'income', 'Sales', NULL)
                   ON CONFLICT (esco, code, account) DO UPDATE SET code = excluded.code
               RETURNING id, account
           ), entry AS (
               INSERT INTO public.ledger_entries (esco, kind, reference, description, entry_date, invoice)
               VALUES ($1, 'invoice', $3, 'Energy bill', $4, $5) RETURNING id
           )
           INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
           SELECT entry.id, ledger.id, CASE WHEN ledger.account IS NULL THEN -$6::bigint ELSE $6::bigint END
             FROM entry, ledger""",
        home.esco,
        home.account,
        number,
        issued,
        invoice["id"],
        pence,
    )
    return UUID(str(invoice["id"]))


async def statuses(tx: Connection) -> list[str]:
    return [row["status"] for row in await tx.fetch("SELECT status FROM public.invoices ORDER BY number")]


# Payments


async def test_payment_is_posted_when_a_job_says_that_it_succeeded(tx: Connection) -> None:
    home = await make_home(tx)
    payment = await make_payment(tx, home)
    assert await posted(tx) == []
    async with acting_as(tx, "service"):
        for status in ("processing", "succeeded", "succeeded"):
            await tx.execute("UPDATE public.payments SET status = $2 WHERE id = $1", payment, status)
        await tx.execute("UPDATE public.payments SET receipt_url = 'https://r.example' WHERE id = $1", payment)
    assert await posted(tx) == [("payment", "bank", 2000), ("payment", "receivable", -2000)]


async def test_payment_that_is_made_as_succeeded_is_posted_on_the_day_it_was_received(tx: Connection) -> None:
    home = await make_home(tx)
    await make_payment(tx, home, status="succeeded", received_on=date(2026, 10, 3), description="Cheque 17")
    [entry] = await tx.fetch("SELECT entry_date, description, esco FROM public.ledger_entries")
    assert tuple(entry) == (date(2026, 10, 3), "Cheque 17", home.esco)


async def test_late_failure_takes_the_payment_back_once_and_for_good(tx: Connection) -> None:
    home = await make_home(tx)
    payment = await make_payment(tx, home, status="succeeded")
    for _ in range(2):
        await tx.execute("UPDATE public.payments SET status = 'failed' WHERE id = $1", payment)
    assert await posted(tx) == [
        ("payment", "bank", 2000),
        ("payment", "receivable", -2000),
        ("payment", "receivable", 2000),
        ("payment", "bank", -2000),
    ]
    assert await tx.fetchval("SELECT reversed_at FROM public.payments") is not None
    with pytest.raises(asyncpg.RestrictViolationError, match="is in the ledger"):
        await tx.execute("UPDATE public.payments SET status = 'succeeded' WHERE id = $1", payment)


async def test_payment_that_failed_at_first_posts_nothing_and_may_still_succeed(tx: Connection) -> None:
    home = await make_home(tx)
    payment = await make_payment(tx, home, status="failed")
    assert await posted(tx) == []
    await tx.execute("UPDATE public.payments SET status = 'succeeded' WHERE id = $1", payment)
    assert len(await posted(tx)) == 2


@pytest.mark.parametrize(
    "change",
    ["status = 'pending'", "status = 'cancelled'", "amount_pence = 1999", "account = NULL"],
)
async def test_what_is_posted_of_a_payment_does_not_change(tx: Connection, change: str) -> None:
    payment = await make_payment(tx, await make_home(tx), status="succeeded")
    with pytest.raises(asyncpg.RestrictViolationError):
        await tx.execute(f"UPDATE public.payments SET {change} WHERE id = $1", payment)


async def test_payment_in_the_ledger_is_not_deleted(tx: Connection) -> None:
    payment = await make_payment(tx, await make_home(tx), status="succeeded")
    with pytest.raises(asyncpg.RestrictViolationError, match=f"public.payments {payment} is in the ledger"):
        await tx.execute("DELETE FROM public.payments")


async def test_many_payments_of_one_statement_are_each_posted(tx: Connection) -> None:
    homes = [await make_home(tx) for _ in range(3)]
    for home in homes:
        await make_payment(tx, home)
    await tx.execute("UPDATE public.payments SET status = 'succeeded'")
    balances = {row["account"]: row["balance_pence"] for row in await tx.fetch("TABLE public.account_balances")}
    assert balances == {home.account: -2000 for home in homes}


# Top-ups


@pytest.mark.parametrize(
    ("source", "debit"),
    [("payment", "bank"), ("gift", "gifts"), ("solar_credit", "solar_credits"), ("adjustment", "adjustments")],
)
async def test_completed_topup_moves_money_to_meters_by_its_source(tx: Connection, source: str, debit: str) -> None:
    topup = await make_topup(tx, await make_home(tx), source)
    assert await posted(tx) == []
    async with acting_as(tx, "service"):
        await tx.execute(
            "UPDATE public.topups SET status = 'completed', used_at = $2 WHERE id = $1",
            topup,
            datetime(2026, 10, 31, 23, 30, tzinfo=UTC),
        )
    assert await posted(tx) == [("topup", debit, 1500), ("topup", "meter_credit", -1500)]
    assert await tx.fetchval("SELECT entry_date FROM public.ledger_entries") == date(2026, 10, 31)


async def test_topup_of_a_known_payment_is_taken_from_the_account_that_paid(tx: Connection) -> None:
    home = await make_home(tx)
    payment = await make_payment(tx, home, status="succeeded", amount_pence=1500)
    topup = await make_topup(tx, home, "payment")
    await insert(tx, "public.topups_payments", topup_id=topup, payment_id=payment)
    await tx.execute("UPDATE public.topups SET status = 'completed'")
    assert (await posted(tx))[2:] == [("topup", "receivable", 1500), ("topup", "meter_credit", -1500)]
    assert await tx.fetchval("SELECT balance_pence FROM public.account_balances") == 0


async def test_payment_that_is_linked_late_takes_the_topup_from_the_account_after_all(tx: Connection) -> None:
    home = await make_home(tx)
    payment = await make_payment(tx, home, status="succeeded", amount_pence=1500)
    topup = await make_topup(tx, home, "payment", status="completed")
    await insert(tx, "public.topups_payments", topup_id=topup, payment_id=payment)
    sums = await tx.fetch(
        """SELECT ledger.code, sum(posting.amount_pence) AS pence
             FROM public.ledger_postings AS posting
             JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
            GROUP BY ledger.code"""
    )
    assert {row["code"]: row["pence"] for row in sums} == {"bank": 1500, "receivable": 0, "meter_credit": -1500}


async def test_completed_topup_stays_as_it_is(tx: Connection) -> None:
    topup = await make_topup(tx, await make_home(tx), "gift", status="completed")
    for change in ("status = 'failed_token_push'", "amount_pence = 1", "source = 'payment'"):
        with pytest.raises(asyncpg.RestrictViolationError, match="is in the ledger"):
            async with tx.transaction():
                await tx.execute(f"UPDATE public.topups SET {change} WHERE id = $1", topup)
    await tx.execute("UPDATE public.topups SET status = 'completed', notes = 'said again' WHERE id = $1", topup)
    assert len(await posted(tx)) == 2


# Gifts, refunds, write-offs


async def test_gift_lands_on_the_account_that_it_names(tx: Connection) -> None:
    home = await make_home(tx)
    gift = await insert(tx, "public.gifts", customer=home.customer.id, amount_pence=500, reason="Welcome")
    assert await posted(tx) == []
    admin = await make_admin(tx, home.esco)
    async with acting_as(tx, "admin", admin):
        await tx.execute("UPDATE public.gifts SET account = $2 WHERE id = $1", gift["id"], home.account)
    assert await posted(tx) == [("gift", "gifts", 500), ("gift", "receivable", -500)]


async def test_gift_lands_on_no_strangers_account(tx: Connection) -> None:
    home = await make_home(tx)
    other = await make_home(tx, home.esco)
    admin = await make_admin(tx, home.esco)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(tx, "admin", admin):
            await insert(tx, "public.gifts", customer=home.customer.id, amount_pence=500, account=other.account)


async def test_gift_is_given_once(tx: Connection) -> None:
    home = await make_home(tx)
    on_account = await insert(tx, "public.gifts", customer=home.customer.id, amount_pence=500, account=home.account)
    as_topup = await insert(tx, "public.gifts", customer=home.customer.id, amount_pence=500)
    await insert(tx, "public.topups_gifts", topup_id=await make_topup(tx, home, "gift"), gift_id=as_topup["id"])
    topup = await make_topup(tx, home, "gift")
    for statement, *values in (
        ("INSERT INTO public.topups_gifts (topup_id, gift_id) VALUES ($1, $2)", topup, on_account["id"]),
        ("UPDATE public.gifts SET account = $1 WHERE id = $2", home.account, as_topup["id"]),
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="not both"):
            async with tx.transaction():
                await tx.execute(statement, *values)


async def test_refund_and_write_off_are_posted_and_stay(tx: Connection) -> None:
    home = await make_home(tx)
    on = date(2026, 11, 1)
    common = {"account": home.account, "amount_pence": 700, "reason": "Moved out"}
    await insert(tx, "public.refunds", **common, method="bank_transfer", paid_on=on)
    await insert(tx, "public.write_offs", **common, approved_by="The board", written_off_on=on)
    assert await posted(tx) == [
        ("refund", "receivable", 700),
        ("refund", "bank", -700),
        ("write_off", "bad_debts", 700),
        ("write_off", "receivable", -700),
    ]
    for table in ("refunds", "write_offs"):
        for statement in (f"UPDATE public.{table} SET amount_pence = 1", f"DELETE FROM public.{table}"):
            with pytest.raises(asyncpg.RestrictViolationError, match="never changed"):
                async with tx.transaction():
                    await tx.execute(statement)


@pytest.mark.parametrize("missing", ["reason", "approved_by"])
async def test_write_off_names_its_reason_and_who_approved(tx: Connection, missing: str) -> None:
    home = await make_home(tx)
    given: dict[str, Any] = {"reason": "Bankrupt", "approved_by": "The board", "written_off_on": date(2026, 11, 1)}
    with pytest.raises(asyncpg.CheckViolationError):
        await insert(tx, "public.write_offs", account=home.account, amount_pence=1, **{**given, missing: ""})


async def test_customers_see_their_refunds_and_nobody_but_the_service_records_money(tx: Connection) -> None:
    home, other = await make_home(tx), await make_home(tx)
    for each in (home, other):
        on = {"paid_on": date(2026, 11, 1)}
        await insert(tx, "public.refunds", account=each.account, amount_pence=1, reason="R", method="cash", **on)
    count = "SELECT count(*) FROM public.refunds"
    assert await seen(tx, "customer", home.customer.login, count) == {1}
    for role in ("customer", "admin", "service"):
        for table in ("refunds", "write_offs"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with acting_as(tx, role, home.customer.login):
                    await tx.execute(f"INSERT INTO public.{table} (account) VALUES ($1)", home.account)


# What follows


async def test_invoices_say_at_once_what_a_payment_covers_from_the_oldest_on(tx: Connection) -> None:
    home = await make_home(tx)
    for month in (9, 10, 11):
        await make_invoice(tx, home, f"N-{month:02}", date(2026, month, 2), 1000)
    assert await statuses(tx) == ["issued", "issued", "issued"]
    payment = await make_payment(tx, home, amount_pence=1500, status="succeeded")
    assert await statuses(tx) == ["paid", "part_paid", "issued"]
    await tx.execute("UPDATE public.payments SET status = 'failed' WHERE id = $1", payment)
    assert await statuses(tx) == ["issued", "issued", "issued"]


async def test_invoice_of_an_account_in_credit_is_paid_when_it_is_posted(tx: Connection) -> None:
    home = await make_home(tx)
    await make_payment(tx, home, amount_pence=1500, status="succeeded")
    await make_invoice(tx, home, "N-1", date(2026, 11, 2), 1000)
    assert await statuses(tx) == ["paid"]


async def test_statement_is_the_customers_own_with_a_running_balance(tx: Connection) -> None:
    home = await make_home(tx)
    second = await make_account(tx, home.property, home.customer.id, type="solar")
    stranger = await make_home(tx)
    await make_payment(tx, stranger, status="succeeded")
    await make_invoice(tx, home, "N-1", date(2026, 11, 2), 3000)
    await make_payment(tx, home, status="succeeded", received_on=date(2026, 11, 5), description="Direct debit")
    await make_payment(tx, home, status="succeeded", account=second, amount_pence=100)
    lines = "SELECT entry_date, kind, description, amount_pence, balance_pence FROM public.account_statements"
    async with acting_as(tx, "customer", home.customer.login):
        found = [tuple(row) for row in await tx.fetch(f"{lines} WHERE account = $1 ORDER BY id", home.account)]
        assert await tx.fetchval("SELECT count(*) FROM public.account_statements") == 3
        kept = await tx.fetch(
            "SELECT type, amount, balance FROM public.transactions WHERE account = $1 ORDER BY id", home.account
        )
    assert found == [
        (date(2026, 11, 2), "invoice", "Energy bill", 3000, 3000),
        (date(2026, 11, 5), "payment", "Direct debit", -2000, 1000),
    ]
    assert [tuple(row) for row in kept] == [("invoice", 30, 30), ("payment", -20, 10)]
