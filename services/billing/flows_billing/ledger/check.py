"""The ledger against itself and against what it stands for."""

from collections.abc import Sequence
from uuid import UUID

from flows_shared.contracts.ledger import LedgerCheck, LedgerFinding
from flows_shared.db import Connection

SHOWN = 1_000

# Everything is compared with everything: a plan that looks rows up one by one, for want of statistics, takes minutes.
WHOLE_TABLES = "SET LOCAL enable_nestloop = off"

UNBALANCED = """
    SELECT 'entry does not balance', format('%s %s', entry.kind, entry.reference), '0',
           coalesce(sum(posting.amount_pence), 0)::text
      FROM public.ledger_entries AS entry
      LEFT JOIN public.ledger_postings AS posting ON posting.entry = entry.id
     WHERE $1::uuid[] IS NULL OR entry.esco = ANY($1)
     GROUP BY entry.id
    HAVING coalesce(sum(posting.amount_pence), 0) <> 0 OR count(posting.id) < 2
"""
OF_TWO_COMMUNITIES = """
    SELECT 'posted to another community', format('%s %s', entry.kind, entry.reference), entry.esco::text,
           ledger.esco::text
      FROM public.ledger_entries AS entry
      JOIN public.ledger_postings AS posting ON posting.entry = entry.id
      JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
     WHERE ledger.esco <> entry.esco AND ($1::uuid[] IS NULL OR entry.esco = ANY($1))
"""
INVOICES = """
    SELECT 'invoice', invoice.number, invoice.total_pence::text, coalesce(sum(posting.amount_pence)::text, 'no entry')
      FROM public.invoices AS invoice
      LEFT JOIN public.ledger_entries AS entry ON entry.invoice = invoice.id AND entry.kind = 'invoice'
      LEFT JOIN public.ledger_accounts AS ledger ON ledger.account = invoice.account AND ledger.code = 'receivable'
      LEFT JOIN public.ledger_postings AS posting ON posting.entry = entry.id AND posting.ledger_account = ledger.id
     WHERE invoice.status <> 'draft' AND invoice.total_pence <> 0 AND ($1::uuid[] IS NULL OR invoice.esco = ANY($1))
     GROUP BY invoice.id
    HAVING coalesce(sum(posting.amount_pence), 0) <> invoice.total_pence
"""
# A payment, top-up, refund, write-off or gift, and what was posted of it.
EVENTS = """
    SELECT event.kind, event.reference, event.amount_pence::text,
           coalesce((sum(posting.amount_pence) FILTER (WHERE posting.amount_pence > 0))::text, 'no entry')
      FROM flows.money_events AS event
      LEFT JOIN public.ledger_entries AS entry ON entry.kind = event.kind AND entry.reference = event.reference
      LEFT JOIN public.ledger_postings AS posting ON posting.entry = entry.id
     WHERE $1::uuid[] IS NULL OR event.esco = ANY($1)
     GROUP BY event.kind, event.reference, event.amount_pence
    HAVING coalesce(sum(posting.amount_pence) FILTER (WHERE posting.amount_pence > 0), 0) <> event.amount_pence
"""
GROUNDLESS = """
    SELECT 'entry without its event', format('%s %s', entry.kind, entry.reference), 'an event', 'none'
      FROM public.ledger_entries AS entry
      LEFT JOIN flows.money_events AS event ON event.kind = entry.kind AND event.reference = entry.reference
     WHERE entry.kind IN ('payment', 'refund', 'topup', 'gift', 'write_off') AND event.reference IS NULL
       AND ($1::uuid[] IS NULL OR entry.esco = ANY($1))
"""
# What each account owes by its invoices and events, beside what its receivable says. Credit notes, and whatever else is
# posted for an account by itself, count as the ledger has them: their own checks are elsewhere.
RECEIVABLES = """
    WITH charged AS (
        SELECT account, total_pence::bigint AS pence FROM public.invoices WHERE status <> 'draft'
         UNION ALL
        SELECT debit_account, amount_pence FROM flows.money_events WHERE debit_account IS NOT NULL
         UNION ALL
        SELECT credit_account, -amount_pence FROM flows.money_events WHERE credit_account IS NOT NULL
         UNION ALL
        SELECT ledger.account, posting.amount_pence
          FROM public.ledger_postings AS posting
          JOIN public.ledger_entries AS entry ON entry.id = posting.entry
          JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account AND ledger.code = 'receivable'
         WHERE entry.kind IN ('credit_note', 'solar_credit')
    ), owed AS (
        SELECT account, sum(pence) AS pence FROM charged GROUP BY account
    )
    SELECT 'receivable of account', account.account_number::text, coalesce(owed.pence, 0)::text,
           coalesce(balance.balance_pence, 0)::text
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      LEFT JOIN owed ON owed.account = account.id
      LEFT JOIN public.account_balances AS balance ON balance.account = account.id
     WHERE coalesce(owed.pence, 0) <> coalesce(balance.balance_pence, 0)
       AND ($1::uuid[] IS NULL OR property.esco = ANY($1))
"""
CHECKS = (UNBALANCED, OF_TWO_COMMUNITIES, INVOICES, EVENTS, GROUNDLESS, RECEIVABLES)

ENTRIES = "SELECT count(*) FROM public.ledger_entries WHERE $1::uuid[] IS NULL OR esco = ANY($1)"
TOTAL = """
    SELECT coalesce(sum(posting.amount_pence), 0)::bigint
      FROM public.ledger_postings AS posting
      JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
     WHERE $1::uuid[] IS NULL OR ledger.esco = ANY($1)
"""
# No cast: what one community's amounts add up to keeps no other's sum from being read.
IMBALANCES = """
    SELECT esco.code, coalesce(sum(posting.amount_pence), 0)
      FROM flows.escos AS esco
      LEFT JOIN public.ledger_accounts AS ledger ON ledger.esco = esco.id
      LEFT JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
     GROUP BY esco.id
"""


async def check_ledger(db: Connection, escos: Sequence[UUID] | None = None) -> LedgerCheck:
    """Of these communities, or all; the findings of a check are the first thousand."""
    async with db.transaction():
        await db.execute(WHOLE_TABLES)
        rows = [row for check in CHECKS for row in await db.fetch(f"{check} ORDER BY 2 LIMIT {SHOWN}", escos)]
    return LedgerCheck(
        entries=await db.fetchval(ENTRIES, escos),
        total_pence=await db.fetchval(TOTAL, escos),
        findings=tuple(_finding(*row) for row in rows),
    )


def _finding(check: str, name: str, expected: str, found: str) -> LedgerFinding:
    return LedgerFinding(check=check, name=name, expected=expected, found=found)


async def imbalances_pence(db: Connection) -> dict[str, int]:
    """By community's code: the sum over its postings, which the database keeps at zero."""
    return {code: int(pence) for code, pence in await db.fetch(IMBALANCES)}
