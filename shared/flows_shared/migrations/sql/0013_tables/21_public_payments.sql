CREATE TABLE public.payments (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id),
    amount_pence integer NOT NULL CHECK (amount_pence >= 1),
    status text DEFAULT 'created' NOT NULL,
    payment_intent text UNIQUE,
    description text,
    receipt_url text,
    scheduled_at timestamptz,
    submitted_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    method text,
    received_on date,
    reversed_at timestamptz,
    recorded_by text,
    idempotency_key text,
    UNIQUE (account, idempotency_key),
    CONSTRAINT payments_status_check CHECK (status IN ('created', 'pending', 'processing', 'succeeded', 'failed', 'cancelled')),
    CONSTRAINT payments_method_check CHECK (method IN ('direct_debit', 'card', 'bank_transfer', 'cheque', 'cash'))
);
CREATE INDEX payments_account_idx ON public.payments (account);
CREATE INDEX payments_scheduled_at_idx ON public.payments (scheduled_at) WHERE (submitted_at IS NULL);
COMMENT ON COLUMN public.payments.received_on IS 'The day of its ledger entry; null: the local day on which it succeeded';
COMMENT ON COLUMN public.payments.reversed_at IS 'When a payment that had succeeded failed after all, as by a chargeback; kept by the database';
COMMENT ON COLUMN public.payments.recorded_by IS 'Who recorded it by hand; null: it came from the payment provider';

CREATE TABLE public.payment_events (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    payment uuid NOT NULL REFERENCES public.payments (id) ON DELETE CASCADE,
    event_type text NOT NULL,
    data jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX payment_events_payment_idx ON public.payment_events (payment);

CREATE TABLE public.gifts (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    customer uuid NOT NULL REFERENCES public.customers (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    reason text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    account uuid REFERENCES public.accounts (id),
    idempotency_key text,
    UNIQUE (account, idempotency_key)
);
CREATE INDEX gifts_customer_idx ON public.gifts (customer);
COMMENT ON COLUMN public.gifts.account IS 'The account that it lands on, for good; null: it becomes a top-up';

CREATE TABLE public.topups (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    meter uuid NOT NULL REFERENCES public.meters (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    status text DEFAULT 'pending' NOT NULL,
    source text NOT NULL CHECK (source IN ('payment', 'gift', 'solar_credit', 'adjustment')),
    notes text,
    token text CHECK (token ~ '^[0-9]{20}$'),
    reference text,
    acquired_at timestamptz,
    used_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT topups_status_check CHECK (status IN ('pending', 'wait_token_fetch', 'wait_token_push', 'completed', 'failed_token_fetch', 'failed_token_push'))
);
CREATE INDEX topups_meter_idx ON public.topups (meter);
CREATE INDEX topups_status_idx ON public.topups (status) WHERE (used_at IS NULL);
COMMENT ON COLUMN public.topups.token IS 'The 20 digits that the meter takes as money';

CREATE TABLE public.topup_events (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    topup uuid NOT NULL REFERENCES public.topups (id) ON DELETE CASCADE,
    event_type text NOT NULL,
    data jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX topup_events_topup_idx ON public.topup_events (topup);

CREATE TABLE public.topups_payments (
    topup_id uuid PRIMARY KEY REFERENCES public.topups (id) ON DELETE CASCADE,
    payment_id uuid NOT NULL REFERENCES public.payments (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX topups_payments_payment_id_idx ON public.topups_payments (payment_id);

CREATE TABLE public.topups_gifts (
    topup_id uuid PRIMARY KEY REFERENCES public.topups (id) ON DELETE CASCADE,
    gift_id uuid NOT NULL UNIQUE REFERENCES public.gifts (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);

CREATE TABLE public.topups_monthly_solar_credits (
    topup_id uuid PRIMARY KEY REFERENCES public.topups (id) ON DELETE CASCADE,
    month_solar_credit_id uuid NOT NULL UNIQUE REFERENCES public.monthly_solar_credits (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);

CREATE TABLE public.refunds (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id),
    payment uuid REFERENCES public.payments (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    method text NOT NULL CHECK (method IN ('card', 'bank_transfer', 'cheque', 'cash')),
    reason text NOT NULL CHECK (reason <> ''),
    paid_on date NOT NULL,
    recorded_by text DEFAULT flows.actor() NOT NULL,
    idempotency_key text,
    created_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (account, idempotency_key)
);
CREATE INDEX refunds_payment_idx ON public.refunds (payment);
COMMENT ON TABLE public.refunds IS 'Money that was paid back; can be added to, never changed';
COMMENT ON COLUMN public.refunds.payment IS 'The payment that it gives back; null: the account''s credit';

CREATE TABLE public.write_offs (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    account uuid NOT NULL REFERENCES public.accounts (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    reason text NOT NULL CHECK (reason <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    written_off_on date NOT NULL,
    recorded_by text DEFAULT flows.actor() NOT NULL,
    idempotency_key text,
    created_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (account, idempotency_key)
);
COMMENT ON TABLE public.write_offs IS 'Debts that are given up; can be added to, never changed';
