-- Money that moves: payments as they are taken by hand too, refunds, write-offs, and gifts that land on an account.
ALTER TABLE public.payments
    ADD COLUMN method text CHECK (method IN ('direct_debit', 'card', 'bank_transfer', 'cheque', 'cash')),
    ADD COLUMN received_on date,
    ADD COLUMN reversed_at timestamptz,
    ADD COLUMN recorded_by text,
    ADD COLUMN idempotency_key text,
    ADD UNIQUE (account, idempotency_key);
COMMENT ON COLUMN public.payments.received_on IS 'The day of its ledger entry; null: the local day on which it succeeded';
COMMENT ON COLUMN public.payments.reversed_at IS 'When a payment that had succeeded failed after all, as by a chargeback; kept by the database';
COMMENT ON COLUMN public.payments.recorded_by IS 'Who recorded it by hand; null: it came from the payment provider';

ALTER TABLE public.gifts
    ADD COLUMN account uuid REFERENCES public.accounts (id),
    ADD COLUMN idempotency_key text,
    ADD UNIQUE (account, idempotency_key);
COMMENT ON COLUMN public.gifts.account IS 'The account that it lands on, for good; null: it becomes a top-up';

CREATE TABLE public.refunds (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id),
    payment uuid REFERENCES public.payments (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    method text NOT NULL CHECK (method IN ('card', 'bank_transfer', 'cheque', 'cash')),
    reason text NOT NULL CHECK (reason <> ''),
    paid_on date NOT NULL,
    recorded_by text NOT NULL DEFAULT flows.actor(),
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account, idempotency_key)
);
CREATE INDEX ON public.refunds (payment);
COMMENT ON TABLE public.refunds IS 'Money that was paid back; can be added to, never changed';
COMMENT ON COLUMN public.refunds.payment IS 'The payment that it gives back; null: the account''s credit';

CREATE TABLE public.write_offs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id),
    amount_pence integer NOT NULL CHECK (amount_pence > 0),
    reason text NOT NULL CHECK (reason <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    written_off_on date NOT NULL,
    recorded_by text NOT NULL DEFAULT flows.actor(),
    idempotency_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account, idempotency_key)
);
COMMENT ON TABLE public.write_offs IS 'Debts that are given up; can be added to, never changed';

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.refunds
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.write_offs
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

-- What is in the books stays as it was posted. Arguments: the columns that may not change.
CREATE FUNCTION flows.keep_posted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM unnest(TG_ARGV) AS name
                                    WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s %s is in the ledger, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_posted BEFORE UPDATE OR DELETE ON public.payments
    FOR EACH ROW WHEN (OLD.status = 'succeeded') EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence');
CREATE TRIGGER keep_reversed BEFORE UPDATE OR DELETE ON public.payments
    FOR EACH ROW WHEN (OLD.reversed_at IS NOT NULL) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence', 'status');
CREATE TRIGGER keep_posted BEFORE UPDATE OR DELETE ON public.topups
    FOR EACH ROW WHEN (OLD.status = 'completed') EXECUTE FUNCTION flows.keep_posted('meter', 'amount_pence', 'source', 'status');
CREATE TRIGGER keep_posted BEFORE UPDATE OR DELETE ON public.gifts
    FOR EACH ROW WHEN (OLD.account IS NOT NULL) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence', 'customer');

CREATE FUNCTION flows.follow_payment() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.reversed_at := OLD.reversed_at;
    IF OLD.status = 'succeeded' AND NEW.status = 'failed' THEN
        NEW.reversed_at := now();
    ELSIF OLD.status = 'succeeded' AND NEW.status <> 'succeeded' THEN
        RAISE restrict_violation USING
            MESSAGE = format('payment %s has succeeded: it can only fail, not be %s', OLD.id, NEW.status);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER follow_payment BEFORE UPDATE ON public.payments
    FOR EACH ROW EXECUTE FUNCTION flows.follow_payment();

CREATE FUNCTION flows.refuse_second_landing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF EXISTS (SELECT FROM public.topups_gifts AS topup JOIN public.gifts AS gift ON gift.id = topup.gift_id
                WHERE gift.account IS NOT NULL
                  AND gift.id = ANY(ARRAY[to_jsonb(NEW) ->> 'id', to_jsonb(NEW) ->> 'gift_id']::uuid[])) THEN
        RAISE restrict_violation USING MESSAGE = 'a gift lands on an account or becomes a top-up, not both';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER refuse_second_landing AFTER INSERT OR UPDATE ON public.topups_gifts
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_landing();
CREATE TRIGGER refuse_second_landing AFTER UPDATE OF account ON public.gifts
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_landing();
