CREATE TABLE public.contract_terms (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    version text NOT NULL,
    type text NOT NULL CHECK (type IN ('supply', 'solar', 'ev')),
    subtype text CHECK (subtype IN ('thirty_year', 'short_term')),
    summary_text text,
    short_description text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);

CREATE TABLE public.contract_terms_esco (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    terms uuid NOT NULL REFERENCES public.contract_terms (id) ON DELETE CASCADE,
    esco uuid NOT NULL REFERENCES flows.escos (id) ON DELETE CASCADE,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (terms, esco)
);
CREATE INDEX contract_terms_esco_esco_idx ON public.contract_terms_esco (esco);

CREATE TABLE public.contracts (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid REFERENCES flows.escos (id),
    terms uuid REFERENCES public.contract_terms (id),
    type text NOT NULL CHECK (type IN ('supply', 'solar', 'ev')),
    effective_date date,
    end_date date,
    signatures_required integer DEFAULT 1 NOT NULL CHECK (signatures_required >= 0),
    signed boolean DEFAULT false NOT NULL,
    signed_contract_url text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT contracts_check CHECK (end_date >= effective_date)
);
CREATE INDEX contracts_esco_idx ON public.contracts (esco);
CREATE INDEX contracts_terms_idx ON public.contracts (terms);
COMMENT ON COLUMN public.contracts.esco IS 'Where it is not given: the community of its first account';
COMMENT ON COLUMN public.contracts.signed IS 'True once as many signatures are there as required; kept by the database';

CREATE TABLE public.accounts (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account_number bigint DEFAULT nextval('public.account_numbers'::regclass) NOT NULL UNIQUE,
    property uuid NOT NULL REFERENCES public.properties (id),
    current_contract uuid REFERENCES public.contracts (id),
    type text NOT NULL CHECK (type IN ('supply', 'solar', 'ev')),
    status text DEFAULT 'pending' NOT NULL CHECK (status IN ('pending', 'open', 'closed')),
    start_date date DEFAULT CURRENT_DATE NOT NULL,
    end_date date,
    name text,
    payment_method text DEFAULT 'direct_debit' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    payment_reference text GENERATED ALWAYS AS ((('RF'::text || lpad((((98)::numeric - ((((account_number)::numeric * (1000000)::numeric) + (271500)::numeric) % (97)::numeric)))::text, 2, '0'::text)) || (account_number)::text)) STORED NOT NULL UNIQUE,
    CONSTRAINT accounts_check CHECK (end_date >= start_date),
    CONSTRAINT accounts_payment_method_check CHECK (payment_method IN ('direct_debit', 'bank_transfer', 'card', 'prepay'))
);
CREATE INDEX accounts_current_contract_idx ON public.accounts (current_contract);
CREATE INDEX accounts_property_idx ON public.accounts (property);
COMMENT ON COLUMN public.accounts.start_date IS 'First local day that is billed';
COMMENT ON COLUMN public.accounts.end_date IS 'Last local day that is billed; null while the account runs';
COMMENT ON COLUMN public.accounts.payment_method IS 'prepay: the meter holds the balance and bills itself, so no invoice is made';
COMMENT ON COLUMN public.accounts.payment_reference IS 'What a transfer for the account is to name, with check digits (ISO 11649)';

CREATE TABLE public.customer_accounts (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    customer uuid NOT NULL REFERENCES public.customers (id),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'occupier')),
    notes text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    start_date date,
    end_date date,
    UNIQUE (customer, account, role),
    CONSTRAINT customer_accounts_check CHECK (end_date >= start_date)
);
CREATE INDEX customer_accounts_account_idx ON public.customer_accounts (account);
COMMENT ON COLUMN public.customer_accounts.end_date IS 'Last day of the part; null: until further notice';

CREATE TABLE public.account_events (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    history_type text NOT NULL,
    event_timestamp timestamptz DEFAULT now() NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT account_events_history_type_check CHECK (history_type IN ('open', 'close', 'friendly_start', 'friendly_end'))
);
CREATE INDEX account_events_account_idx ON public.account_events (account);

CREATE TABLE public.contract_signatures (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    contract uuid NOT NULL REFERENCES public.contracts (id) ON DELETE CASCADE,
    customer uuid NOT NULL REFERENCES public.customers (id),
    signed_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (contract, customer)
);
CREATE INDEX contract_signatures_customer_idx ON public.contract_signatures (customer);
COMMENT ON TABLE public.contract_signatures IS 'One row a signer; signed_at is null until they sign';

CREATE TABLE public.direct_debit_mandates (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    reference text NOT NULL UNIQUE CHECK (reference <> ''),
    status text DEFAULT 'pending' NOT NULL CHECK (status IN ('pending', 'active', 'cancelled', 'failed')),
    valid_from date DEFAULT CURRENT_DATE NOT NULL,
    valid_to date,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT direct_debit_mandates_check CHECK (valid_to >= valid_from)
);
CREATE INDEX direct_debit_mandates_account_idx ON public.direct_debit_mandates (account);
CREATE UNIQUE INDEX direct_debit_mandates_one_active ON public.direct_debit_mandates (account) WHERE (status = 'active'::text);
COMMENT ON TABLE public.direct_debit_mandates IS 'Whether an account may be collected from: only an active one lets a bill say so';
COMMENT ON COLUMN public.direct_debit_mandates.valid_to IS 'Last day on which it may be used; null: it runs on';
