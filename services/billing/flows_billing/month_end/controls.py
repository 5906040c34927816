"""The controls of a month's end, most of which one statement answers each."""

from typing import Final
from uuid import UUID

from flows_billing.month_end.prepay import prepay_meters
from flows_billing.month_end.table import EvidenceTable
from flows_shared.db import Connection
from flows_shared.time import Month

# In all of them $1 is the community, $2 the month's first day, $3 the next month's.
ACCOUNTS = """
    SELECT account.account_number, account.type, account.status, account.start_date::text,
           account.end_date::text,
           CASE WHEN invoice.numbers IS NOT NULL THEN 'billed'
                WHEN outcome.outcome <> 'billed' THEN outcome.outcome
                ELSE 'not_billed' END AS outcome,
           CASE WHEN invoice.numbers IS NOT NULL THEN NULL
                WHEN outcome.outcome = 'billed' THEN 'invoice_void'
                WHEN outcome.outcome IS NOT NULL THEN outcome.reason
                WHEN account.type <> 'supply' THEN 'no_supply'
                WHEN run.id IS NULL THEN 'no_run'
                ELSE 'not_in_run' END AS reason,
           CASE WHEN invoice.numbers IS NULL THEN outcome.details END AS details,
           invoice.numbers AS invoices, invoice.total_pence
      FROM public.properties AS property
      JOIN public.accounts AS account ON account.property = property.id
      LEFT JOIN public.billing_runs AS run ON run.esco = property.esco AND run.month = $2
      LEFT JOIN public.billing_run_accounts AS outcome ON outcome.run = run.id AND outcome.account = account.id
      LEFT JOIN LATERAL (SELECT string_agg(number, ' ' ORDER BY number) AS numbers, sum(total_pence) AS total_pence
                           FROM public.invoices
                          WHERE invoices.account = account.id AND status NOT IN ('draft', 'void')
                            AND period_start >= $2 AND period_start < $3) AS invoice ON true
     WHERE property.esco = $1
       AND account.start_date < $3 AND (account.end_date IS NULL OR account.end_date >= $2)
     ORDER BY account.account_number
"""
NUMBERS = """
    WITH numbered AS (
        SELECT 'invoice' AS series, number, period_start >= $2 AND period_start < $3 AS is_of_month,
               status = 'void' AS is_void
          FROM public.invoices WHERE esco = $1
         UNION ALL
        SELECT 'credit_note', number, issue_date >= $2 AND issue_date < $3, false
          FROM public.credit_notes WHERE esco = $1
    ), placed AS (
        SELECT *, substring(number FROM '-C?([0-9]{6,9})$')::integer AS place FROM numbered
    ), counted AS (
        SELECT series, min(number) FILTER (WHERE is_of_month) AS first_of_month,
               max(number) FILTER (WHERE is_of_month) AS last_of_month,
               greatest(max(place), (SELECT CASE series WHEN 'invoice' THEN last_number ELSE last_credit_note END
                                       FROM public.invoice_series WHERE esco = $1)) AS expected,
               count(*) AS found, count(*) FILTER (WHERE is_void) AS void
          FROM placed GROUP BY series
    )
    SELECT series, first_of_month, last_of_month, expected, found, void,
           coalesce((SELECT string_agg(place::text, ' ' ORDER BY place)
                       FROM generate_series(1, expected) AS place
                      WHERE NOT EXISTS (SELECT FROM placed AS other
                                         WHERE other.series = counted.series AND other.place = place.place)), '')
               AS missing
      FROM counted ORDER BY series DESC
"""
VOIDS = """
    SELECT invoice.number, account.account_number, invoice.period_start, invoice.issue_date, invoice.total_pence,
           invoice.updated_at AS changed_at
      FROM public.invoices AS invoice JOIN public.accounts AS account ON account.id = invoice.account
     WHERE invoice.esco = $1 AND invoice.status = 'void'
       AND (invoice.issue_date >= $2 AND invoice.issue_date < $3
            OR invoice.period_start >= $2 AND invoice.period_start < $3)
     ORDER BY invoice.number
"""
BALANCES = """
    SELECT ledger.code, max(ledger.name) AS name, max(ledger.type) AS type,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date < $2), 0) AS opening_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND amount_pence > 0), 0) AS debits_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND amount_pence < 0), 0) AS credits_pence,
           coalesce(sum(amount_pence), 0) AS closing_pence
      FROM public.ledger_accounts AS ledger
      JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
      JOIN public.ledger_entries AS entry ON entry.id = posting.entry AND entry.entry_date < $3
     WHERE ledger.esco = $1
     GROUP BY ledger.code
     ORDER BY ledger.code
"""
RECEIVABLES = """
    SELECT account.account_number,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date < $2), 0) AS opening_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND kind = 'invoice'), 0) AS invoiced_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND kind = 'credit_note'), 0) AS credited_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND kind = 'payment'), 0) AS paid_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND kind = 'refund'), 0) AS refunded_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2 AND kind = 'write_off'), 0) AS written_off_pence,
           coalesce(sum(amount_pence) FILTER (WHERE entry_date >= $2
                    AND kind IN ('topup', 'gift', 'solar_credit')), 0) AS other_pence,
           sum(amount_pence) AS closing_pence
      FROM public.ledger_accounts AS ledger
      JOIN public.accounts AS account ON account.id = ledger.account
      JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
      JOIN public.ledger_entries AS entry ON entry.id = posting.entry AND entry.entry_date < $3
     WHERE ledger.esco = $1 AND ledger.code = 'receivable'
     GROUP BY account.account_number
     ORDER BY account.account_number
"""

CONTROLS: Final = (
    ("accounts", "Every account that was live in the month: its invoices, or why there is none", ACCOUNTS),
    ("numbers", "Number series up to now, and what is missing of them", NUMBERS),
    ("voids", "Invoices for the month, or issued in it, that are void", VOIDS),
    ("ledger", "Balances of the ledger at the month's start and end", BALANCES),
    ("receivables", "What each account owed, and why it changed", RECEIVABLES),
)


async def controls(db: Connection, esco: UUID, month: Month) -> list[EvidenceTable]:
    asked = esco, month.first_day, month.next().first_day
    tables = [await EvidenceTable.of(db, name, about, statement, *asked) for name, about, statement in CONTROLS]
    return [*tables, await prepay_meters(db, esco, month)]
