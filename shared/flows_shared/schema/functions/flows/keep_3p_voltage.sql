CREATE OR REPLACE FUNCTION flows.keep_3p_voltage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_3p_voltage (meter_id, timestamp, voltage_l1, voltage_l2, voltage_l3)
    VALUES (NEW.id, now(), NEW."3p_voltage_l1", NEW."3p_voltage_l2", NEW."3p_voltage_l3")
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage_l1 = EXCLUDED.voltage_l1,
            voltage_l2 = EXCLUDED.voltage_l2, voltage_l3 = EXCLUDED.voltage_l3;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_3p_voltage()', '{}');
