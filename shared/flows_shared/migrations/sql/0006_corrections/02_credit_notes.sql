-- An invoice that was wrong is credited whole, at its own rates of VAT, and a new one takes its place. The invoice stays, void.
ALTER TABLE public.invoice_series ADD COLUMN last_credit_note integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN public.invoice_series.last_credit_note IS 'Credit notes have numbers of their own, without gaps too';

CREATE TABLE public.credit_notes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number text NOT NULL UNIQUE,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    account uuid NOT NULL REFERENCES public.accounts (id),
    customer uuid NOT NULL REFERENCES public.customers (id),
    invoice uuid NOT NULL UNIQUE REFERENCES public.invoices (id),
    replacement uuid UNIQUE REFERENCES public.invoices (id),
    causes text[] NOT NULL CHECK (causes <@ '{readings,tariff,vat,payer,days}' AND causes <> '{}'),
    reason text NOT NULL CHECK (reason <> ''),
    issue_date date NOT NULL,
    tax_point date,
    vat_number text,
    net_pence integer NOT NULL,
    vat_pence integer NOT NULL,
    total_pence integer NOT NULL,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (net_pence + vat_pence = total_pence),
    CHECK (replacement <> invoice)
);
CREATE INDEX ON public.credit_notes (account);
CREATE INDEX ON public.credit_notes (customer);
CREATE INDEX ON public.credit_notes (esco);
COMMENT ON TABLE public.credit_notes IS 'What takes an issued invoice back, whole; its lines are the invoice''s, at the rates of VAT that these had';
COMMENT ON COLUMN public.credit_notes.replacement IS 'The invoice in its place; null: the customer owes nothing for these days';
COMMENT ON COLUMN public.credit_notes.total_pence IS 'What is credited: the total of the invoice';
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.credit_notes
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

ALTER TABLE public.documents
    ALTER COLUMN invoice DROP NOT NULL,
    ADD COLUMN credit_note uuid REFERENCES public.credit_notes (id),
    ADD UNIQUE (credit_note, media_type),
    ADD CONSTRAINT documents_of_one CHECK (num_nonnulls(invoice, credit_note) = 1);
ALTER TABLE public.messages ADD COLUMN credit_note uuid REFERENCES public.credit_notes (id);
CREATE INDEX ON public.messages (credit_note);

ALTER TABLE flows.escos ADD COLUMN back_bill_months smallint DEFAULT 12 CHECK (back_bill_months > 0);
COMMENT ON COLUMN flows.escos.back_bill_months IS 'Energy used longer ago is not charged for if it was not billed before; null: it is';

CREATE TABLE public.back_bill_exceptions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    period_start date NOT NULL,
    period_end date NOT NULL CHECK (period_end > period_start),
    reason text NOT NULL CHECK (reason <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.back_bill_exceptions (account);
COMMENT ON TABLE public.back_bill_exceptions IS 'Days of an account that may be charged for however old they are, such as where the customer kept the meter from being read';

CREATE FUNCTION public.consumption_age_days(public.invoice_lines) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT issue_date - $1.period_start FROM invoices WHERE id = $1.invoice;
$$;
COMMENT ON FUNCTION public.consumption_age_days IS 'How many days before the bill the first of the line''s energy was used';
