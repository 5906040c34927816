CREATE TABLE public.ledger_accounts (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    code text NOT NULL,
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('asset', 'liability', 'income', 'expense')),
    account uuid REFERENCES public.accounts (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE NULLS NOT DISTINCT (esco, code, account)
);
CREATE INDEX ledger_accounts_account_idx ON public.ledger_accounts (account);
COMMENT ON COLUMN public.ledger_accounts.account IS 'The customer account of a receivable';

CREATE TABLE public.ledger_entries (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    entry_date date NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    description text NOT NULL,
    invoice uuid REFERENCES public.invoices (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (kind, reference),
    CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('invoice', 'credit_note', 'payment', 'refund', 'topup', 'solar_credit', 'gift', 'write_off'))
);
CREATE INDEX ledger_entries_esco_idx ON public.ledger_entries (esco);
CREATE INDEX ledger_entries_invoice_idx ON public.ledger_entries (invoice);

CREATE TABLE public.ledger_postings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry uuid NOT NULL REFERENCES public.ledger_entries (id),
    ledger_account uuid NOT NULL REFERENCES public.ledger_accounts (id),
    amount_pence bigint NOT NULL CHECK (amount_pence <> 0)
);
CREATE INDEX ledger_postings_entry_idx ON public.ledger_postings (entry);
CREATE INDEX ledger_postings_ledger_account_idx ON public.ledger_postings (ledger_account);
COMMENT ON COLUMN public.ledger_postings.amount_pence IS 'Debit positive, credit negative; the postings of an entry sum to zero';
