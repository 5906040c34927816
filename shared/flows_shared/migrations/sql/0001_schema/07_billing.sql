-- Billing runs, invoices and the double-entry ledger.
CREATE TABLE public.billing_runs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed')),
    requested_by text NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    accounts integer NOT NULL DEFAULT 0,
    billed integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, month)
);
COMMENT ON TABLE public.billing_runs IS 'One run a community and month: asked for again, it goes on with the accounts not billed yet';
COMMENT ON COLUMN public.billing_runs.accounts IS 'Accounts that the run looks at; billed + skipped + failed of them have an outcome';

CREATE TABLE public.invoice_series (
    esco uuid PRIMARY KEY REFERENCES flows.escos (id),
    prefix text NOT NULL UNIQUE,
    last_number integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE public.invoice_series IS 'Numbers without gaps: the row is locked while a run takes numbers from it';

CREATE TABLE public.invoices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number text NOT NULL UNIQUE,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    account uuid NOT NULL REFERENCES public.accounts (id),
    customer uuid NOT NULL REFERENCES public.customers (id),
    run uuid REFERENCES public.billing_runs (id),
    period_start date NOT NULL,
    period_end date NOT NULL CHECK (period_end > period_start),
    issue_date date NOT NULL,
    due_date date NOT NULL,
    status text NOT NULL DEFAULT 'issued' CHECK (status IN ('draft', 'issued', 'part_paid', 'paid', 'overdue', 'void')),
    net_pence integer NOT NULL,
    vat_pence integer NOT NULL,
    total_pence integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (net_pence + vat_pence = total_pence)
);
CREATE UNIQUE INDEX invoices_one_a_period ON public.invoices (account, period_start) WHERE status <> 'void';
CREATE INDEX ON public.invoices (customer);
CREATE INDEX ON public.invoices (run);
CREATE INDEX ON public.invoices (esco, period_start);
COMMENT ON COLUMN public.invoices.period_end IS 'First day after the period';

CREATE TABLE public.invoice_lines (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    position smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('energy', 'standing_charge')),
    description text NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL CHECK (unit IN ('kWh', 'day')),
    rate numeric(10, 5) NOT NULL,
    amount_pence integer NOT NULL,
    includes_vat boolean NOT NULL,
    vat_rate numeric(5, 4) NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    customer_tariff uuid REFERENCES public.customer_tariffs (id),
    microgrid_tariff uuid REFERENCES public.microgrid_tariffs (id),
    register uuid REFERENCES flows.meter_registers (register_id),
    first_interval timestamptz,
    last_interval timestamptz,
    intervals integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (invoice, position),
    CHECK (num_nonnulls(customer_tariff, microgrid_tariff) = 1)
);
CREATE INDEX ON public.invoice_lines (register);
CREATE INDEX ON public.invoice_lines (customer_tariff) WHERE customer_tariff IS NOT NULL;
CREATE INDEX ON public.invoice_lines (microgrid_tariff) WHERE microgrid_tariff IS NOT NULL;
COMMENT ON COLUMN public.invoice_lines.rate IS 'GBP a unit, with or without VAT as includes_vat says';
COMMENT ON COLUMN public.invoice_lines.first_interval IS 'Start of the first half hour that the line sums; intervals counts them';

CREATE TABLE public.billing_run_accounts (
    run uuid NOT NULL REFERENCES public.billing_runs (id) ON DELETE CASCADE,
    account uuid NOT NULL REFERENCES public.accounts (id),
    outcome text NOT NULL CHECK (outcome IN ('billed', 'skipped', 'failed')),
    reason text,
    details text,
    invoice uuid REFERENCES public.invoices (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, account),
    CHECK ((outcome = 'billed') = (invoice IS NOT NULL)),
    CHECK (outcome = 'billed' OR reason IS NOT NULL)
);
CREATE INDEX ON public.billing_run_accounts (account);
CREATE INDEX ON public.billing_run_accounts (invoice);
COMMENT ON COLUMN public.billing_run_accounts.reason IS 'Machine''s code, such as no_tariff; details says it to a person';

CREATE TABLE public.documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    file_name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (invoice, media_type)
);

CREATE TABLE public.ledger_accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    code text NOT NULL,
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('asset', 'liability', 'income', 'expense')),
    account uuid REFERENCES public.accounts (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (esco, code, account)
);
CREATE INDEX ON public.ledger_accounts (account);
COMMENT ON COLUMN public.ledger_accounts.account IS 'The customer account of a receivable';

CREATE TABLE public.ledger_entries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    entry_date date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'payment', 'refund', 'topup', 'solar_credit', 'gift', 'write_off')),
    reference text NOT NULL,
    description text NOT NULL,
    invoice uuid REFERENCES public.invoices (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, reference)
);
CREATE INDEX ON public.ledger_entries (invoice);
CREATE INDEX ON public.ledger_entries (esco);

CREATE TABLE public.ledger_postings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry uuid NOT NULL REFERENCES public.ledger_entries (id),
    ledger_account uuid NOT NULL REFERENCES public.ledger_accounts (id),
    amount_pence bigint NOT NULL CHECK (amount_pence <> 0)
);
CREATE INDEX ON public.ledger_postings (entry);
CREATE INDEX ON public.ledger_postings (ledger_account);
COMMENT ON COLUMN public.ledger_postings.amount_pence IS 'Debit positive, credit negative; the postings of an entry sum to zero';
