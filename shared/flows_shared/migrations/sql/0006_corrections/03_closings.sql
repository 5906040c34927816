-- Who moves out gets a final bill. Days on which another supplier supplies a home are metered, and not billed.
CREATE TABLE public.account_closings (
    account uuid PRIMARY KEY REFERENCES public.accounts (id) ON DELETE CASCADE,
    last_day date NOT NULL,
    requested_by text NOT NULL,
    refund_pence integer CHECK (refund_pence > 0),
    next_account uuid REFERENCES public.accounts (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.account_closings (next_account);
CREATE INDEX ON public.account_closings (last_day);
COMMENT ON TABLE public.account_closings IS 'Move-outs; the final bill is the one that ends with last_day';
COMMENT ON COLUMN public.account_closings.refund_pence IS 'Credit that was left after the final bill, and is paid back';
COMMENT ON COLUMN public.account_closings.next_account IS 'Who is billed for the home from the next day on';

CREATE TABLE public.closing_reads (
    account uuid NOT NULL REFERENCES public.account_closings (account) ON DELETE CASCADE,
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id),
    read numeric NOT NULL CHECK (read >= 0),
    source text NOT NULL CHECK (source IN ('meter', 'customer', 'estimated')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, register)
);
CREATE INDEX ON public.closing_reads (register);
COMMENT ON TABLE public.closing_reads IS 'What a home''s registers had counted in kWh at the end of an account''s last day, and who says so';
COMMENT ON COLUMN public.closing_reads.source IS 'estimated: half hours since the meter''s last reading were estimated';

CREATE TABLE public.account_suppliers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    valid_from date NOT NULL,
    supplier text CHECK (supplier <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account, valid_from)
);
COMMENT ON TABLE public.account_suppliers IS 'Who supplies an account from a day until the next row: another supplier, or (null) the community, as without a row';
