"""Whatever is done in whatever order, and wherever it is cut off: the books balance and say what was done."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import ACT
from builders import Home, insert, make_home
from databases import Background, RoleUrl
from flows_billing.errors import RefundTooLarge, WriteOffTooLarge
from flows_billing.ledger.check import check_ledger
from flows_billing.ledger.entries import Entry, LedgerCode, Posting
from flows_billing.ledger.store import post_entries
from flows_billing.payments import record
from flows_billing.payments.store import balance_of
from flows_shared.contracts.money import GiftArguments, PaymentArguments, RefundArguments, WriteOffArguments
from flows_shared.db import Connection, Database, connect

OPERATIONS = ("invoice", "take", "settle", "reverse", "by_hand", "refund", "write_off", "gift", "topup", "complete")
ENDS = ("commit", "commit", "commit", "roll_back", "kill")

Step = tuple[str, int, int, str]
steps = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 1), st.integers(1, 3000), st.sampled_from(ENDS)), max_size=15
)
_days = count()  # an account has one invoice a period


@dataclass
class Expected:
    """What each account owes, in plain Python; and the payments and top-ups by what can become of them."""

    owed: Counter[UUID] = field(default_factory=Counter)
    pending: list[tuple[UUID, UUID, int]] = field(default_factory=list)
    settled: list[tuple[UUID, UUID, int]] = field(default_factory=list)
    topups: list[UUID] = field(default_factory=list)
    used_pence: int = 0

    def copy(self) -> "Expected":
        return Expected(Counter(self.owed), list(self.pending), list(self.settled), list(self.topups), self.used_pence)


async def invoice(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    number, day = f"N-{uuid4().hex[:8]}", date(2000, 1, 1) + timedelta(next(_days))
    row = await insert(
        db,
        "public.invoices",
        number=number,
        esco=home.esco,
        account=home.account,
        customer=home.customer.id,
        period_start=day,
        period_end=day + timedelta(1),
        issue_date=date(2026, 11, 2),
        due_date=date(2026, 11, 16),
        net_pence=pence,
        vat_pence=0,
        total_pence=pence,
        status="issued",
    )
    postings = Posting(LedgerCode.RECEIVABLE, home.account, pence), Posting(LedgerCode.SALES, None, -pence)
    entry = Entry(uuid4(), "invoice", number, "Energy bill", date(2026, 11, 2), row["id"], postings)
    await post_entries(db, home.esco, [entry])
    expected.owed[home.account] += pence


async def take(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    row = await insert(db, "public.payments", account=home.account, amount_pence=pence, status="processing")
    expected.pending.append((row["id"], home.account, pence))


async def settle(db: Connection, _home: Home, pence: int, expected: Expected) -> None:
    if expected.pending:
        payment, account, paid = expected.pending.pop(pence % len(expected.pending))
        await db.execute("UPDATE public.payments SET status = 'succeeded' WHERE id = $1", payment)
        expected.settled.append((payment, account, paid))
        expected.owed[account] -= paid


async def reverse(db: Connection, _home: Home, pence: int, expected: Expected) -> None:
    if expected.settled:
        payment, account, paid = expected.settled.pop(pence % len(expected.settled))
        await db.execute("UPDATE public.payments SET status = 'failed' WHERE id = $1", payment)
        expected.owed[account] += paid


async def by_hand(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    asked = PaymentArguments(amount_pence=pence, method="cash")
    made = await record.record_payment(db, home.account, str(uuid4()), asked)
    expected.settled.append((made.id, home.account, pence))
    expected.owed[home.account] -= pence


async def refund(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    try:
        asked = RefundArguments(amount_pence=pence, method="cash", reason="R")
        await record.record_refund(db, home.account, str(uuid4()), asked)
    except RefundTooLarge:
        assert pence > -expected.owed[home.account]
    else:
        expected.owed[home.account] += pence


async def write_off(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    try:
        asked = WriteOffArguments(amount_pence=pence, reason="R", approved_by="B")
        await record.record_write_off(db, home.account, str(uuid4()), asked)
    except WriteOffTooLarge:
        assert pence > expected.owed[home.account]
    else:
        expected.owed[home.account] -= pence


async def gift(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    await record.record_gift(db, home.account, str(uuid4()), GiftArguments(amount_pence=pence, reason="R"))
    expected.owed[home.account] -= pence


async def topup(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    """Of a payment of this home, where it has one; else of money at the bank, or a gift."""
    payments = [payment for payment, account, _ in expected.settled if account == home.account]
    source = "payment" if pence % 2 else "gift"
    row = await insert(db, "public.topups", meter=home.meter.id, amount_pence=pence, source=source)
    if payments and source == "payment":
        await insert(db, "public.topups_payments", topup_id=row["id"], payment_id=payments[0])
    expected.topups.append(row["id"])


async def complete(db: Connection, home: Home, pence: int, expected: Expected) -> None:
    """As a job does for all meters at once."""
    rows = await db.fetch(
        """UPDATE public.topups AS topup SET status = 'completed' WHERE status = 'pending'
           RETURNING amount_pence, (SELECT payment.account FROM public.topups_payments AS link
                                      JOIN public.payments AS payment ON payment.id = link.payment_id
                                     WHERE link.topup_id = topup.id) AS account"""
    )
    assert len(rows) == len(expected.topups)
    expected.topups.clear()
    for amount_pence, account in rows:
        expected.used_pence += amount_pence
        if account:
            expected.owed[account] += amount_pence


DO: dict[str, Callable[[Connection, Home, int, Expected], Awaitable[None]]] = {
    "invoice": invoice, "take": take, "settle": settle, "reverse": reverse, "by_hand": by_hand, "refund": refund,
    "write_off": write_off, "gift": gift, "topup": topup, "complete": complete,
}  # fmt: skip
BY_JOBS = {"take", "settle", "reverse", "topup", "complete"}  # today's jobs write these tables; the rest is billing's


class CutOff(Exception):
    """The step is not to happen."""


async def do(step: Step, homes: list[Home], urls: dict[str, str], expected: Expected) -> Expected:
    """What is expected then: as before where the step was cut off."""
    operation, which, pence, end = step
    after = expected.copy()
    db = await connect(urls["jobs" if operation in BY_JOBS else "billing"], name="tests")
    try:
        async with db.transaction():
            if operation in BY_JOBS:
                await db.execute(ACT, '{"role":"service"}', "service")
            await DO[operation](db, homes[which], pence, after)
            if end == "roll_back":
                raise CutOff
            if end == "kill":
                await _kill(await db.fetchval("SELECT pg_backend_pid()"), urls["owner"])
    except (CutOff, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError):
        return expected
    finally:
        db.terminate()
    return after


async def _kill(process: int, url: str) -> None:
    """The server's side of the connection, and wait until it is gone."""
    db = await connect(url, name="killer")
    await db.fetchval("SELECT pg_terminate_backend($1, 10000)", process)
    await db.close()


