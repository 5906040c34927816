-- Kept, and shown by views that know who asks; a change makes all of it anew.
DROP MATERIALIZED VIEW IF EXISTS reports.revenue CASCADE;
CREATE MATERIALIZED VIEW reports.revenue AS
SELECT esco.code AS esco_code, esco.id AS esco, date_trunc('month', entry.entry_date::timestamp)::date AS month,
       count(DISTINCT entry.id) FILTER (WHERE entry.kind = 'invoice') AS invoices,
       coalesce(-sum(amount_pence) FILTER (WHERE place.type = 'income'), 0) AS revenue_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'vat'), 0) AS vat_pence,
       coalesce(sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind = 'invoice'), 0) AS invoiced_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind = 'credit_note'), 0) AS credited_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind IN ('payment', 'refund')), 0)
           AS received_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind = 'write_off'), 0)
           AS written_off_pence
  FROM public.ledger_entries AS entry
  JOIN flows.escos AS esco ON esco.id = entry.esco
  JOIN public.ledger_postings AS posting ON posting.entry = entry.id
  JOIN public.ledger_accounts AS place ON place.id = posting.ledger_account
 GROUP BY esco.id, 3;
CREATE UNIQUE INDEX revenue_esco_month_idx ON reports.revenue USING btree (esco, month);
SELECT flows.allow_select('reports.revenue', '{}');
CREATE OR REPLACE VIEW public.report_revenue WITH (security_barrier) AS
SELECT * FROM reports.revenue WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_revenue IS 'By community and month, from the ledger: revenue without VAT, VAT, invoiced, credited, received, written off';
SELECT flows.allow_select('public.report_revenue', '{admin,service,reporting,flows_worker}');
