CREATE OR REPLACE FUNCTION flows.keep_csq() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_csq (meter_id, timestamp, csq) VALUES (NEW.id, now(), NEW.csq)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET csq = EXCLUDED.csq;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_csq()', '{}');
