-- Kept, and shown by views that know who asks; a change makes all of it anew.
DROP MATERIALIZED VIEW IF EXISTS reports.savings CASCADE;
CREATE MATERIALIZED VIEW reports.savings AS
WITH taxed AS (
    SELECT invoice, sum(amount_pence) + CASE WHEN includes_vat THEN 0 ELSE round(sum(amount_pence) * vat_rate) END AS pence
      FROM public.invoice_lines
     WHERE kind NOT IN ('export_credit', 'solar_credit')
       AND coalesce(vat_reason NOT IN ('exporter_registered', 'exporter_not_registered', 'solar_credit'), true)
     GROUP BY invoice, vat_rate, includes_vat
), supplied AS (
    SELECT invoice, sum(pence)::bigint AS pence FROM taxed GROUP BY invoice
)
SELECT esco.code AS esco_code, esco.id AS esco, date_trunc('month', invoice.period_start::timestamp)::date AS month,
       account.account_number, account.id AS account, customer.id AS customer, customer.fullname,
       sum(supplied.pence) AS supply_pence, sum(invoice.benchmark_pence) AS benchmark_pence,
       sum(invoice.benchmark_pence - supplied.pence) AS saving_pence
  FROM public.invoices AS invoice
  JOIN supplied ON supplied.invoice = invoice.id
  JOIN flows.escos AS esco ON esco.id = invoice.esco
  JOIN public.accounts AS account ON account.id = invoice.account
  JOIN public.customers AS customer ON customer.id = invoice.customer
 WHERE invoice.status NOT IN ('draft', 'void') AND invoice.benchmark_pence IS NOT NULL
 GROUP BY esco.id, 3, account.id, customer.id;
CREATE UNIQUE INDEX savings_account_customer_month_idx ON reports.savings USING btree (account, customer, month);
SELECT flows.allow_select('reports.savings', '{}');
CREATE OR REPLACE VIEW public.report_savings WITH (security_barrier) AS
SELECT * FROM reports.savings WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_savings IS 'What each customer was billed for supply, what it costs at the benchmark, and the saving, with VAT';
SELECT flows.allow_select('public.report_savings', '{admin,service,reporting,flows_worker}');
