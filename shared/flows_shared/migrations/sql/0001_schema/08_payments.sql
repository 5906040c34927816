-- Money in, and what prepay meters get of it.
CREATE TABLE public.payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id),
    amount_pence integer NOT NULL CHECK (amount_pence BETWEEN 1 AND 100000),
    status text NOT NULL DEFAULT 'created'
        CHECK (status IN ('created', 'pending', 'processing', 'succeeded', 'failed', 'cancelled')),
    payment_intent text UNIQUE,
    description text,
    receipt_url text,
    scheduled_at timestamptz,
    submitted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.payments (account);
CREATE INDEX ON public.payments (scheduled_at) WHERE submitted_at IS NULL;

CREATE TABLE public.payment_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    payment uuid NOT NULL REFERENCES public.payments (id) ON DELETE CASCADE,
    event_type text NOT NULL,
    data jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.payment_events (payment);

CREATE TABLE public.gifts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES public.customers (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.gifts (customer);

CREATE TABLE public.topups (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    meter uuid NOT NULL REFERENCES public.meters (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'wait_token_fetch', 'wait_token_push',
        'completed', 'failed_token_fetch', 'failed_token_push')),
    source text NOT NULL CHECK (source IN ('payment', 'gift', 'solar_credit', 'adjustment')),
    notes text,
    token text CHECK (token ~ '^[0-9]{20}$'),
    reference text,
    acquired_at timestamptz,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.topups (meter);
CREATE INDEX ON public.topups (status) WHERE used_at IS NULL;
COMMENT ON COLUMN public.topups.token IS 'The 20 digits that the meter takes as money';

CREATE TABLE public.topup_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    topup uuid NOT NULL REFERENCES public.topups (id) ON DELETE CASCADE,
    event_type text NOT NULL,
    data jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.topup_events (topup);
CREATE TABLE public.topups_payments (
    topup_id uuid PRIMARY KEY REFERENCES public.topups (id) ON DELETE CASCADE,
    payment_id uuid NOT NULL REFERENCES public.payments (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.topups_payments (payment_id);
CREATE TABLE public.topups_gifts (
    topup_id uuid PRIMARY KEY REFERENCES public.topups (id) ON DELETE CASCADE,
    gift_id uuid NOT NULL UNIQUE REFERENCES public.gifts (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE public.topups_monthly_solar_credits (
    topup_id uuid PRIMARY KEY REFERENCES public.topups (id) ON DELETE CASCADE,
    month_solar_credit_id uuid NOT NULL UNIQUE REFERENCES public.monthly_solar_credits (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
