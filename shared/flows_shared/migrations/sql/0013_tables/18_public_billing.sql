CREATE TABLE public.billing_runs (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    month date NOT NULL CHECK (EXTRACT(day FROM month) = (1)::numeric),
    status text DEFAULT 'pending' NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed')),
    requested_by text NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    accounts integer DEFAULT 0 NOT NULL,
    billed integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    error text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (esco, month)
);
COMMENT ON TABLE public.billing_runs IS 'One run a community and month: asked for again, it goes on with the accounts not billed yet';
COMMENT ON COLUMN public.billing_runs.accounts IS 'Accounts that the run looks at; billed + skipped + failed of them have an outcome';

CREATE TABLE public.invoices (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    number text NOT NULL UNIQUE,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    account uuid NOT NULL REFERENCES public.accounts (id),
    customer uuid NOT NULL REFERENCES public.customers (id),
    run uuid REFERENCES public.billing_runs (id),
    period_start date NOT NULL,
    period_end date NOT NULL,
    issue_date date NOT NULL,
    due_date date NOT NULL,
    status text DEFAULT 'issued' NOT NULL,
    net_pence integer NOT NULL,
    vat_pence integer NOT NULL,
    total_pence integer NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    tax_point date,
    vat_number text,
    previous_balance_pence integer DEFAULT 0 NOT NULL,
    payments_pence integer DEFAULT 0 NOT NULL,
    amount_due_pence integer,
    benchmark_pence integer,
    CONSTRAINT invoices_check CHECK (period_end > period_start),
    CONSTRAINT invoices_status_check CHECK (status IN ('draft', 'issued', 'part_paid', 'paid', 'overdue', 'void')),
    CONSTRAINT invoices_check1 CHECK ((net_pence + vat_pence) = total_pence),
    CONSTRAINT invoices_check2 CHECK (amount_due_pence = ((previous_balance_pence - payments_pence) + total_pence))
);
CREATE INDEX invoices_customer_idx ON public.invoices (customer);
CREATE INDEX invoices_esco_period_start_idx ON public.invoices (esco, period_start);
CREATE UNIQUE INDEX invoices_one_a_period ON public.invoices (account, period_start) WHERE (status <> 'void'::text);
CREATE INDEX invoices_run_idx ON public.invoices (run);
COMMENT ON COLUMN public.invoices.period_end IS 'First day after the period';
COMMENT ON COLUMN public.invoices.tax_point IS 'Null: the seller is not registered for VAT, so this is no VAT invoice';
COMMENT ON COLUMN public.invoices.vat_number IS 'The seller''s, when it was issued';
COMMENT ON COLUMN public.invoices.payments_pence IS 'Payments and other credits since the balance before, less what was added to it';
COMMENT ON COLUMN public.invoices.benchmark_pence IS 'With VAT: what the same energy and days cost at the benchmark; null where there is none';

CREATE TABLE public.invoice_series (
    esco uuid PRIMARY KEY REFERENCES flows.escos (id),
    prefix text NOT NULL UNIQUE,
    last_number integer DEFAULT 0 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    last_credit_note integer DEFAULT 0 NOT NULL
);
COMMENT ON TABLE public.invoice_series IS 'Numbers without gaps: the row is locked while a run takes numbers from it';
COMMENT ON COLUMN public.invoice_series.last_credit_note IS 'Credit notes have numbers of their own, without gaps too';

