-- Of an account's invoices, its balance is what the newest still lack. Without a time, what is late stays late.
CREATE OR REPLACE FUNCTION flows.judge_invoices(of_accounts uuid[], at timestamptz) RETURNS TABLE (id uuid, account uuid, status text)
LANGUAGE sql STABLE AS $$
    WITH owing AS MATERIALIZED (
        SELECT wanted.account,
               (SELECT coalesce(sum(posting.amount_pence), 0)
                  FROM public.ledger_accounts AS ledger
                  JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
                 WHERE ledger.account = wanted.account AND ledger.code = 'receivable') AS pence
          FROM (SELECT DISTINCT unnest(of_accounts) AS account) AS wanted
    ), open AS (
        SELECT invoice.id, invoice.account, invoice.status, invoice.total_pence,
               coalesce(invoice.due_date < (at AT TIME ZONE esco.time_zone)::date, invoice.status = 'overdue') AS is_late,
               owing.pence - coalesce(sum(invoice.total_pence) OVER newer, 0) AS left_over
          FROM owing
          JOIN public.invoices AS invoice
            ON invoice.account = owing.account AND invoice.status <> 'void' AND invoice.status <> 'draft'
          JOIN flows.escos AS esco ON esco.id = invoice.esco
        WINDOW newer AS (PARTITION BY invoice.account ORDER BY invoice.issue_date DESC, invoice.number DESC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), judged AS (
        SELECT open.id, open.account, open.status AS before,
               CASE WHEN left_over <= 0 OR total_pence <= 0 THEN 'paid'
                    WHEN is_late THEN 'overdue'
                    WHEN left_over < total_pence THEN 'part_paid'
                    ELSE 'issued' END AS status
          FROM open
    )
    SELECT judged.id, judged.account, judged.status FROM judged WHERE judged.status <> judged.before;
$$;
COMMENT ON FUNCTION flows.judge_invoices(uuid[],timestamp with time zone) IS 'Invoices of these accounts whose status is another by now, and which';
SELECT flows.allow_execute('flows.judge_invoices(uuid[],timestamp with time zone)', '{}');
