-- Balances are sums of the ledger, and the statement is the ledger as its customer reads it.
CREATE VIEW public.account_statements WITH (security_invoker) AS
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

CREATE VIEW public.account_balances WITH (security_invoker) AS
SELECT receivable.account, coalesce(sum(posting.amount_pence), 0)::bigint AS balance_pence
  FROM public.ledger_accounts AS receivable
  LEFT JOIN public.ledger_postings AS posting ON posting.ledger_account = receivable.id
 WHERE receivable.account IS NOT NULL
 GROUP BY receivable.account;
COMMENT ON VIEW public.account_balances IS 'What each account owes; negative: in credit';

-- The same in GBP, under the names that today's clients know.
CREATE OR REPLACE VIEW public.transactions WITH (security_invoker) AS
SELECT id, created_at AS timestamp, kind AS type, description AS name, reference, amount_pence / 100.0 AS amount,
       balance_pence / 100.0 AS balance, account, created_at, created_at AS updated_at
  FROM public.account_statements;