CREATE TABLE public.invoice_lines (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    "position" smallint NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL CHECK (unit IN ('kWh', 'day', 'item')),
    rate numeric(10,5) NOT NULL,
    amount_pence integer NOT NULL,
    includes_vat boolean NOT NULL,
    vat_rate numeric(5,4) NOT NULL CONSTRAINT vat_rate_from_0_to_1 CHECK ((vat_rate >= (0)::numeric) AND (vat_rate <= (1)::numeric)),
    period_start date NOT NULL,
    period_end date NOT NULL,
    customer_tariff uuid REFERENCES public.customer_tariffs (id),
    microgrid_tariff uuid REFERENCES public.microgrid_tariffs (id),
    register uuid REFERENCES flows.meter_registers (register_id),
    first_interval timestamptz,
    last_interval timestamptz,
    intervals integer,
    created_at timestamptz DEFAULT now() NOT NULL,
    element text CHECK (element IN ('A', 'B', 'SINGLE')),
    band text,
    block_from_kwh numeric,
    component uuid REFERENCES public.tariff_components (id),
    estimated integer DEFAULT 0 NOT NULL,
    vat_reason text,
    sharing_terms uuid,
    basis text,
    CONSTRAINT invoice_lines_invoice_position_key UNIQUE (invoice, "position"),
    CONSTRAINT invoice_lines_kind_check CHECK (kind IN ('energy', 'standing_charge', 'export_credit', 'minimum_charge', 'shared_energy', 'solar_credit', 'adjustment')),
    CONSTRAINT invoice_lines_check CHECK ((num_nonnulls(customer_tariff, microgrid_tariff) = 1) OR ((num_nonnulls(customer_tariff, microgrid_tariff) = 0) AND (kind IN ('shared_energy', 'solar_credit', 'adjustment')))),
    CONSTRAINT block_from_kwh_from_0_to_1000000000 CHECK ((block_from_kwh >= (0)::numeric) AND (block_from_kwh <= (1000000000)::numeric))
);
CREATE INDEX invoice_lines_component_idx ON public.invoice_lines (component) WHERE (component IS NOT NULL);
CREATE INDEX invoice_lines_customer_tariff_idx ON public.invoice_lines (customer_tariff) WHERE (customer_tariff IS NOT NULL);
CREATE INDEX invoice_lines_microgrid_tariff_idx ON public.invoice_lines (microgrid_tariff) WHERE (microgrid_tariff IS NOT NULL);
CREATE INDEX invoice_lines_register_idx ON public.invoice_lines (register);
CREATE INDEX invoice_lines_sharing_terms_idx ON public.invoice_lines (sharing_terms) WHERE (sharing_terms IS NOT NULL);
COMMENT ON COLUMN public.invoice_lines.rate IS 'GBP a unit, with or without VAT as includes_vat says';
COMMENT ON COLUMN public.invoice_lines.first_interval IS 'Start of the first half hour that the line sums; intervals counts them';
COMMENT ON COLUMN public.invoice_lines.estimated IS 'How many of the intervals were estimated';
COMMENT ON COLUMN public.invoice_lines.vat_reason IS 'Machine''s code of the rule that set vat_rate, such as small_quantity';
COMMENT ON COLUMN public.invoice_lines.sharing_terms IS 'The terms that priced shared energy, or the surplus';
COMMENT ON COLUMN public.invoice_lines.basis IS 'How an amount came about that no quantity and price explain';

CREATE TABLE public.billing_run_accounts (
    run uuid NOT NULL REFERENCES public.billing_runs (id) ON DELETE CASCADE,
    account uuid NOT NULL REFERENCES public.accounts (id),
    outcome text NOT NULL CHECK (outcome IN ('billed', 'skipped', 'failed')),
    reason text,
    details text,
    invoice uuid REFERENCES public.invoices (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (run, account),
    CONSTRAINT billing_run_accounts_check CHECK ((outcome = 'billed') = (invoice IS NOT NULL)),
    CONSTRAINT billing_run_accounts_check1 CHECK ((outcome = 'billed') OR (reason IS NOT NULL))
);
CREATE INDEX billing_run_accounts_account_idx ON public.billing_run_accounts (account);
CREATE INDEX billing_run_accounts_invoice_idx ON public.billing_run_accounts (invoice);
COMMENT ON COLUMN public.billing_run_accounts.reason IS 'Machine''s code, such as no_tariff; details says it to a person';

CREATE TABLE public.documents (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    invoice uuid REFERENCES public.invoices (id),
    file_name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    credit_note uuid,
    UNIQUE (invoice, media_type),
    UNIQUE (credit_note, media_type),
    CONSTRAINT documents_of_one CHECK (num_nonnulls(invoice, credit_note) = 1)
);

CREATE TABLE public.invoice_reads (
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id),
    serial text NOT NULL,
    element text NOT NULL,
    opened_at timestamptz NOT NULL,
    opening_read numeric,
    opening_source text CHECK (opening_source IN ('meter', 'customer', 'estimated')),
    closed_at timestamptz NOT NULL,
    closing_read numeric,
    closing_source text CHECK (closing_source IN ('meter', 'customer', 'estimated')),
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (invoice, register),
    CONSTRAINT invoice_reads_check CHECK (closed_at >= opened_at),
    CONSTRAINT invoice_reads_check1 CHECK ((opening_read IS NULL) = (opening_source IS NULL)),
    CONSTRAINT invoice_reads_check2 CHECK ((closing_read IS NULL) = (closing_source IS NULL))
);
CREATE INDEX invoice_reads_register_idx ON public.invoice_reads (register);
COMMENT ON TABLE public.invoice_reads IS 'What the meters of an invoice had counted in kWh where its days begin and end, as known when it was issued; never changed';
COMMENT ON COLUMN public.invoice_reads.opening_read IS 'Null: the register was never read';
