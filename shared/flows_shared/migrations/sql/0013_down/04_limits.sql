DO $$
DECLARE
    guarded record;
BEGIN
    FOR guarded IN SELECT conrelid::regclass AS place, conname AS name FROM pg_constraint
                    WHERE contype = 'c' AND conname ~ '_at_most_1000' AND conparentid = 0 AND coninhcount = 0
                      AND connamespace IN ('public'::regnamespace, 'flows'::regnamespace) LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guarded.place, guarded.name);
    END LOOP;
END
$$;
DROP FUNCTION flows.guard_lengths;

CREATE OR REPLACE FUNCTION flows.drop_intervals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    DELETE FROM flows.register_interval_hh WHERE register_id = OLD.register_id;
    RETURN NULL;
END
$$;

DROP TRIGGER refuse_number_ahead ON public.accounts;
DROP FUNCTION flows.refuse_number_ahead;

CREATE OR REPLACE FUNCTION flows.check_payment_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    most integer;
BEGIN
    SELECT esco.payment_limit_pence INTO most
      FROM accounts AS account
      JOIN properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = property.esco
     WHERE account.id = NEW.account;
    IF NEW.amount_pence > most THEN
        RAISE check_violation USING
            MESSAGE = format('%s pence are more than the community''s limit for a payment, %s pence', NEW.amount_pence, most),
            HINT = 'The limit is payment_limit_pence of the community.';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER check_limit ON public.gifts;
CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence ON public.gifts
    FOR EACH ROW WHEN (NEW.account IS NOT NULL) EXECUTE FUNCTION flows.check_payment_limit();

DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('flows.check_exchange'::regproc), 'RAISE SQLSTATE ''PT404'' USING', 'RAISE no_data_found USING');
END
$$;
