-- What VAT depends on, and what an invoice says beside its amounts. VAT is a status of the supply, never a community's rate.
ALTER TABLE flows.escos DROP COLUMN vat_rate;
ALTER TABLE flows.escos
    ADD COLUMN vat_registered boolean NOT NULL DEFAULT true,
    ADD COLUMN vat_use text NOT NULL DEFAULT 'domestic' CHECK (vat_use IN ('domestic', 'charity', 'business', 'mixed')),
    ADD COLUMN vat_small_quantities boolean NOT NULL DEFAULT true,
    ADD COLUMN vat_mixed_use boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN flows.escos.vat_registered IS 'False: no VAT is charged and its bills are no VAT invoices';
COMMENT ON COLUMN flows.escos.vat_use IS 'Use of premises that have no status of their own, nor has their customer';
COMMENT ON COLUMN flows.escos.vat_small_quantities IS 'Whether at most 33 kWh a day are taxed as domestic (VAT Notice 701/19, 5.2)';
COMMENT ON COLUMN flows.escos.vat_mixed_use IS 'Whether 60% qualifying use makes the whole supply qualify (VAT Notice 701/19, 3.4)';

CREATE TABLE public.vat_statuses (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    property uuid REFERENCES public.properties (id) ON DELETE CASCADE,
    customer uuid REFERENCES public.customers (id) ON DELETE CASCADE,
    valid_from date NOT NULL,
    use text NOT NULL CHECK (use IN ('domestic', 'charity', 'business', 'mixed')),
    qualifying_percent numeric(5, 2) CHECK (qualifying_percent BETWEEN 0 AND 100),
    certificate text,
    certificate_from date,
    certificate_to date,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (property, customer, valid_from),
    CHECK (num_nonnulls(property, customer) = 1),
    CHECK ((use = 'mixed') = (qualifying_percent IS NOT NULL)),
    CHECK ((certificate IS NULL) = (certificate_from IS NULL)),
    CHECK (certificate_to >= certificate_from)
);
CREATE INDEX ON public.vat_statuses (customer);
COMMENT ON TABLE public.vat_statuses IS 'How a supply is used, from valid_from until the next row; the premises'' goes before the customer''s';
COMMENT ON COLUMN public.vat_statuses.certificate_to IS 'Last day; null: until further notice. Charity and mixed use are relieved only within a certificate';

CREATE TABLE public.vat_registrations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    valid_from date NOT NULL,
    vat_number text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer, valid_from)
);
COMMENT ON TABLE public.vat_registrations IS 'A customer''s own registration, which decides the VAT of what they export; null number: no longer registered';

ALTER TABLE public.customer_accounts
    ADD COLUMN start_date date,
    ADD COLUMN end_date date CHECK (end_date >= start_date);
COMMENT ON COLUMN public.customer_accounts.end_date IS 'Last day of the part; null: until further notice';

ALTER TABLE public.invoices
    ADD COLUMN tax_point date,
    ADD COLUMN vat_number text,
    ADD COLUMN previous_balance_pence integer NOT NULL DEFAULT 0,
    ADD COLUMN payments_pence integer NOT NULL DEFAULT 0,
    ADD COLUMN amount_due_pence integer,
    ADD COLUMN benchmark_pence integer,
    ADD CHECK (amount_due_pence = previous_balance_pence - payments_pence + total_pence);
COMMENT ON COLUMN public.invoices.tax_point IS 'Null: the seller is not registered for VAT, so this is no VAT invoice';
COMMENT ON COLUMN public.invoices.vat_number IS 'The seller''s, when it was issued';
COMMENT ON COLUMN public.invoices.payments_pence IS 'Payments and other credits since the balance before, less what was added to it';
COMMENT ON COLUMN public.invoices.benchmark_pence IS 'With VAT: what the same energy and days cost at the benchmark; null where there is none';

ALTER TABLE public.invoice_lines
    DROP CONSTRAINT invoice_lines_kind_check,
    DROP CONSTRAINT invoice_lines_unit_check,
    DROP CONSTRAINT invoice_lines_check,
    ADD COLUMN element text CHECK (element IN ('A', 'B', 'SINGLE')),
    ADD COLUMN band text,
    ADD COLUMN block_from_kwh numeric,
    ADD COLUMN component uuid REFERENCES public.tariff_components (id),
    ADD COLUMN estimated integer NOT NULL DEFAULT 0,
    ADD COLUMN vat_reason text,
    ADD CONSTRAINT invoice_lines_kind_check CHECK (
        kind IN ('energy', 'standing_charge', 'export_credit', 'minimum_charge', 'shared_energy', 'solar_credit', 'adjustment')),
    ADD CONSTRAINT invoice_lines_unit_check CHECK (unit IN ('kWh', 'day', 'item')),
    ADD CONSTRAINT invoice_lines_check CHECK (
        num_nonnulls(customer_tariff, microgrid_tariff) = 1
        OR (num_nonnulls(customer_tariff, microgrid_tariff) = 0 AND kind IN ('shared_energy', 'solar_credit', 'adjustment')));
CREATE INDEX ON public.invoice_lines (component) WHERE component IS NOT NULL;
COMMENT ON COLUMN public.invoice_lines.estimated IS 'How many of the intervals were estimated';
COMMENT ON COLUMN public.invoice_lines.vat_reason IS 'Machine''s code of the rule that set vat_rate, such as small_quantity';
