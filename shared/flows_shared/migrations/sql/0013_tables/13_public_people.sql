CREATE TABLE public.customers (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid REFERENCES flows.escos (id),
    fullname text NOT NULL,
    email text UNIQUE,
    phone text,
    language text DEFAULT 'en' NOT NULL,
    status text DEFAULT 'pending' NOT NULL,
    exiting boolean DEFAULT false NOT NULL,
    confirmed_details_at timestamptz,
    allow_onboard_transition boolean DEFAULT false NOT NULL,
    has_payment_method boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT customers_status_check CHECK (status IN ('pending', 'preonboarding', 'onboarding', 'prelive', 'live', 'exiting', 'archived'))
);
CREATE INDEX customers_esco_idx ON public.customers (esco);
COMMENT ON COLUMN public.customers.esco IS 'Where it is not given: the community of the first account or home';
COMMENT ON COLUMN public.customers.status IS 'Derived by customer_status(); kept by triggers, what is written here is replaced';

CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash text,
    role text NOT NULL CHECK (role IN ('customer', 'admin')),
    customer uuid UNIQUE REFERENCES public.customers (id) ON DELETE CASCADE,
    all_escos boolean DEFAULT false NOT NULL,
    disabled_at timestamptz,
    last_login_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT users_check CHECK ((role = 'customer') = (customer IS NOT NULL)),
    CONSTRAINT users_check1 CHECK ((role = 'admin') OR (NOT all_escos))
);
COMMENT ON TABLE public.users IS 'Who may log in: a customer, or an admin of some or all communities';

CREATE TABLE public.user_escos (
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    esco uuid NOT NULL REFERENCES flows.escos (id) ON DELETE CASCADE,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (user_id, esco)
);
CREATE INDEX user_escos_esco_idx ON public.user_escos (esco);

CREATE TABLE public.corporate_bodies (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid REFERENCES flows.escos (id),
    name text NOT NULL,
    company_number text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (esco, company_number)
);
COMMENT ON COLUMN public.corporate_bodies.esco IS 'Where it is not given: the community of the first home that it owns';

CREATE TABLE public.customer_corporate_bodies (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    corporate_body uuid NOT NULL REFERENCES public.corporate_bodies (id) ON DELETE CASCADE,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (customer, corporate_body)
);
CREATE INDEX customer_corporate_bodies_corporate_body_idx ON public.customer_corporate_bodies (corporate_body);
COMMENT ON TABLE public.customer_corporate_bodies IS 'Members who act for a corporate body';

CREATE TABLE public.customer_invites (
    invite_token uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    expires_at timestamptz DEFAULT (now() + '7 days'::interval) NOT NULL,
    accessed_at timestamptz,
    invite_url text,
    status text DEFAULT 'pending' NOT NULL CHECK (status IN ('pending', 'sent', 'accepted', 'expired')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    mailed_token uuid UNIQUE
);
CREATE INDEX customer_invites_customer_idx ON public.customer_invites (customer);
COMMENT ON COLUMN public.customer_invites.invite_token IS 'Given plain by the insert alone; kept as its seal';
COMMENT ON COLUMN public.customer_invites.invite_url IS 'The page that the mail''s link leads to, without the token';
COMMENT ON COLUMN public.customer_invites.mailed_token IS 'The seal of the token that the mail holds';

CREATE TABLE public.api_keys (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    hint text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'service', 'reporting')),
    scopes text[] NOT NULL,
    esco uuid REFERENCES flows.escos (id) ON DELETE CASCADE,
    created_by uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT api_keys_scopes_check CHECK (array_to_string(scopes, ' ') ~ '^(read|write(:\w+(\.\w+)?)?)( (read|write(:\w+(\.\w+)?)?))*$'),
    CONSTRAINT api_keys_check CHECK ((role = 'admin') OR (esco IS NULL)),
    CONSTRAINT ends_within_three_years CHECK (expires_at <= (created_at + '1098 days'::interval))
);
CREATE INDEX api_keys_created_by_idx ON public.api_keys (created_by);
CREATE INDEX api_keys_esco_idx ON public.api_keys (esco);
COMMENT ON TABLE public.api_keys IS 'Keys of programs: each acts for the admin who made it, within its role, community and scopes';
COMMENT ON COLUMN public.api_keys.hint IS 'The first characters of the key, to know it by';
COMMENT ON COLUMN public.api_keys.scopes IS 'read, write, write:SCHEMA or write:SCHEMA.TABLE; every key reads what its role sees';
COMMENT ON COLUMN public.api_keys.esco IS 'The only community that the key reaches; null: all of its maker''s';
