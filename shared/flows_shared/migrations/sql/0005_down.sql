-- Takes back 0005_ledger. What was posted stays in the ledger.
CREATE OR REPLACE VIEW public.transactions WITH (security_invoker) AS
SELECT posting.id, entry.created_at AS timestamp, entry.kind AS type, entry.description AS name, entry.reference,
       posting.amount_pence / 100.0 AS amount,
       sum(posting.amount_pence) OVER (PARTITION BY receivable.account ORDER BY posting.id) / 100.0 AS balance,
       receivable.account, entry.created_at, entry.created_at AS updated_at
  FROM public.ledger_postings AS posting
  JOIN public.ledger_entries AS entry ON entry.id = posting.entry
  JOIN public.ledger_accounts AS receivable ON receivable.id = posting.ledger_account
 WHERE receivable.account IS NOT NULL;
DROP VIEW public.account_statements, public.account_balances;

DROP TRIGGER follow_postings ON public.ledger_postings;
DROP TRIGGER post_inserted ON public.payments;
DROP TRIGGER post_updated ON public.payments;
DROP TRIGGER post_inserted ON public.topups;
DROP TRIGGER post_updated ON public.topups;
DROP TRIGGER post_inserted ON public.gifts;
DROP TRIGGER post_updated ON public.gifts;
DROP TRIGGER post_inserted ON public.topups_payments;
DROP TRIGGER keep_posted ON public.payments;
DROP TRIGGER keep_reversed ON public.payments;
DROP TRIGGER follow_payment ON public.payments;
DROP TRIGGER keep_posted ON public.topups;
DROP TRIGGER keep_posted ON public.gifts;
DROP TRIGGER refuse_second_landing ON public.topups_gifts;
DROP TRIGGER refuse_second_landing ON public.gifts;
DROP FUNCTION flows.post_money;
DROP VIEW flows.money_events;
DROP TABLE public.write_offs, public.refunds;
DROP FUNCTION flows.made_by, flows.post_rows, flows.follow_postings, flows.set_invoice_statuses, flows.hold_receivable, flows.ledger_codes,
    flows.keep_posted, flows.follow_payment, flows.refuse_second_landing;

DROP POLICY account_links ON public.gifts;
ALTER TABLE public.gifts DROP COLUMN account, DROP COLUMN idempotency_key;
ALTER TABLE public.payments
    DROP COLUMN method,
    DROP COLUMN received_on,
    DROP COLUMN reversed_at,
    DROP COLUMN recorded_by,
    DROP COLUMN idempotency_key;
REVOKE INSERT, UPDATE ON public.payments FROM flows_billing;
REVOKE INSERT ON public.payment_events, public.gifts FROM flows_billing;
