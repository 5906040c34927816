"""What was issued beside its seals, its series and its entries in the ledger; each statement follows `chosen`."""

from typing import Final

from flows_billing.proof.finding import Check

# Column by column where the audit log still has how it was: so a seal that was forged, too, helps nobody.
INVOICES: Final = """
    , held AS (
        SELECT invoice.number, to_jsonb(invoice) AS now, flows.issued_as(invoice.id) AS issued,
               seal.subject IS NULL AS is_unsealed,
               seal.sha256 IS DISTINCT FROM flows.digest(flows.sealed_text(invoice)) AS is_broken
          FROM chosen
          JOIN public.invoices AS invoice ON invoice.id = chosen.id
          LEFT JOIN flows.seals AS seal ON seal.kind = 'invoice' AND seal.subject = invoice.id
    )
    SELECT number, 'seal of the invoice', 'as it was issued', CASE WHEN is_unsealed THEN 'no seal' ELSE 'changed' END,
           'invoices'
      FROM held WHERE is_broken
     UNION ALL
    SELECT number, issued.key || ' of the invoice', coalesce(issued.value #>> '{}', 'none'),
           coalesce(now ->> issued.key, 'none'), CASE issued.key WHEN 'number' THEN 'series' ELSE 'invoices' END
      FROM held CROSS JOIN LATERAL jsonb_each(held.issued) AS issued
     WHERE NOT now @> held.issued AND now -> issued.key IS DISTINCT FROM issued.value
"""
LINES: Final = """
    SELECT chosen.number, 'seal of the lines', 'as they were issued',
           CASE WHEN seal.subject IS NULL THEN 'no seal' WHEN held.sha256 IS NULL THEN 'no lines' ELSE 'changed' END
      FROM chosen
      LEFT JOIN flows.seals AS seal ON seal.kind = 'lines' AND seal.subject = chosen.id
      LEFT JOIN LATERAL (SELECT flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
                                AS sha256
                           FROM public.invoice_lines AS line WHERE line.invoice = chosen.id) AS held ON true
     WHERE seal.sha256 IS DISTINCT FROM held.sha256
"""
CREDIT_NOTES: Final = """
    SELECT note.number, 'seal of the credit note', 'as it was issued',
           CASE WHEN seal.subject IS NULL THEN 'no seal' ELSE 'changed' END
      FROM chosen
      JOIN public.credit_notes AS note ON note.invoice = chosen.id
      LEFT JOIN flows.seals AS seal ON seal.kind = 'credit_note' AND seal.subject = note.id
     WHERE seal.sha256 IS DISTINCT FROM flows.digest(flows.sealed_text(note))
"""
DOCUMENTS: Final = """
    SELECT chosen.number, 'document ' || document.file_name, 'as it was made',
           CASE WHEN seal.subject IS NULL THEN 'no seal' ELSE 'changed' END
      FROM chosen
      LEFT JOIN public.credit_notes AS note ON note.invoice = chosen.id
      JOIN public.documents AS document ON document.invoice = chosen.id OR document.credit_note = note.id
      LEFT JOIN flows.seals AS seal ON seal.kind = 'document' AND seal.subject = document.id
     WHERE seal.sha256 IS DISTINCT FROM flows.digest(flows.sealed_text(document))
"""
# Of a community, whichever month is asked for: what is gone has no month any more.
GONE: Final = """
    SELECT seal.name, format('%s that was issued', replace(seal.kind, '_', ' ')), 'there', 'gone',
           CASE seal.kind WHEN 'document' THEN 'invoices' ELSE 'series' END
      FROM flows.seals AS seal
     WHERE ($1::uuid IS NULL OR seal.esco = $1) AND ($3::text IS NULL OR seal.name IN ($3, $3 || '.pdf', $3 || '.html'))
       AND ($2::date IS NULL OR true)
       AND CASE seal.kind
               WHEN 'invoice' THEN NOT EXISTS (SELECT FROM public.invoices WHERE id = seal.subject)
               WHEN 'credit_note' THEN NOT EXISTS (SELECT FROM public.credit_notes WHERE id = seal.subject)
               WHEN 'document' THEN NOT EXISTS (SELECT FROM public.documents WHERE id = seal.subject)
               ELSE false END
"""
VOID: Final = """
    SELECT chosen.number, 'void', 'a credit note', 'none'
      FROM chosen
     WHERE chosen.status = 'void'
       AND NOT EXISTS (SELECT FROM public.credit_notes AS note WHERE note.invoice = chosen.id)
"""
DATES: Final = """
    SELECT number, 'tax point of the invoice', issue_date::text, tax_point::text FROM chosen
     WHERE tax_point <> issue_date
     UNION ALL
    SELECT number, 'tax point of the invoice', issue_date::text, 'none' FROM chosen
     WHERE tax_point IS NULL AND vat_pence <> 0
     UNION ALL
    SELECT number, 'due date', 'not before ' || issue_date, due_date::text FROM chosen WHERE due_date < issue_date
"""
ENTRIES: Final = """
    SELECT chosen.number, 'entry of the ledger', format('%s on %s', chosen.number, chosen.issue_date),
           format('%s on %s', entry.reference, entry.entry_date)
      FROM chosen
      JOIN public.ledger_entries AS entry ON entry.invoice = chosen.id AND entry.kind = 'invoice'
     WHERE (entry.reference, entry.entry_date, entry.esco) <> (chosen.number, chosen.issue_date, chosen.esco)
     UNION ALL
    SELECT note.number, 'entry of the ledger', format('%s on %s', note.number, note.issue_date),
           coalesce(format('%s on %s', entry.reference, entry.entry_date), 'none')
      FROM chosen
      JOIN public.credit_notes AS note ON note.invoice = chosen.id
      LEFT JOIN public.ledger_entries AS entry ON entry.invoice = chosen.id AND entry.kind = 'credit_note'
     WHERE (entry.reference, entry.entry_date, entry.esco) IS DISTINCT FROM (note.number, note.issue_date, note.esco)
       AND (entry.id IS NOT NULL
            OR EXISTS (SELECT FROM public.ledger_entries AS posted
                        WHERE posted.invoice = chosen.id AND posted.kind = 'invoice'))
     UNION ALL
    SELECT entry.reference, 'entry of the ledger', 'an invoice', 'none'
      FROM public.ledger_entries AS entry
     WHERE entry.kind IN ('invoice', 'credit_note') AND ($1::uuid IS NULL OR entry.esco = $1) AND $3::text IS NULL
       AND NOT EXISTS (SELECT FROM public.invoices WHERE id = entry.invoice)
"""
# Of the whole series of the communities, whichever month is asked for.
NUMBERED: Final = """
    , numbered AS (
        SELECT 'invoice numbers' AS kind, series.prefix, series.last_number AS last, series.prefix || '-' AS start,
               invoice.number
          FROM public.invoice_series AS series
          LEFT JOIN public.invoices AS invoice ON invoice.esco = series.esco
         WHERE ($1::uuid IS NULL OR series.esco = $1) AND $3::text IS NULL
         UNION ALL
        SELECT 'credit note numbers', series.prefix, series.last_credit_note, series.prefix || '-C', note.number
          FROM public.invoice_series AS series
          LEFT JOIN public.credit_notes AS note ON note.esco = series.esco
         WHERE ($1::uuid IS NULL OR series.esco = $1) AND $3::text IS NULL
    ), placed AS (
        SELECT kind, prefix, last, start, number,
               CASE WHEN starts_with(number, start) AND substr(number, length(start) + 1) ~ '^[0-9]{6,9}$'
                    THEN substr(number, length(start) + 1)::integer END AS place
          FROM numbered
    ), counted AS (
        SELECT kind, prefix, start, last, count(number) AS found, greatest(last, max(place)) AS expected
          FROM placed GROUP BY kind, prefix, start, last
    )
"""
SERIES: Final = f"""{NUMBERED}
    SELECT prefix, kind, last::text, found::text FROM counted WHERE found <> last
     UNION ALL
    (SELECT start || lpad(place::text, 6, '0'), 'number that is missing', 'a document of this number', 'none'
       FROM counted, generate_series(1, expected) AS place
      WHERE NOT EXISTS (SELECT FROM placed WHERE placed.start = counted.start AND placed.place = place.place)
      ORDER BY 1 LIMIT 1000)
     UNION ALL
    SELECT number, 'number of no series', start || '000001 to ' || start || lpad(last::text, 6, '0'), number
      FROM placed WHERE number IS NOT NULL AND (place IS NULL OR place > last OR place < 1)
     UNION ALL
    SELECT invoice.number, 'number of no series', 'a series of the community', 'none'
      FROM chosen JOIN public.invoices AS invoice ON invoice.id = chosen.id
     WHERE NOT EXISTS (SELECT FROM public.invoice_series AS series WHERE series.esco = invoice.esco)
"""
CHECKS: Final = (
    *(Check(statement) for statement in (INVOICES, LINES, CREDIT_NOTES, DOCUMENTS, GONE, VOID, DATES, ENTRIES)),
    Check(SERIES, subject="series"),
)
