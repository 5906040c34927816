CREATE TABLE public.wallets (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid REFERENCES flows.escos (id),
    balance numeric DEFAULT 0 NOT NULL,
    minimum_balance numeric DEFAULT 20 NOT NULL,
    target_balance numeric DEFAULT 30 NOT NULL,
    auto_topup boolean DEFAULT false NOT NULL,
    balance_enum text DEFAULT 'simple' NOT NULL CHECK (balance_enum IN ('simple', 'smooth')),
    payment_timing text DEFAULT 'monthly' NOT NULL CHECK (payment_timing IN ('monthly', 'weekly')),
    last_sync_timestamp timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT wallets_check CHECK (target_balance >= minimum_balance)
);
CREATE INDEX wallets_esco_idx ON public.wallets (esco);
COMMENT ON TABLE public.wallets IS 'Money for a prepay meter: below the minimum it is filled up to the target; GBP';
COMMENT ON COLUMN public.wallets.esco IS 'Where it is not given: the community of its meter';

CREATE TABLE public.meters (
    id uuid PRIMARY KEY REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    serial text NOT NULL UNIQUE,
    wallet uuid UNIQUE REFERENCES public.wallets (id),
    prepay_enabled boolean DEFAULT false NOT NULL,
    balance numeric,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.meters IS 'The business view of flows.meter_registry and its shadow, kept in step by the database';

CREATE TABLE public.properties (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    plot text NOT NULL,
    description text,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    site uuid REFERENCES flows.sites_new (id),
    supply_meter uuid UNIQUE REFERENCES public.meters (id),
    solar_meter uuid UNIQUE REFERENCES public.meters (id),
    owner uuid,
    tenure text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    mpan text,
    CONSTRAINT properties_tenure_check CHECK (tenure IN ('separate_owner_and_occupier', 'single_owner_occupier', 'shared_ownership')),
    CONSTRAINT properties_mpan_check CHECK (
CASE
    WHEN (mpan ~ '^[0-9]{13}$') THEN ((((((((((((((((substr(mpan, 1, 1))::integer * 3) + ((substr(mpan, 2, 1))::integer * 5)) + ((substr(mpan, 3, 1))::integer * 7)) + ((substr(mpan, 4, 1))::integer * 13)) + ((substr(mpan, 5, 1))::integer * 17)) + ((substr(mpan, 6, 1))::integer * 19)) + ((substr(mpan, 7, 1))::integer * 23)) + ((substr(mpan, 8, 1))::integer * 29)) + ((substr(mpan, 9, 1))::integer * 31)) + ((substr(mpan, 10, 1))::integer * 37)) + ((substr(mpan, 11, 1))::integer * 41)) + ((substr(mpan, 12, 1))::integer * 43)) % 11) % 10) = (substr(mpan, 13, 1))::integer)
    ELSE (mpan IS NULL)
END)
);
CREATE INDEX properties_esco_idx ON public.properties (esco);
CREATE INDEX properties_owner_idx ON public.properties (owner);
CREATE INDEX properties_site_idx ON public.properties (site);
COMMENT ON COLUMN public.properties.owner IS 'Superseded by registered_proprietors, which knows several owners';
COMMENT ON COLUMN public.properties.mpan IS 'Number of the supply point where the home has one of its own: 13 digits, the last checks the others';

CREATE TABLE public.registered_proprietors (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    customer uuid,
    corporate_body uuid,
    ownership text DEFAULT 'sole' NOT NULL CHECK (ownership IN ('sole', 'joint_tenant', 'tenant_in_common')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE NULLS NOT DISTINCT (property, customer, corporate_body),
    CONSTRAINT registered_proprietors_check CHECK (num_nonnulls(customer, corporate_body) = 1)
);
CREATE INDEX registered_proprietors_corporate_body_idx ON public.registered_proprietors (corporate_body);
CREATE INDEX registered_proprietors_customer_idx ON public.registered_proprietors (customer);
COMMENT ON TABLE public.registered_proprietors IS 'Who owns a property: persons and corporate bodies, one row each';
