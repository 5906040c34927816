-- Kept, and shown by views that know who asks; a change makes all of it anew.
DROP MATERIALIZED VIEW IF EXISTS reports.arrears CASCADE;
-- The newest invoices are what a balance still lacks, as for the status of invoices.
CREATE MATERIALIZED VIEW reports.arrears AS
WITH balance AS (
    SELECT receivable.account, sum(posting.amount_pence) AS pence
      FROM public.ledger_accounts AS receivable
      JOIN public.ledger_postings AS posting ON posting.ledger_account = receivable.id
     WHERE receivable.code = 'receivable'
     GROUP BY receivable.account
    HAVING sum(posting.amount_pence) <> 0
), charged AS (
    SELECT invoice.account, invoice.customer, invoice.issue_date, invoice.number, greatest(invoice.total_pence, 0) AS pence,
           (now() AT TIME ZONE esco.time_zone)::date - invoice.due_date AS days_late
      FROM public.invoices AS invoice
      JOIN flows.escos AS esco ON esco.id = invoice.esco
     WHERE invoice.status NOT IN ('draft', 'void')
), owed AS (
    SELECT charged.account, charged.days_late,
           least(charged.pence,
                 greatest(balance.pence - coalesce(sum(charged.pence) OVER newer, 0), 0)) AS pence
      FROM charged JOIN balance ON balance.account = charged.account
    WINDOW newer AS (PARTITION BY charged.account ORDER BY issue_date DESC, number DESC
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), aged AS (
    SELECT account, sum(pence) AS pence,
           coalesce(sum(pence) FILTER (WHERE days_late <= 0), 0) AS current_pence,
           coalesce(sum(pence) FILTER (WHERE days_late BETWEEN 1 AND 30), 0) AS days_1_30_pence,
           coalesce(sum(pence) FILTER (WHERE days_late BETWEEN 31 AND 60), 0) AS days_31_60_pence,
           coalesce(sum(pence) FILTER (WHERE days_late BETWEEN 61 AND 90), 0) AS days_61_90_pence,
           coalesce(sum(pence) FILTER (WHERE days_late > 90), 0) AS days_over_90_pence
      FROM owed
     GROUP BY account
), latest AS (
    SELECT DISTINCT ON (account) account, customer FROM charged ORDER BY account, issue_date DESC, number DESC
)
SELECT esco.code AS esco_code, esco.id AS esco, account.account_number, account.id AS account, latest.customer,
       customer.fullname, property.plot, balance.pence AS balance_pence,
       coalesce(current_pence, 0) AS current_pence, coalesce(days_1_30_pence, 0) AS days_1_30_pence,
       coalesce(days_31_60_pence, 0) AS days_31_60_pence, coalesce(days_61_90_pence, 0) AS days_61_90_pence,
       coalesce(days_over_90_pence, 0) AS days_over_90_pence, balance.pence - coalesce(aged.pence, 0) AS other_pence
  FROM balance
  JOIN public.accounts AS account ON account.id = balance.account
  JOIN public.properties AS property ON property.id = account.property
  JOIN flows.escos AS esco ON esco.id = property.esco
  LEFT JOIN aged ON aged.account = balance.account
  LEFT JOIN latest ON latest.account = balance.account
  LEFT JOIN public.customers AS customer ON customer.id = latest.customer;
CREATE UNIQUE INDEX arrears_account_idx ON reports.arrears USING btree (account);
SELECT flows.allow_select('reports.arrears', '{}');
CREATE OR REPLACE VIEW public.report_arrears WITH (security_barrier) AS
SELECT * FROM reports.arrears WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_arrears IS 'What each account owes, by days past due; other_pence is what no invoice explains, negative in credit';
SELECT flows.allow_select('public.report_arrears', '{admin,service,reporting,flows_worker}');
