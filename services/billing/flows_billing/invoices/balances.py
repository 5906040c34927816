"""What stood on accounts before an invoice, from their receivables in the ledger."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.invoices.invoice import Balance
from flows_shared.db import Connection

# Postings are numbered as they come: up to the last invoice's own they are the balance that it left.
BALANCES = """
    SELECT ledger.account,
           coalesce(sum(posting.amount_pence) FILTER (WHERE posting.id <= invoiced.last), 0)::bigint AS previous,
           coalesce(-sum(posting.amount_pence) FILTER (WHERE posting.id > invoiced.last), 0)::bigint AS payments
      FROM public.ledger_accounts AS ledger
      JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
      JOIN LATERAL (SELECT coalesce(max(charge.id), 0) AS last
                      FROM public.ledger_postings AS charge
                      JOIN public.ledger_entries AS entry ON entry.id = charge.entry AND entry.kind = 'invoice'
                     WHERE charge.ledger_account = ledger.id) AS invoiced ON true
     WHERE ledger.account = ANY($1) AND ledger.code = 'receivable'
     GROUP BY ledger.account
"""


async def balances_before(db: Connection, accounts: Sequence[UUID]) -> dict[UUID, Balance]:
    """By account; one without postings is left out."""
    return {account: Balance(*pence) for account, *pence in await db.fetch(BALANCES, accounts)}
