"""What was decided by hand in a month, and who recorded and approved it."""

from typing import Final
from uuid import UUID

from flows_billing.month_end.table import EvidenceTable
from flows_shared.db import Connection
from flows_shared.time import Month

ABOUT: Final = "What was decided by hand, and who recorded and approved it"

# By kind; who made a gift or an adjustment is known to the audit log alone.
EXCEPTIONS = """
    WITH own AS MATERIALIZED (
        SELECT account.id, account.account_number, account.property, property.supply_meter
          FROM public.properties AS property JOIN public.accounts AS account ON account.property = property.id
         WHERE property.esco = $1
    ), posted AS (
        SELECT entry.kind, entry.reference, entry.entry_date AS day, entry.description
          FROM public.ledger_entries AS entry
         WHERE entry.esco = $1 AND entry.entry_date >= $2 AND entry.entry_date < $3
    )
    SELECT 'refund' AS kind, day, own.account_number, refund.amount_pence, refund.reason, refund.recorded_by,
           NULL::text AS approved_by
      FROM posted
      JOIN public.refunds AS refund ON posted.kind = 'refund' AND refund.id::text = posted.reference
      JOIN own ON own.id = refund.account
     UNION ALL
    SELECT 'payment_by_hand', day, own.account_number, payment.amount_pence,
           concat_ws(': ', payment.method, payment.description), payment.recorded_by, NULL
      FROM posted
      JOIN public.payments AS payment ON posted.kind = 'payment' AND payment.id::text = posted.reference
       AND payment.recorded_by IS NOT NULL
      JOIN own ON own.id = payment.account
     UNION ALL
    SELECT 'payment_reversed', day, own.account_number, payment.amount_pence,
           coalesce(event.data ->> 'reason', 'by the payment provider'), event.data ->> 'by', NULL
      FROM posted
      JOIN public.payments AS payment ON posted.kind = 'payment' AND payment.id || ':reversal' = posted.reference
      JOIN own ON own.id = payment.account
      LEFT JOIN LATERAL (SELECT data FROM public.payment_events
                          WHERE payment_events.payment = payment.id AND event_type = 'reversed'
                          ORDER BY created_at DESC LIMIT 1) AS event ON true
     UNION ALL
    SELECT 'gift', day, own.account_number, gift.amount_pence, gift.reason, flows.made_by('public.gifts', gift.id), NULL
      FROM posted
      JOIN public.gifts AS gift ON posted.kind = 'gift' AND gift.id::text = posted.reference
      JOIN own ON own.id = gift.account
     UNION ALL
    SELECT 'meter_adjustment', day, NULL, topup.amount_pence, concat_ws(': ', meter.serial, topup.notes),
           flows.made_by('public.topups', topup.id), NULL
      FROM posted
      JOIN public.topups AS topup ON posted.kind = 'topup' AND topup.id::text = posted.reference
       AND topup.source = 'adjustment'
      JOIN flows.meter_registry AS meter ON meter.id = topup.meter
     UNION ALL
    SELECT 'credit_note', day, own.account_number, -posting.amount_pence,
           posted.reference || ': ' || posted.description, NULL, NULL
      FROM posted
      JOIN public.ledger_entries AS entry ON entry.kind = posted.kind AND entry.reference = posted.reference
      JOIN public.ledger_postings AS posting ON posting.entry = entry.id
      JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account AND ledger.code = 'receivable'
      JOIN own ON own.id = ledger.account
     WHERE posted.kind = 'credit_note'
     ORDER BY 1, 2, 3
"""
# Whatever names its account, its reason and who approved it, in whichever table it is kept.
APPROVED_TABLES = """
    SELECT format('%L', relname) AS name, format('%I.%I', nspname, relname) AS place,
           (SELECT string_agg(format('%I', attname), '') FROM pg_attribute
             WHERE attrelid = pg_class.oid AND attname = 'amount_pence') AS amount,
           (SELECT string_agg(format('%I', attname), '') FROM pg_attribute
             WHERE attrelid = pg_class.oid AND attname = 'recorded_by') AS recorder
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = 'public' AND relkind = 'r' AND has_table_privilege(pg_class.oid, 'SELECT')
       AND (SELECT count(*) FROM pg_attribute
             WHERE attrelid = pg_class.oid AND attname IN ('account', 'reason', 'approved_by', 'created_at')) = 4
     ORDER BY relname
"""
APPROVED = """
    SELECT {name}::text AS kind, flows.local_date(approved.created_at, esco.time_zone) AS day, account.account_number,
           {amount}::bigint AS amount_pence, approved.reason, {recorder}::text AS recorded_by, approved.approved_by
      FROM {place} AS approved
      JOIN public.accounts AS account ON account.id = approved.account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = property.esco
     WHERE property.esco = $1
       AND flows.local_date(approved.created_at, esco.time_zone) >= $2
       AND flows.local_date(approved.created_at, esco.time_zone) < $3
     ORDER BY day, account.account_number
"""


async def exceptions(db: Connection, esco: UUID, month: Month) -> EvidenceTable:
    asked = esco, month.first_day, month.next().first_day
    posted = await EvidenceTable.of(db, "exceptions", ABOUT, EXCEPTIONS, *asked)
    rows = list(posted.rows)
    for table in await db.fetch(APPROVED_TABLES):
        columns = {name: f"approved.{table[name]}" if table[name] else "NULL" for name in ("amount", "recorder")}
        statement = APPROVED.format(name=table["name"], place=table["place"], **columns)
        rows += [tuple(row) for row in await db.fetch(statement, *asked)]
    return EvidenceTable("exceptions", ABOUT, posted.columns, rows)
