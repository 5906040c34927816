CREATE OR REPLACE FUNCTION flows.keep_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance) VALUES (NEW.id, now(), NEW.balance)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET balance = EXCLUDED.balance;
    UPDATE public.meters SET balance = NEW.balance WHERE id = NEW.id;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_balance()', '{}');
