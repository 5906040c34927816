-- Balances are sums of the ledger, and the statement is the ledger as its customer reads it.
CREATE OR REPLACE VIEW public.account_statements WITH (security_invoker) AS
SELECT posting.id, receivable.account, entry.entry_date, entry.kind, entry.reference, entry.description, entry.invoice,
       posting.amount_pence,
       (sum(posting.amount_pence) OVER (PARTITION BY receivable.account ORDER BY posting.id))::bigint AS balance_pence,
       entry.created_at
  FROM public.ledger_postings AS posting
  JOIN public.ledger_entries AS entry ON entry.id = posting.entry
  JOIN public.ledger_accounts AS receivable ON receivable.id = posting.ledger_account
 WHERE receivable.account IS NOT NULL;
COMMENT ON VIEW public.account_statements IS 'What was charged, paid and credited to each account, in the order in which it was posted';
COMMENT ON COLUMN public.account_statements.amount_pence IS 'Positive: charged; negative: paid or credited';
COMMENT ON COLUMN public.account_statements.balance_pence IS 'Owed after this line; negative: in credit';
SELECT flows.allow_select('public.account_statements', '{customer,admin,service,reporting,flows_worker}');
