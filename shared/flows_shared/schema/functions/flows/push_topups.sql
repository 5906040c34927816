-- A top-up whose token is here becomes work in the transaction that brings it, whoever writes it.
CREATE OR REPLACE FUNCTION flows.push_topups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('meter-sync', 'push_topup', jsonb_build_array(NEW.id), NEW.id::text)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL DO UPDATE SET sent_at = NULL;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.push_topups()', '{}');
