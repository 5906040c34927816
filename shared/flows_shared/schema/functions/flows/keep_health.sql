CREATE OR REPLACE FUNCTION flows.keep_health() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_health_history (meter_id, timestamp, health, health_details)
    VALUES (NEW.id, now(), NEW.health, NEW.health_details)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET health = EXCLUDED.health, health_details = EXCLUDED.health_details;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_health()', '{}');
