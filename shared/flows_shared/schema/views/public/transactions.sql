-- The ledger in GBP, under the names that today's clients know.
CREATE OR REPLACE VIEW public.transactions WITH (security_invoker) AS
SELECT id, created_at AS timestamp, kind AS type, description AS name, reference, amount_pence / 100.0 AS amount,
       balance_pence / 100.0 AS balance, account, created_at, created_at AS updated_at
  FROM public.account_statements;
COMMENT ON COLUMN public.transactions.balance IS 'Owed after this transaction; negative: in credit';
SELECT flows.allow_select('public.transactions', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.transactions TO service;