async def run(sequence: list[Step], urls: dict[str, str]) -> None:
    owner = await Database.open(urls["owner"], name="tests", size=2)
    try:
        async with owner.connection() as connection:
            await connection.execute("DELETE FROM public.topups WHERE status = 'pending'")  # of the sequence before
            homes = [await make_home(connection) for _ in range(2)]
            used_before = await _meter_credit(connection)
        expected = Expected()
        for step in sequence:
            expected = await do(step, homes, urls, expected)
            async with owner.connection() as connection:
                found = await check_ledger(connection)
                assert (found.total_pence, found.findings) == (0, ())
        async with owner.connection() as connection:
            rows = await connection.fetch("SELECT account, balance_pence FROM public.account_balances")
            owed = {row["account"]: row["balance_pence"] for row in rows}
            for home in homes:
                assert owed.get(home.account, 0) == expected.owed[home.account]
            assert await _meter_credit(connection) - used_before == expected.used_pence
    finally:
        await owner.close()


async def _meter_credit(db: Connection) -> int:
    pence: Any = await db.fetchval(
        """SELECT coalesce(-sum(amount_pence), 0) FROM public.ledger_postings AS posting
             JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account WHERE code = 'meter_credit'"""
    )
    return int(pence)


def test_books_balance_after_any_operations_cut_off_anywhere(
    database_url: str, role_url: RoleUrl, background: Background
) -> None:
    urls = {"owner": database_url, "jobs": role_url("flows_gateway"), "billing": role_url("flows_billing")}

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def prove(sequence: list[Step]) -> None:
        background.run(run(sequence, urls))

    prove()


async def test_people_at_once_leave_the_books_balanced(db: Database, database_url: str, role_url: RoleUrl) -> None:
    """Many connections at one account, every third of them killed in the middle."""
    urls = {"owner": database_url, "billing": role_url("flows_billing")}
    async with db.connection() as connection:
        home = await make_home(connection)
    work: list[Step] = [
        (operation, 0, 100 + number, "kill" if number % 3 == 2 else "commit")
        for number, operation in enumerate(("by_hand", "gift", "invoice", "gift") * 9)
    ]

    async def line(steps: list[Step]) -> Counter[UUID]:
        expected = Expected()
        for step in steps:
            expected = await do(step, [home], urls, expected)
        return expected.owed

    owed = await asyncio.gather(*(line(work[start::6]) for start in range(6)))
    async with db.connection() as connection:
        found = await check_ledger(connection)
        balance = await balance_of(connection, home.account)
    assert (found.entries, found.total_pence, found.findings) == (24, 0, ())
    assert balance == sum(each[home.account] for each in owed)
