"""Money that is paid back to a customer, in the ledger."""

from datetime import date
from uuid import UUID, uuid4

from flows_billing.ledger.entries import Entry, LedgerCode, Posting
from flows_billing.ledger.store import post_entries
from flows_shared.db import Connection


async def request_refund(
    db: Connection, esco: UUID, account: UUID, amount_pence: int, reference: str, day: date
) -> None:
    """Owe an account its credit no longer, as it is paid back from the bank."""
    postings = (
        Posting(LedgerCode.RECEIVABLE, account, amount_pence),
        Posting(LedgerCode.BANK, None, -amount_pence),
    )
    entry = Entry(
        id=uuid4(),
        kind="refund",
        reference=reference,
        description="Credit paid back",
        entry_date=day,
        invoice=None,
        postings=postings,
    )
    await post_entries(db, esco, [entry])
