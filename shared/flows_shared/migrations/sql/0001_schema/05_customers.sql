-- People, their homes, accounts and contracts.
CREATE TABLE public.customers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid REFERENCES flows.escos (id),
    fullname text NOT NULL,
    email text UNIQUE,
    phone text,
    language text NOT NULL DEFAULT 'en',
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'preonboarding', 'onboarding', 'prelive', 'live', 'exiting', 'archived')),
    exiting boolean NOT NULL DEFAULT false,
    confirmed_details_at timestamptz,
    allow_onboard_transition boolean NOT NULL DEFAULT false,
    has_payment_method boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.customers (esco);
COMMENT ON COLUMN public.customers.esco IS 'Where it is not given: the community of the first account or home';
COMMENT ON COLUMN public.customers.status IS 'Derived by customer_status(); kept by triggers, what is written here is replaced';

CREATE TABLE public.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash text,
    role text NOT NULL CHECK (role IN ('customer', 'admin')),
    customer uuid UNIQUE REFERENCES public.customers (id) ON DELETE CASCADE,
    all_escos boolean NOT NULL DEFAULT false,
    disabled_at timestamptz,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((role = 'customer') = (customer IS NOT NULL)),
    CHECK (role = 'admin' OR NOT all_escos)
);
COMMENT ON TABLE public.users IS 'Who may log in: a customer, or an admin of some or all communities';

CREATE TABLE public.user_escos (
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    esco uuid NOT NULL REFERENCES flows.escos (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, esco)
);
CREATE INDEX ON public.user_escos (esco);

CREATE TABLE public.wallets (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid REFERENCES flows.escos (id),
    balance numeric NOT NULL DEFAULT 0,
    minimum_balance numeric NOT NULL DEFAULT 20,
    target_balance numeric NOT NULL DEFAULT 30,
    auto_topup boolean NOT NULL DEFAULT false,
    balance_enum text NOT NULL DEFAULT 'simple' CHECK (balance_enum IN ('simple', 'smooth')),
    payment_timing text NOT NULL DEFAULT 'monthly' CHECK (payment_timing IN ('monthly', 'weekly')),
    last_sync_timestamp timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (target_balance >= minimum_balance)
);
CREATE INDEX ON public.wallets (esco);
COMMENT ON COLUMN public.wallets.esco IS 'Where it is not given: the community of its meter';
COMMENT ON TABLE public.wallets IS 'Money for a prepay meter: below the minimum it is filled up to the target; GBP';

CREATE TABLE public.meters (
    id uuid PRIMARY KEY REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    serial text NOT NULL UNIQUE,
    wallet uuid UNIQUE REFERENCES public.wallets (id),
    prepay_enabled boolean NOT NULL DEFAULT false,
    balance numeric,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE public.meters IS 'The business view of flows.meter_registry and its shadow, kept in step by the database';

CREATE TABLE public.properties (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    plot text NOT NULL,
    description text,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    site uuid REFERENCES flows.sites_new (id),
    supply_meter uuid UNIQUE REFERENCES public.meters (id),
    solar_meter uuid UNIQUE REFERENCES public.meters (id),
    owner uuid REFERENCES public.customers (id),
    tenure text CHECK (tenure IN ('separate_owner_and_occupier', 'single_owner_occupier', 'shared_ownership')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.properties (esco);
CREATE INDEX ON public.properties (site);
CREATE INDEX ON public.properties (owner);
COMMENT ON COLUMN public.properties.owner IS 'Superseded by registered_proprietors, which knows several owners';

CREATE TABLE public.corporate_bodies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid REFERENCES flows.escos (id),
    name text NOT NULL,
    company_number text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, company_number)
);
COMMENT ON COLUMN public.corporate_bodies.esco IS 'Where it is not given: the community of the first home that it owns';

CREATE TABLE public.customer_corporate_bodies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    corporate_body uuid NOT NULL REFERENCES public.corporate_bodies (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer, corporate_body)
);
CREATE INDEX ON public.customer_corporate_bodies (corporate_body);
COMMENT ON TABLE public.customer_corporate_bodies IS 'Members who act for a corporate body';

