"""Bills become invoices: numbered, dated, stored and posted, in the caller's transaction."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flows_billing.communities.esco import Esco
from flows_billing.invoices.balances import balances_before
from flows_billing.invoices.entries import invoice_entries
from flows_billing.invoices.invoice import NOTHING_BEFORE, Balance, Invoice
from flows_billing.invoices.solar_credits import apply_solar_credits
from flows_billing.invoices.store import insert_invoices, insert_lines, insert_reads, take_numbers
from flows_billing.ledger.store import post_entries
from flows_billing.rating.bill import Bill
from flows_shared.bulk import new_ids
from flows_shared.db import Connection
from flows_shared.time import local_date


async def issue_bills(
    db: Connection, esco: Esco, run: UUID | None, bills: Sequence[Bill], now: datetime
) -> list[Invoice]:
    """`run` is the one that they belong to, if any."""
    numbers = await take_numbers(db, esco.id, len(bills))
    balances = await balances_before(db, [bill.plan.account.id for bill in bills])
    invoices = _number(bills, numbers, balances, esco, now)
    await insert_invoices(db, esco, run, invoices)
    entries = asyncio.create_task(asyncio.to_thread(invoice_entries, invoices))  # while the lines are stored
    await insert_lines(db, invoices)
    await insert_reads(db, invoices)
    await apply_solar_credits(db, invoices)
    await post_entries(db, esco.id, await entries)
    return invoices


def _number(
    bills: Sequence[Bill], numbers: Sequence[str], balances: Mapping[UUID, Balance], esco: Esco, now: datetime
) -> list[Invoice]:
    """Where two share an account in a month, neither is told what the account owed before: it may be the other's."""
    issue_date = local_date(now, esco.zone)
    due_date = issue_date + timedelta(days=esco.payment_days)
    payers = Counter(bill.plan.account.id for bill in bills)
    known = {account: balance for account, balance in balances.items() if payers[account] == 1}
    return [
        Invoice(id, number, bill, issue_date, due_date, known.get(bill.plan.account.id, NOTHING_BEFORE))
        for id, bill, number in zip(new_ids(len(bills)), bills, numbers, strict=True)
    ]
