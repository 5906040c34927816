"""Which invoices are paid: an account's balance is what its newest invoices still lack."""

from datetime import datetime

from flows_shared.db import Connection

SET_STATUSES = """
    WITH balance AS (
        SELECT ledger.account, sum(posting.amount_pence) AS pence
          FROM public.ledger_accounts AS ledger
          JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
         WHERE ledger.code = 'receivable'
         GROUP BY ledger.account
    ), open AS (
        SELECT invoice.id, invoice.total_pence, invoice.due_date < ($1 AT TIME ZONE esco.time_zone)::date AS is_late,
               coalesce(balance.pence, 0) - coalesce(sum(invoice.total_pence) OVER newer, 0) AS left_over
          FROM public.invoices AS invoice
          JOIN flows.escos AS esco ON esco.id = invoice.esco
          LEFT JOIN balance ON balance.account = invoice.account
         WHERE invoice.status NOT IN ('draft', 'void')
        WINDOW newer AS (PARTITION BY invoice.account ORDER BY invoice.issue_date DESC, invoice.number DESC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), judged AS (
        SELECT id, CASE WHEN left_over <= 0 OR total_pence <= 0 THEN 'paid'
                        WHEN is_late THEN 'overdue'
                        WHEN left_over < total_pence THEN 'part_paid'
                        ELSE 'issued' END AS status
          FROM open
    )
    UPDATE public.invoices AS invoice SET status = judged.status
      FROM judged
     WHERE invoice.id = judged.id AND invoice.status <> judged.status
"""


async def set_statuses(db: Connection, now: datetime) -> int:
    """Let every issued invoice say whether it is paid, part paid or overdue; how many changed."""
    return int((await db.execute(SET_STATUSES, now)).split()[-1])
