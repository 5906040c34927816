CREATE TABLE public.vat_statuses (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    property uuid REFERENCES public.properties (id) ON DELETE CASCADE,
    customer uuid REFERENCES public.customers (id) ON DELETE CASCADE,
    valid_from date NOT NULL,
    use text NOT NULL CHECK (use IN ('domestic', 'charity', 'business', 'mixed')),
    qualifying_percent numeric(5,2),
    certificate text,
    certificate_from date,
    certificate_to date,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE NULLS NOT DISTINCT (property, customer, valid_from),
    CONSTRAINT vat_statuses_qualifying_percent_check CHECK ((qualifying_percent >= (0)::numeric) AND (qualifying_percent <= (100)::numeric)),
    CONSTRAINT vat_statuses_check CHECK (num_nonnulls(property, customer) = 1),
    CONSTRAINT vat_statuses_check1 CHECK ((use = 'mixed') = (qualifying_percent IS NOT NULL)),
    CONSTRAINT vat_statuses_check2 CHECK ((certificate IS NULL) = (certificate_from IS NULL)),
    CONSTRAINT vat_statuses_check3 CHECK (certificate_to >= certificate_from),
    CONSTRAINT qualifying_percent_from_0_to_100 CHECK ((qualifying_percent >= (0)::numeric) AND (qualifying_percent <= (100)::numeric))
);
CREATE INDEX vat_statuses_customer_idx ON public.vat_statuses (customer);
COMMENT ON TABLE public.vat_statuses IS 'How a supply is used, from valid_from until the next row; the premises'' goes before the customer''s';
COMMENT ON COLUMN public.vat_statuses.certificate_to IS 'Last day; null: until further notice. Charity and mixed use are relieved only within a certificate';

CREATE TABLE public.vat_registrations (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    valid_from date NOT NULL,
    vat_number text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (customer, valid_from)
);
COMMENT ON TABLE public.vat_registrations IS 'A customer''s own registration, which decides the VAT of what they export; null number: no longer registered';