CREATE TABLE public.registered_proprietors (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    customer uuid REFERENCES public.customers (id),
    corporate_body uuid REFERENCES public.corporate_bodies (id),
    ownership text NOT NULL DEFAULT 'sole' CHECK (ownership IN ('sole', 'joint_tenant', 'tenant_in_common')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(customer, corporate_body) = 1),
    UNIQUE NULLS NOT DISTINCT (property, customer, corporate_body)
);
CREATE INDEX ON public.registered_proprietors (customer);
CREATE INDEX ON public.registered_proprietors (corporate_body);
COMMENT ON TABLE public.registered_proprietors IS 'Who owns a property: persons and corporate bodies, one row each';

CREATE TABLE public.contract_terms (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version text NOT NULL,
    type text NOT NULL CHECK (type IN ('supply', 'solar', 'ev')),
    subtype text CHECK (subtype IN ('thirty_year', 'short_term')),
    summary_text text,
    short_description text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.contract_terms_esco (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    terms uuid NOT NULL REFERENCES public.contract_terms (id) ON DELETE CASCADE,
    esco uuid NOT NULL REFERENCES flows.escos (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (terms, esco)
);
CREATE INDEX ON public.contract_terms_esco (esco);

CREATE TABLE public.contracts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid REFERENCES flows.escos (id),
    terms uuid REFERENCES public.contract_terms (id),
    type text NOT NULL CHECK (type IN ('supply', 'solar', 'ev')),
    effective_date date,
    end_date date CHECK (end_date >= effective_date),
    signatures_required integer NOT NULL DEFAULT 1 CHECK (signatures_required >= 0),
    signed boolean NOT NULL DEFAULT false,
    signed_contract_url text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.contracts (esco);
CREATE INDEX ON public.contracts (terms);
COMMENT ON COLUMN public.contracts.esco IS 'Where it is not given: the community of its first account';
COMMENT ON COLUMN public.contracts.signed IS 'True once as many signatures are there as required; kept by the database';

CREATE SEQUENCE public.account_numbers START 100001;
CREATE TABLE public.accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_number bigint NOT NULL UNIQUE DEFAULT nextval('public.account_numbers'),
    property uuid NOT NULL REFERENCES public.properties (id),
    current_contract uuid REFERENCES public.contracts (id),
    type text NOT NULL CHECK (type IN ('supply', 'solar', 'ev')),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'open', 'closed')),
    start_date date NOT NULL DEFAULT current_date,
    end_date date CHECK (end_date >= start_date),
    name text,
    payment_method text NOT NULL DEFAULT 'direct_debit'
        CHECK (payment_method IN ('direct_debit', 'bank_transfer', 'card', 'prepay')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.accounts (property);
CREATE INDEX ON public.accounts (current_contract);
COMMENT ON COLUMN public.accounts.start_date IS 'First local day that is billed';
COMMENT ON COLUMN public.accounts.end_date IS 'Last local day that is billed; null while the account runs';
COMMENT ON COLUMN public.accounts.payment_method IS 'prepay: the meter holds the balance and bills itself, so no invoice is made';

CREATE TABLE public.customer_accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES public.customers (id),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'occupier')),
    notes text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer, account, role)
);
CREATE INDEX ON public.customer_accounts (account);

CREATE TABLE public.account_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    history_type text NOT NULL CHECK (history_type IN ('open', 'close', 'friendly_start', 'friendly_end')),
    event_timestamp timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.account_events (account);

CREATE TABLE public.contract_signatures (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contract uuid NOT NULL REFERENCES public.contracts (id) ON DELETE CASCADE,
    customer uuid NOT NULL REFERENCES public.customers (id),
    signed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contract, customer)
);
CREATE INDEX ON public.contract_signatures (customer);
COMMENT ON TABLE public.contract_signatures IS 'One row a signer; signed_at is null until they sign';

CREATE TABLE public.customer_invites (
    invite_token uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL DEFAULT now() + interval '7 days',
    accessed_at timestamptz,
    invite_url text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'accepted', 'expired')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.customer_invites (customer);
