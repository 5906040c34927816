CREATE OR REPLACE VIEW public.account_balances WITH (security_invoker) AS
SELECT receivable.account, coalesce(sum(posting.amount_pence), 0)::bigint AS balance_pence
  FROM public.ledger_accounts AS receivable
  LEFT JOIN public.ledger_postings AS posting ON posting.ledger_account = receivable.id
 WHERE receivable.account IS NOT NULL
 GROUP BY receivable.account;
COMMENT ON VIEW public.account_balances IS 'What each account owes; negative: in credit';
SELECT flows.allow_select('public.account_balances', '{customer,admin,service,reporting,flows_worker}');
