CREATE OR REPLACE FUNCTION flows.keep_voltage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_voltage (meter_id, timestamp, voltage) VALUES (NEW.id, now(), NEW.voltage)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage = EXCLUDED.voltage;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_voltage()', '{}');
