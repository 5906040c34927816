CREATE OR REPLACE VIEW public.transaction_statuses WITH (security_invoker) AS
SELECT line.id AS transaction,
       coalesce(invoice.status,
                CASE WHEN EXISTS (SELECT FROM public.ledger_entries AS reversal
                                   WHERE reversal.kind = line.kind AND reversal.reference = line.reference || ':reversal')
                     THEN 'reversed' END,
                'settled') AS status,
       line.created_at, coalesce(invoice.updated_at, line.created_at) AS updated_at
  FROM public.account_statements AS line
  LEFT JOIN public.invoices AS invoice ON invoice.id = line.invoice;
SELECT flows.allow_select('public.transaction_statuses', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.transaction_statuses TO service;
