"""Which invoices are paid: an account's balance is what its newest invoices still lack."""

from datetime import datetime

from flows_shared.db import Connection

SET_STATUSES = "SELECT flows.set_invoice_statuses(NULL, $1)"


async def set_statuses(db: Connection, now: datetime) -> int:
    """Let every issued invoice say whether it is paid, part paid or overdue; how many changed.

    What is posted tells the invoices of its accounts at once; only time makes others overdue.
    """
    changed: int = await db.fetchval(SET_STATUSES, now)
    return changed
