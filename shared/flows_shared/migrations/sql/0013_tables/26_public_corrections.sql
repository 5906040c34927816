CREATE TABLE public.credit_notes (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    number text NOT NULL UNIQUE,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    account uuid NOT NULL REFERENCES public.accounts (id),
    customer uuid NOT NULL REFERENCES public.customers (id),
    invoice uuid NOT NULL UNIQUE REFERENCES public.invoices (id),
    replacement uuid UNIQUE REFERENCES public.invoices (id),
    causes text[] NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    issue_date date NOT NULL,
    tax_point date,
    vat_number text,
    net_pence integer NOT NULL,
    vat_pence integer NOT NULL,
    total_pence integer NOT NULL,
    requested_by text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    changed_days jsonb,
    CONSTRAINT credit_notes_causes_check CHECK ((causes <@ '{readings,tariff,vat,payer,days}'::text[]) AND (causes <> '{}'::text[])),
    CONSTRAINT credit_notes_check CHECK ((net_pence + vat_pence) = total_pence),
    CONSTRAINT credit_notes_check1 CHECK (replacement <> invoice)
);
CREATE INDEX credit_notes_account_idx ON public.credit_notes (account);
CREATE INDEX credit_notes_customer_idx ON public.credit_notes (customer);
CREATE INDEX credit_notes_esco_idx ON public.credit_notes (esco);
COMMENT ON TABLE public.credit_notes IS 'What takes an issued invoice back, whole; its lines are the invoice''s, at the rates of VAT that these had';
COMMENT ON COLUMN public.credit_notes.replacement IS 'The invoice in its place; null: the customer owes nothing for these days';
COMMENT ON COLUMN public.credit_notes.total_pence IS 'What is credited: the total of the invoice';
COMMENT ON COLUMN public.credit_notes.changed_days IS 'By register, the days whose readings had changed, where some days of the replacement were too old to be charged for';

CREATE TABLE public.back_bill_exceptions (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    period_start date NOT NULL,
    period_end date NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT back_bill_exceptions_check CHECK (period_end > period_start)
);
CREATE INDEX back_bill_exceptions_account_idx ON public.back_bill_exceptions (account);
COMMENT ON TABLE public.back_bill_exceptions IS 'Days of an account that may be charged for however old they are, such as where the customer kept the meter from being read';

CREATE TABLE public.account_closings (
    account uuid PRIMARY KEY REFERENCES public.accounts (id) ON DELETE CASCADE,
    last_day date NOT NULL,
    requested_by text NOT NULL,
    refund_pence integer CHECK (refund_pence > 0),
    next_account uuid REFERENCES public.accounts (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX account_closings_last_day_idx ON public.account_closings (last_day);
CREATE INDEX account_closings_next_account_idx ON public.account_closings (next_account);
COMMENT ON TABLE public.account_closings IS 'Move-outs; the final bill is the one that ends with last_day';
COMMENT ON COLUMN public.account_closings.refund_pence IS 'Credit that was left after the final bill, and is paid back';
COMMENT ON COLUMN public.account_closings.next_account IS 'Who is billed for the home from the next day on';

CREATE TABLE public.closing_reads (
    account uuid NOT NULL REFERENCES public.account_closings (account) ON DELETE CASCADE,
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id),
    read numeric NOT NULL CHECK (read >= (0)::numeric) CONSTRAINT read_from_0_to_1000000000 CHECK ((read >= (0)::numeric) AND (read <= (1000000000)::numeric)),
    source text NOT NULL CHECK (source IN ('meter', 'customer', 'estimated')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (account, register)
);
CREATE INDEX closing_reads_register_idx ON public.closing_reads (register);
COMMENT ON TABLE public.closing_reads IS 'What a home''s registers had counted in kWh at the end of an account''s last day, and who says so';
COMMENT ON COLUMN public.closing_reads.source IS 'estimated: half hours since the meter''s last reading were estimated';

CREATE TABLE public.account_suppliers (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    valid_from date NOT NULL,
    supplier text CHECK (supplier <> ''),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (account, valid_from)
);
COMMENT ON TABLE public.account_suppliers IS 'Who supplies an account from a day until the next row: another supplier, or (null) the community, as without a row';

CREATE TABLE public.stale_invoices (
    invoice uuid NOT NULL REFERENCES public.invoices (id) ON DELETE CASCADE,
    cause text NOT NULL CHECK (cause IN ('tariff', 'vat', 'payer', 'days', 'sharing')),
    noted_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (invoice, cause)
);
COMMENT ON TABLE public.stale_invoices IS 'Issued invoices whose price, VAT, payer, days or shared energy were changed afterwards; gone when they are corrected, or found right';

CREATE TABLE public.bill_holds (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (EXTRACT(day FROM month) = (1)::numeric),
    reason text NOT NULL CHECK (reason IN ('spike', 'reads_differ', 'closing_read_differs')),
    details text NOT NULL,
    release_reason text CHECK (release_reason <> ''),
    released_by text,
    released_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (account, month, reason),
    CONSTRAINT bill_holds_check CHECK (num_nonnulls(release_reason, released_by, released_at) = ANY (ARRAY[0, 3]))
);
COMMENT ON TABLE public.bill_holds IS 'Bills that wait for a person: why, and who released them. What is found later, and was not seen then, holds again';
COMMENT ON COLUMN public.bill_holds.release_reason IS 'Set by whoever releases the bill; who and when follow by themselves';

CREATE TABLE public.correction_decisions (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id),
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    reason text NOT NULL CHECK (reason <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    recorded_by text DEFAULT flows.actor() NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX correction_decisions_account_idx ON public.correction_decisions (account);
CREATE INDEX correction_decisions_invoice_idx ON public.correction_decisions (invoice);
COMMENT ON TABLE public.correction_decisions IS 'Invoices that are left as they are, though they would be others today: until something of them changes again';
